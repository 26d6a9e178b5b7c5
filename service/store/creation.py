"""Making a new PostgreSQL cluster: initdb, our role and database, and who may log in.

The database is the one that initdb makes, under our name: to copy another takes a third of all the
time. Nothing waits for the disk before all of it is there.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from service.store.account import Account, ClusterUnusable

DATABASE = "attune"
"""The name of the database and of the service's role in it, which owns nothing."""
SUPERUSER = "postgres"
ENTRY = "local all all scram-sha-256\n"
INITDB = (
    f"--username={SUPERUSER}",
    "--auth=reject",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)

NAMED = (
    f"ALTER DATABASE postgres RENAME TO {DATABASE}",
    f"CREATE ROLE {DATABASE} LOGIN NOSUPERUSER NOBYPASSRLS",
)


@dataclass(frozen=True, kw_only=True)
class Tools:
    """PostgreSQL's programs, and how they are run."""

    folder: Path
    who: Account
    locks: Sequence[int]
    """Kept open by the programs, so that nobody else works on the cluster while they do."""
    durable: bool = True
    """Wait until everything is on the disk."""

    def create(self, home: Path, password: str) -> None:
        """Made aside and renamed: a creation that was cut short leaves nothing behind. `password`
        is of our own making and holds no quote."""
        aside = home.with_name(f"{home.name}.new")
        if aside.exists():
            shutil.rmtree(aside)
        aside.mkdir(mode=0o700)
        if self.who.other:
            os.chown(aside, self.who.uid, self.who.gid)
        folder = data_argument(aside, self.who)
        self._run(aside, ["initdb", "-D", folder, *INITDB, "--no-sync"])
        (aside / "pg_hba.conf").write_text(ENTRY)
        self._single(aside, [*NAMED, *_passwords(password)], durable=False)
        if self.durable:
            self._run(aside, ["initdb", "-D", folder, "--sync-only"])
        aside.rename(home)
        sync(home.parent)

    def set_passwords(self, home: Path, password: str) -> None:
        """`password` as above."""
        self._single(home, _passwords(password), durable=self.durable)

    def _single(self, home: Path, statements: Sequence[str], *, durable: bool) -> None:
        """Run statements with no server and no login."""
        command = ["postgres", "--single", "-j", "-D", data_argument(home, self.who)]
        command += ["-c", "log_min_error_statement=panic"]
        command += ["-c", f"fsync={'on' if durable else 'off'}", "template1"]
        self._run(home, command, "".join(f"{statement};\n\n" for statement in statements))

    def _run(self, home: Path, command: list[str], stdin: str = "") -> None:
        other = self.who.other
        try:
            done = subprocess.run(  # noqa: S603  (the wheel's own programs)
                [str(self.folder / command[0]), *command[1:]],
                input=stdin,
                cwd=home,
                user=self.who.uid if other else None,
                group=self.who.gid if other else None,
                extra_groups=[] if other else None,
                pass_fds=self.locks,
                start_new_session=True,
                capture_output=True,
                text=True,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                check=False,
            )
        except PermissionError as error:
            raise ClusterUnusable(
                f"PostgreSQL cannot be run as user id {self.who.uid}: {error.strerror}. Start the"
                " service as an ordinary user or set ATTUNE_DATABASE_URL."
            ) from error
        marks = ("error:", "FATAL:", "ERROR:")
        refusals = [line for line in done.stderr.splitlines() if any(m in line for m in marks)]
        if done.returncode or refusals:
            first = (refusals or done.stderr.splitlines() or ["no reason given"])[0]
            raise ClusterUnusable(
                f"{command[0]} could not prepare the database in {home}: {first.strip()}."
            )


def _passwords(password: str) -> list[str]:
    return [f"ALTER ROLE {role} PASSWORD '{password}'" for role in (DATABASE, SUPERUSER)]


def data_argument(home: Path, who: Account) -> str:
    """How PostgreSQL finds its folder: another account may not be let through the folders above
    it, so it is started inside."""
    return "/proc/self/cwd" if who.other else str(home)


def sync(place: Path) -> None:
    """Make what was written to a file, or renamed in a folder, durable."""
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
