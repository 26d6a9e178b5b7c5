"""A process that answers, as the first process sees it: started, told its task, given connections.

Between the two is one pair of sockets. The first says the task in one line, then sends clients'
connections, one with every byte. The other says `READY` once and `ENDED` for every connection that
is over. When its end closes, the other is gone: neither needs a signal for that, however it died.
"""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from pydantic import BaseModel

from service.settings import Settings

PROGRAM = "service.commands.serve.worker"
READY = b"+"
ENDED = b"-"
CONNECTION = b"c"


class Task(BaseModel, frozen=True):
    """All that a process needs to know before it can answer."""

    settings: Settings
    dsn: str
    """Of the service's own role: the owner of the tables is none of its business."""
    base_url: str


class Colleague:
    """One process; `held` is how many connections it has that are not over."""

    def __init__(self, process: asyncio.subprocess.Process, channel: socket.socket) -> None:
        self._process = process
        self._channel = channel
        self.serves = False
        self.has_served = False
        self.held = 0

    @classmethod
    async def started(cls) -> Self:
        """In a session of its own, so that Ctrl-C in a terminal is heard by the first process
        only, and told on."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", PROGRAM, stdin=theirs.fileno(), start_new_session=True
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return cls(process, ours)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def life(self, task: Task, changed: Callable[[], None]) -> int:
        """Its exit status, once it has ended; negative for the signal that ended it. `changed` is
        called when it begins to serve, and when it does no more."""
        with self._channel, suppress(OSError):
            await self._listen(task, changed)
        self.serves = False
        changed()
        return await self._process.wait()

    async def _listen(self, task: Task, changed: Callable[[], None]) -> None:
        """Until it closes its end. The task holds a password, so it is no argument."""
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self._channel, task.model_dump_json().encode() + b"\n")
        while said := await loop.sock_recv(self._channel, 65536):
            self.held -= said.count(ENDED)
            if READY in said:
                self.serves = self.has_served = True
                changed()

    async def end(self) -> None:
        await self._process.wait()

    def take(self, connection: socket.socket) -> bool:
        """False where it cannot: it is gone, or does not come to fetch what it was given."""
        try:
            socket.send_fds(self._channel, [CONNECTION], [connection.fileno()])
        except OSError:
            return False
        self.held += 1
        return True

    def tell(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(number)
