"""One of several processes that answer; run as a program, with the first process at its input."""

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import cast

import uvloop

from service import main
from service.api.connection import Connection
from service.commands.serve.answering import Server, answering, stop_alike
from service.commands.serve.colleague import CONNECTION, ENDED, READY, Task
from service.errors import ServiceError

PAUSE_SECONDS = 0.1


def run() -> int:
    """The exit status."""
    stop_alike()
    with suppress(KeyboardInterrupt):
        channel = socket.socket(fileno=os.dup(0))
        task = _told(channel)
        if task is None:
            return 1
        main.configure_log(task.settings.log_level)
        try:
            uvloop.run(_work(task, channel))
        except ServiceError as error:
            print(f"python -m service: {error}", file=sys.stderr)
            return 1
    return 0


def _told(channel: socket.socket) -> Task | None:
    """None where the first process is gone."""
    said = b""
    while not said.endswith(b"\n"):
        part = channel.recv(65536)
        if not part:
            return None
        said += part
    return Task.model_validate_json(said)


async def _work(task: Task, channel: socket.socket) -> None:
    async with (
        main.joined(task.settings, task.dsn, task.base_url) as site,
        answering(task.settings, site, ()) as (server, running),
    ):
        inlet = Inlet(channel, server)
        # The server closes what it listens on before anything else.
        server.servers.append(cast("asyncio.Server", inlet))
        await running


class Handed(Connection):
    """A client's connection that says when it is over."""

    over: Callable[[], None]

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.over()


class Inlet:
    """What stands in for a listening socket: connections come in that the first process accepted.

    Where it closes its end, it is gone, and we have nobody to answer for.
    """

    def __init__(self, channel: socket.socket, server: Server) -> None:
        self._channel = channel
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._unsaid = READY
        self._taking = set[asyncio.Task[None]]()
        channel.setblocking(False)
        self._loop.add_reader(channel, self._arrived)
        self._say()

    def close(self) -> None:
        """The first process sees it, and gives its connections to others."""
        self._loop.remove_reader(self._channel)
        with suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)

    async def wait_closed(self) -> None:
        """Nothing is left to wait for."""

    def _arrived(self) -> None:
        try:
            said, files, _, _ = socket.recv_fds(self._channel, len(CONNECTION), 1)
        except BlockingIOError:
            return
        except OSError:
            said, files = b"", []
        if not said:
            self._loop.remove_reader(self._channel)
            self._server.should_exit = True
        elif not files:  # we have as many open as we may
            self._over()
        for file in files:
            task = self._loop.create_task(self._take(socket.socket(fileno=file)))
            self._taking.add(task)
            task.add_done_callback(self._taking.discard)

    async def _take(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:
            connection.close()
            self._over()

    def _protocol(self) -> Handed:
        handed = Handed(
            config=self._server.config,
            server_state=self._server.server_state,
            app_state=self._server.lifespan.state,
        )
        handed.over = self._over
        return handed

    def _over(self) -> None:
        self._unsaid += ENDED
        self._say()

    def _say(self) -> None:
        try:
            if self._unsaid:
                self._unsaid = self._unsaid[self._channel.send(self._unsaid) :]
        except BlockingIOError:  # many ended at once
            self._loop.call_later(PAUSE_SECONDS, self._say)
        except OSError:
            self._unsaid = b""


if __name__ == "__main__":
    sys.exit(run())
