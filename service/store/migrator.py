"""Migrations in a process of their own, run as a program; it takes with it what it had to import.

A server would keep the memory of Alembic and SQLAlchemy, which it never needs again, for as long as
it lives. For a new database the process can be started before there is one: its imports take about
as long as initdb.
"""

import asyncio
import subprocess
import sys
from contextlib import suppress
from types import TracebackType
from typing import Self

import msgspec

from service.errors import Unavailable
from service.store import migration
from service.store.roles import Addresses

PROGRAM = "service.store.migrator"
DONE = "done"
"""What it says; where it may not do it, the reason in a sentence, and nothing where it fails."""
FAILED = "The database could not be brought up to date: what went wrong stands above."


class Migrator:
    """`with Migrator() as migrator:`; the process, if there is one, ends with the block."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def begin(self) -> "subprocess.Popen[bytes]":
        """Start the process, unless it is: it waits to be told where the database is. A Ctrl-C in
        the terminal is for us to hear."""
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603  (our own program)
                [sys.executable, "-m", PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        return self._process

    async def upgrade(self, at: Addresses) -> None:
        """As `migration.upgrade` does it, and without a process where nothing is to be done."""
        if await migration.current_revision(at.service) == migration.HEAD:
            return
        try:
            said = await asyncio.to_thread(_answer, self.begin(), at)
        finally:
            self._end()
        if said != DONE:
            raise Unavailable(said or FAILED)

    def _end(self) -> None:
        """Its transaction is undone where it was not over."""
        if self._process is not None:
            self._process.kill()
            with self._process:
                self._process.wait()
            self._process = None


def _answer(process: "subprocess.Popen[bytes]", at: Addresses) -> str:
    """The addresses hold passwords, so they are no arguments."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError), process.stdin as told:
        told.write(msgspec.json.encode(at))
    return process.stdout.readline().decode().rstrip("\n")


def run() -> int:
    """The exit status."""
    migration.load()
    told = sys.stdin.buffer.read()
    if not told:  # whoever started us is gone
        return 1
    try:
        asyncio.run(migration.upgrade(msgspec.json.decode(told, type=Addresses)))
    except Unavailable as error:
        print(error, flush=True)
        return 1
    print(DONE, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(run())
