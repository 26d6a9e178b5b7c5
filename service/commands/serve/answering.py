"""One process that answers: the web application on its loop, until it is told to stop."""

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import uvicorn

from service import main
from service.api.connection import Connection
from service.commands.serve.address import root
from service.interactions.context import Site
from service.interactions.rederive import say_if_due
from service.interactions.sealing import keep_sealing
from service.psychometrics import distributions
from service.settings import Settings
from service.store.roles import Addresses

STOP_SECONDS = 20
"""How long requests under way may take to finish after SIGTERM or Ctrl-C."""


def stop_alike() -> None:
    """SIGTERM ends the server as Ctrl-C does, also while it starts: everything opened is closed, in
    its order. By itself it would end the process at once."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


@asynccontextmanager
async def running(
    settings: Settings, at: Addresses, listener: socket.socket
) -> AsyncIterator[tuple[Site, "asyncio.Task[None]"]]:
    """The server, answering requests; it stops by a signal or at the end of the block."""
    async with (
        prepared(settings, at, listener) as site,
        answering(settings, site, (listener,)) as (_, task),
    ):
        yield site, task


@asynccontextmanager
async def prepared(
    settings: Settings, at: Addresses, listener: socket.socket
) -> AsyncIterator[Site]:
    """The site that will be found at `listener`, on a migrated database."""
    base_url = (settings.public_url or root(listener) + main.FHIR_PATH).rstrip("/")
    async with main.opened(settings, at.service, base_url) as site:
        for own, access in site.everyone():
            await say_if_due(own, access)
        yield site


@asynccontextmanager
async def answering(
    settings: Settings, site: Site, listeners: Sequence[socket.socket]
) -> AsyncIterator[tuple["Server", "asyncio.Task[None]"]]:
    """What answers from now on, and what ends when it was told to stop and has."""
    server = Server(
        uvicorn.Config(
            main.application(settings, site),
            loop="uvloop",
            http=Connection,
            lifespan="off",
            access_log=False,
            server_header=False,
            log_config=None,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )
    task = asyncio.create_task(server.serve(sockets=list(listeners)))
    sealing = asyncio.create_task(keep_sealing(site))
    await server.answering.wait()
    # Nobody waited for it at the start, and no write need wait for it later.
    await asyncio.to_thread(distributions.load)
    # What is loaded now stays: no collection need look at it again.
    gc.collect()
    gc.freeze()
    try:
        yield server, task
    finally:
        server.should_exit = True
        await task
        sealing.cancel()
        with suppress(asyncio.CancelledError):
            await sealing


class Server(uvicorn.Server):
    """Says when it answers requests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answering = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answering.set()
