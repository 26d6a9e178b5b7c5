"""The operating-system account that PostgreSQL runs as: it refuses to run as root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED = "nobody"


class ClusterUnusable(Exception):
    """The embedded PostgreSQL cannot run here; the message says why and what helps."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whom PostgreSQL runs as."""

    uid: int
    gid: int

    @property
    def other(self) -> bool:
        """Whether it is somebody else than ourselves."""
        return self.uid != os.geteuid()


def account(cluster: Path) -> Account:
    """Ourselves; as root the owner of an existing cluster, else an unprivileged account."""
    if os.geteuid() != 0:
        return _ourselves(cluster)
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(uid=owner.st_uid, gid=owner.st_gid)
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise ClusterUnusable(
            f"PostgreSQL does not run as root, and this machine has no user '{UNPRIVILEGED}' to run"
            " it as: start the service as an ordinary user or set ATTUNE_DATABASE_URL."
        ) from None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def _ourselves(cluster: Path) -> Account:
    uid = os.geteuid()
    if cluster.exists() and (owner := cluster.stat().st_uid) != uid:
        raise ClusterUnusable(
            f"The database in {cluster} belongs to user id {owner} and we run as {uid}: start the"
            " service as the user who created it, or choose another data directory."
        )
    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise ClusterUnusable(
            f"PostgreSQL cannot run as user id {uid}, which has no entry in /etc/passwd: add one,"
            " run as another user, or set ATTUNE_DATABASE_URL to a server elsewhere."
        ) from None
    return Account(uid=uid, gid=os.getegid())


def open_to(path: Path, who: Account) -> bool:
    """Whether `who` may read and enter `path` and pass through every folder above it."""
    return _grants(path, who, read=True) and all(
        _grants(folder, who, read=False) for folder in path.resolve().parents
    )


def _grants(path: Path, who: Account, *, read: bool) -> bool:
    found = path.stat()
    needed = stat.S_IXOTH | (stat.S_IROTH if read else 0)
    shift = 6 if found.st_uid == who.uid else 3 if found.st_gid == who.gid else 0
    return found.st_mode & (needed << shift) == needed << shift
