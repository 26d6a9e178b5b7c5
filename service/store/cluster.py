"""The embedded PostgreSQL: one cluster in the data directory, alive for as long as its owner."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from service.store import guardian
from service.store.account import Account, ClusterUnusable, account, open_to
from service.store.binaries import major, programs
from service.store.creation import DATABASE, SUPERUSER, Tools, data_argument, sync
from service.store.locks import Locks
from service.store.roles import Addresses

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0777",  # the folder around it is private
    "timezone": "UTC",
    "jit": "off",
    "max_connections": "60",
    "max_locks_per_transaction": "256",
    "deadlock_timeout": "200ms",
    "log_checkpoints": "off",
    # Neither statements nor values of rows may reach the log.
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
SOCKET_LIMIT = 107
"""Bytes in the path of a Unix socket."""
START_SECONDS = 300.0
"""Recovery after a crash reads the log of up to a gigabyte."""
LOG_BYTES = 10_000_000
HOME = "postgres"
"""PostgreSQL's own folder in the data directory."""
PASSWORD = "postgres.password"  # noqa: S105  (a file's name)


class Cluster:
    """`with Cluster(folder) as cluster:` runs PostgreSQL in a data directory, creating it first."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        """`settings` are server settings beside ours, for tests and measurements."""
        self.folder = folder.absolute()
        self._home = self.folder / HOME
        self._settings = {**SETTINGS, **(settings or {})}
        self._password = ""
        self._socket_folder: Path | None = None
        self._locks = Locks(self.folder)
        self._guardian: subprocess.Popen[bytes] | None = None

    @property
    def is_new(self) -> bool:
        """Whether it has yet to be made."""
        return not self._home.exists()

    @property
    def dsn(self) -> str:
        """For the service's own role, which owns nothing and is bound by row-level security."""
        return self.addresses.service

    @property
    def maintenance_dsn(self) -> str:
        """For the superuser, who owns the tables: migrations, dumps, and tests."""
        return self.addresses.owner

    @property
    def addresses(self) -> Addresses:
        if self._socket_folder is None:
            raise RuntimeError("The cluster is not running.")
        return addresses(self._password, self._socket_folder)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Raises `ClusterUnusable` with one sentence when PostgreSQL cannot run here."""
        try:
            self._start()
        except OSError as error:
            self.stop()
            raise ClusterUnusable(
                f"The data directory {self.folder} cannot be used: {error.strerror or error}"
                f"{f' ({error.filename})' if error.filename else ''}."
            ) from error
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._locks.hold()
        who = account(self._home)
        tools = Tools(
            folder=programs(who),
            who=who,
            locks=self._locks.inherited,
            durable=self._settings.get("fsync") != "off",
        )
        if self.is_new:
            # Kept first: where the rest is cut short, the next start makes both anew.
            tools.create(self._home, self._kept(secrets.token_urlsafe(24)))
        self._check_version()
        # Both locks are ours, so whatever process this file names is not on this cluster.
        (self._home / "postmaster.pid").unlink(missing_ok=True)
        self._read_password(tools)
        self._launch(tools.folder, who)

    def stop(self) -> None:
        """Shut PostgreSQL down and wait for it; harmless when it is not running."""
        if self._guardian is not None:
            assert self._guardian.stdin is not None
            self._guardian.stdin.close()
            self._guardian.wait()
            self._guardian = None
        self._socket_folder = None
        self._locks.release()

    def _check_version(self) -> None:
        found = (self._home / "PG_VERSION").read_text().strip()
        if found != major():
            raise ClusterUnusable(
                f"The database in {self._home} was written by PostgreSQL {found} and this release"
                f" brings PostgreSQL {major()}: move the data over with a dump made by the earlier"
                " release, or set ATTUNE_DATABASE_URL to a server that reads it."
            )

    def _read_password(self, tools: Tools) -> None:
        """The roles' password; set anew where the file was never written or is lost."""
        file = self.folder / PASSWORD
        if not file.exists():
            password = secrets.token_urlsafe(24)
            tools.set_passwords(self._home, password)
            self._kept(password)
        self._password = file.read_text()

    def _kept(self, password: str) -> str:
        """The same, once it is on the disk."""
        written = self.folder / f"{PASSWORD}.new"
        written.unlink(missing_ok=True)
        os.close(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        written.write_text(password)
        sync(written)
        written.rename(self.folder / PASSWORD)
        sync(self.folder)
        return password

    def _launch(self, folder: Path, who: Account) -> None:
        self._socket_folder = self._new_socket_folder(who)
        log = self.folder / "postgres.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.rename(self.folder / "postgres.log.1")
        options = self._settings | {"unix_socket_directories": str(self._socket_folder)}
        command = [str(folder / "postgres"), "-D", data_argument(self._home, who)]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with log.open("ab") as output:
            log.chmod(0o600)
            began = output.tell()
            arguments = (who.uid, who.gid, self._home, self._socket_folder)
            self._guardian = subprocess.Popen(  # noqa: S603  (the wheel's own program)
                [sys.executable, "-I", "-S", guardian.__file__, *map(str, arguments), *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=self._locks.inherited,
                bufsize=0,
                start_new_session=True,
                env={"PATH": os.defpath, "LC_ALL": "C"},
            )
        self._await_readiness(self._guardian, log, began)

    def _new_socket_folder(self, who: Account) -> Path:
        """Its path is noted, so that one left behind by a sudden end is cleared away next time."""
        note = self.folder / "postgres.socket"
        if note.exists() and (left := note.read_text()):
            shutil.rmtree(left, ignore_errors=True)
        folder = _socket_folder(who)
        note.write_text(str(folder))
        return folder

    def _await_readiness(self, running: "subprocess.Popen[bytes]", log: Path, began: int) -> None:
        patience = time.monotonic() + START_SECONDS
        while time.monotonic() < patience:
            if is_ready(said_of_itself(self._home)):
                assert running.stdin is not None
                running.stdin.write(b"1")
                return
            if running.poll() is not None:
                break
            time.sleep(0.01)
        with log.open("rb") as written:
            written.seek(began)
            said = written.read().decode(errors="replace")
        fatal = [line.split("FATAL:")[-1].strip() for line in said.splitlines() if "FATAL:" in line]
        raise ClusterUnusable(
            f"PostgreSQL did not start: {fatal[-1] if fatal else f'its log is {log}'}."
        )


def addresses(password: str, socket_folder: Path) -> Addresses:
    """Where the two roles find the database."""
    place = f"{password}@/{DATABASE}?host={quote(str(socket_folder))}"
    return Addresses(
        service=f"postgresql://{DATABASE}:{place}", owner=f"postgresql://{SUPERUSER}:{place}"
    )


def said_of_itself(home: Path) -> list[str]:
    """The lines of postmaster.pid; none where there is no such file."""
    try:
        return (home / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def is_ready(lines: list[str]) -> bool:
    """Line 8 is the server's state."""
    return len(lines) > 7 and lines[7].strip() == "ready"


def _socket_folder(who: Account) -> Path:
    """A new private folder with a short path that PostgreSQL's account can reach."""
    places = (os.environ.get("XDG_RUNTIME_DIR"), "/run", tempfile.gettempdir(), "/tmp", "/var/tmp")  # noqa: S108
    for place in (Path(name) for name in places if name):
        if not (place.is_dir() and os.access(place, os.W_OK | os.X_OK) and open_to(place, who)):
            continue
        folder = Path(tempfile.mkdtemp(prefix="attune-", dir=place))
        if len(bytes(folder / ".s.PGSQL.5432.lock")) <= SOCKET_LIMIT:
            if who.other:
                os.chown(folder, who.uid, os.getegid())
                folder.chmod(0o770)
            return folder
        folder.rmdir()
    raise ClusterUnusable("No folder for its socket is open to PostgreSQL: make /tmp writable.")
