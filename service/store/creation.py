"""Making a new PostgreSQL cluster: initdb, our role and database, and who may log in."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from service.store.account import Account, ClusterUnusable

DATABASE = "attune"
"""The name of the database and of the role that owns it."""
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


def create(home: Path, programs: Path, who: Account, locks: Sequence[int]) -> None:
    """Made aside and renamed: a creation that was cut short leaves nothing behind."""
    aside = home.with_name(f"{home.name}.new")
    if aside.exists():
        shutil.rmtree(aside)
    aside.mkdir(mode=0o700)
    if who.other:
        os.chown(aside, who.uid, who.gid)
    run([str(programs / "initdb"), "-D", data_argument(aside, who), *INITDB], aside, who, locks)
    (aside / "pg_hba.conf").write_text(ENTRY)
    single(
        aside,
        programs,
        who,
        f"CREATE ROLE {DATABASE} LOGIN NOSUPERUSER NOBYPASSRLS;\n\n"
        f"CREATE DATABASE {DATABASE} OWNER {DATABASE};\n\n",
        locks,
    )
    aside.rename(home)
    sync(home.parent)


def set_passwords(
    home: Path, programs: Path, who: Account, password: str, locks: Sequence[int]
) -> None:
    """`password` is of our own making and holds no quote."""
    statements = (f"ALTER ROLE {role} PASSWORD '{password}';\n\n" for role in (DATABASE, SUPERUSER))
    single(home, programs, who, "".join(statements), locks)


def data_argument(home: Path, who: Account) -> str:
    """How PostgreSQL finds its folder: another account may not be let through the folders above
    it, so it is started inside."""
    return "/proc/self/cwd" if who.other else str(home)


def single(home: Path, programs: Path, who: Account, statements: str, locks: Sequence[int]) -> None:
    """Run statements, each ended by `;` and an empty line, with no server and no login."""
    command = [str(programs / "postgres"), "--single", "-j", "-D", data_argument(home, who)]
    run([*command, "-c", "log_min_error_statement=panic", SUPERUSER], home, who, locks, statements)


def run(
    command: list[str], home: Path, who: Account, locks: Sequence[int], stdin: str = ""
) -> None:
    try:
        done = subprocess.run(  # noqa: S603  (the wheel's own programs)
            command,
            input=stdin,
            cwd=home,
            user=who.uid if who.other else None,
            group=who.gid if who.other else None,
            extra_groups=[] if who.other else None,
            pass_fds=locks,
            start_new_session=True,
            capture_output=True,
            text=True,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            check=False,
        )
    except PermissionError as error:
        raise ClusterUnusable(
            f"PostgreSQL cannot be run as user id {who.uid}: {error.strerror}. Start the service as"
            " an ordinary user or set ATTUNE_DATABASE_URL."
        ) from error
    marks = ("error:", "FATAL:", "ERROR:")
    refusals = [line for line in done.stderr.splitlines() if any(mark in line for mark in marks)]
    if done.returncode or refusals:
        last = (refusals or done.stderr.splitlines() or ["no reason given"])[0]
        raise ClusterUnusable(
            f"{Path(command[0]).name} could not prepare the database in {home}: {last.strip()}."
        )


def sync(folder: Path) -> None:
    """Make a rename in `folder` durable."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
