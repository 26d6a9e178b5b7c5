"""Who holds a data directory: one service, and its PostgreSQL down to the last process."""

import fcntl
import os
import time
from pathlib import Path

from service.store.account import ClusterUnusable

RELEASE_SECONDS = 60.0
"""How long the PostgreSQL of a server that was killed may take to shut down."""


class InUse(ClusterUnusable):
    """Another process of ours runs PostgreSQL on the data directory."""


class Locks:
    """Two locks that the kernel lets go of when their holders end, however they end.

    `owner.lock` is the service's alone. `postgres.lock` is inherited by every process of
    PostgreSQL: while it is held, one of them may still write.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: list[int] = []

    @property
    def inherited(self) -> tuple[int, ...]:
        """File descriptors for PostgreSQL's processes to keep open."""
        return tuple(self._open[1:])

    def hold(self) -> None:
        """Raises `InUse` where another server runs on the data directory."""
        owner = self._file("owner.lock")
        if not _locked(owner):
            holder = os.pread(owner, 32, 0).decode(errors="replace").strip()
            raise InUse(
                f"The data directory {self._folder} is in use by another server"
                f"{f' (process {holder})' if holder else ''}: stop it first, or choose another"
                " data directory."
            )
        os.ftruncate(owner, 0)
        os.pwrite(owner, f"{os.getpid()}\n".encode(), 0)
        self._await_release(self._file("postgres.lock"))

    def release(self) -> None:
        while self._open:
            os.close(self._open.pop())

    def _await_release(self, lock: int) -> None:
        patience = time.monotonic() + RELEASE_SECONDS
        while not _locked(lock):
            if time.monotonic() > patience:
                raise ClusterUnusable(
                    f"The database in {self._folder} is still held by the PostgreSQL of an earlier"
                    " server: end its processes and start again."
                )
            time.sleep(0.02)

    def _file(self, name: str) -> int:
        lock = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._open.append(lock)
        return lock


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
