"""Making a new PostgreSQL cluster: initdb, our role and database, and who may log in."""

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


@dataclass(frozen=True, kw_only=True)
class Tools:
    """PostgreSQL's programs, and how they are run."""

    folder: Path
    who: Account
    locks: Sequence[int]
    """Kept open by the programs, so that nobody else works on the cluster while they do."""
    durable: bool = True
    """Wait until everything is on the disk."""

    def create(self, home: Path) -> None:
        """Made aside and renamed: a creation that was cut short leaves nothing behind."""
        aside = home.with_name(f"{home.name}.new")
        if aside.exists():
            shutil.rmtree(aside)
        aside.mkdir(mode=0o700)
        if self.who.other:
            os.chown(aside, self.who.uid, self.who.gid)
        unsynced = () if self.durable else ("--no-sync",)
        self._run(aside, ["initdb", "-D", data_argument(aside, self.who), *INITDB, *unsynced])
        (aside / "pg_hba.conf").write_text(ENTRY)
        self._single(
            aside,
            f"CREATE ROLE {DATABASE} LOGIN NOSUPERUSER NOBYPASSRLS;\n\n"
            f"CREATE DATABASE {DATABASE};\n\n",
        )
        aside.rename(home)
        sync(home.parent)

    def set_passwords(self, home: Path, password: str) -> None:
        """`password` is of our own making and holds no quote."""
        roles = (DATABASE, SUPERUSER)
        self._single(home, "".join(f"ALTER ROLE {r} PASSWORD '{password}';\n\n" for r in roles))

    def _single(self, home: Path, statements: str) -> None:
        """Run statements, each ended by `;` and an empty line, with no server and no login."""
        command = ["postgres", "--single", "-j", "-D", data_argument(home, self.who)]
        command += ["-c", "log_min_error_statement=panic"]
        command += ["-c", f"fsync={'on' if self.durable else 'off'}", SUPERUSER]
        self._run(home, command, statements)

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


def data_argument(home: Path, who: Account) -> str:
    """How PostgreSQL finds its folder: another account may not be let through the folders above
    it, so it is started inside."""
    return "/proc/self/cwd" if who.other else str(home)


def sync(folder: Path) -> None:
    """Make a rename in `folder` durable."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
