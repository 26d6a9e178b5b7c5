"""The first process of a server of several: it starts the others, and hands them connections.

Who answers is decided for each connection: whoever holds the fewest. Sockets that several processes
listen on leave that to chance, and with few connections chance is uneven.
"""

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog

from service.commands import CommandError
from service.commands.serve.answering import STOP_SECONDS
from service.commands.serve.colleague import Colleague, Task

KILL_SECONDS = STOP_SECONDS + 10
"""How long a process that was told to stop is waited for."""
LONG_LIFE_SECONDS = 10.0
"""Who dies younger is not replaced at once, but after a pause that grows."""
LONGEST_PAUSE_SECONDS = 30.0
TRIES = 5
"""So many in a row that never answer, while nobody else does, end a server that did."""
RETRY_SECONDS = 0.05
STOPPING = (signal.SIGINT, signal.SIGTERM)

log = structlog.get_logger()


@asynccontextmanager
async def working(
    task: Task, number: int, listener: socket.socket
) -> AsyncIterator["asyncio.Task[None]"]:
    """What ends when all that answer were told to stop, by a signal or at the end of the block, and
    have; it fails with `CommandError` where none of them can answer."""
    workers = Workers(task, number)
    running = asyncio.create_task(workers.run(listener))
    complete = asyncio.create_task(workers.complete.wait())
    await asyncio.wait((running, complete), return_when=asyncio.FIRST_COMPLETED)
    complete.cancel()
    try:
        if running.done():
            running.result()
        yield running
    finally:
        workers.stop()
        await running


class Workers:
    """So many processes that answer, each replaced when it dies."""

    def __init__(self, task: Task, number: int) -> None:
        self._task = task
        self._number = number
        self._alive = set[Colleague]()
        self._told = asyncio.Event()
        self._somebody = asyncio.Event()
        """While there is somebody to answer."""
        self.complete = asyncio.Event()
        """Once all of them have answered."""

    async def run(self, listener: socket.socket) -> None:
        """Until told to stop. Raises `CommandError` where none of them can answer."""
        loop = asyncio.get_running_loop()
        with _heard(lambda: loop.call_soon_threadsafe(self._told_by_signal)):
            tasks = [asyncio.create_task(self._keep()) for _ in range(self._number)]
            tasks.append(asyncio.create_task(self._hand_out(listener)))
            told = asyncio.create_task(self._told.wait())
            try:
                await asyncio.wait((*tasks, told), return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in (*tasks, told):
                    each.cancel()
                ended = await asyncio.gather(*tasks, told, return_exceptions=True)
                listener.close()
                await self._end()
        for error in ended:
            if isinstance(error, Exception):
                raise error

    def stop(self) -> None:
        self._told.set()

    def _told_by_signal(self) -> None:
        """Told again, requests under way are given up, as one process does at a second Ctrl-C."""
        if self._told.is_set():
            self._tell(signal.SIGINT)
        self.stop()

    async def _keep(self) -> None:
        """One process after the other."""
        short = failed = 0
        while True:
            began = time.monotonic()
            failed = 0 if await self._life() else failed + 1
            self._refuse_hopeless(failed)
            short = 0 if time.monotonic() - began > LONG_LIFE_SECONDS else short + 1
            await asyncio.sleep(pause(short))

    async def _life(self) -> bool:
        """Of one process; the answer is whether it ever served."""
        try:
            colleague = await Colleague.started()
        except OSError as error:
            log.error("worker.failed", reason=error.strerror)
            return False
        self._alive.add(colleague)
        status = await colleague.life(self._task, self._count)
        self._alive.discard(colleague)
        log.error("worker.ended", process=colleague.pid, status=status)
        return colleague.has_served

    def _count(self) -> None:
        serving = len(self._serving())
        if serving == self._number:
            self.complete.set()
        if serving:
            self._somebody.set()
        else:
            self._somebody.clear()

    def _refuse_hopeless(self, failed: int) -> None:
        """A server that never was complete ends with the first that fails; one that was goes on as
        long as somebody serves."""
        patience = TRIES if self.complete.is_set() else 1
        if failed >= patience and not (self.complete.is_set() and self._serving()):
            raise CommandError(
                "A process of the server ended before it could answer: what it said stands above."
            )

    async def _hand_out(self, listener: socket.socket) -> None:
        """As long as nobody serves, clients wait in the listener's queue."""
        loop = asyncio.get_running_loop()
        while True:
            await self._somebody.wait()
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError as error:
                log.error("connection.lost", reason=error.strerror)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            with connection:
                await self._give(connection)

    async def _give(self, connection: socket.socket) -> None:
        while True:
            if any(each.take(connection) for each in self._serving()):
                return
            await asyncio.sleep(RETRY_SECONDS)

    def _serving(self) -> list[Colleague]:
        """Whoever has the least to do, first."""
        return sorted((each for each in self._alive if each.serves), key=lambda each: each.held)

    def _tell(self, number: signal.Signals) -> None:
        for colleague in self._alive:
            colleague.tell(number)

    async def _end(self) -> None:
        if not self._alive:
            return
        self._tell(signal.SIGTERM)
        ends = [asyncio.create_task(colleague.end()) for colleague in self._alive]
        _, late = await asyncio.wait(ends, timeout=KILL_SECONDS)
        if late:
            log.error("workers.killed", processes=len(late))
            self._tell(signal.SIGKILL)
            await asyncio.wait(late)


def pause(short_lives: int) -> float:
    """Seconds before the next process, after so many in a row that did not live long."""
    return min(2.0 ** (short_lives - 1), LONGEST_PAUSE_SECONDS) if short_lives else 0.0


@contextmanager
def _heard(stop: Callable[[], object]) -> Iterator[None]:
    """What ends a server ends this block instead."""
    before = {number: signal.signal(number, lambda *_: stop()) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
