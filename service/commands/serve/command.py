"""`python -m service serve`: listener, database and processes, opened and closed in their order."""

import argparse
import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import uvloop

from service import main
from service.api.auth.issuers import Issuer
from service.commands import Command
from service.commands.serve.address import (
    listening,
    refuse_every_origin,
    refuse_open_address,
    root,
)
from service.commands.serve.answering import prepared, running, stop_alike
from service.commands.serve.colleague import Task
from service.commands.serve.welcome import welcome
from service.commands.serve.workers import working
from service.settings import Settings
from service.store.migrator import Migrator
from service.store.roles import Addresses


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said on the command line instead of in the environment."""
    parser.add_argument("--host", help="address to listen on (ATTUNE_HOST, default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (ATTUNE_PORT, default 8000)")
    parser.add_argument(
        "--workers", type=int, help="processes that answer (ATTUNE_WORKERS, default 1)"
    )
    parser.add_argument(
        "--demo", action="store_true", help="load the demo clinic where there is no patient yet"
    )


def serve(given: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGTERM or Ctrl-C; requests under way are finished first."""
    main.configure_log(settings.log_level)
    trusted = main.issuers(settings)
    main.own_settings(settings)
    if not trusted:
        refuse_open_address(settings.host)
        refuse_every_origin(settings.cors_origins)
    if given.demo:
        # Not above: to make a clinic up takes imports that serving one does not wait for.
        from service.commands.demo.loading import refuse_issuers

        refuse_issuers(settings)
    stop_alike()
    with (
        suppress(KeyboardInterrupt),
        listening(settings.host, settings.port) as listener,
        Migrator() as migrator,
    ):
        if main.needs_cluster(settings):
            migrator.begin()
        with main.postgres(settings) as at:
            uvloop.run(_serve(settings, at, listener, migrator, trusted, demo=given.demo))
    return 0


async def _serve(
    settings: Settings,
    at: Addresses,
    listener: socket.socket,
    migrator: Migrator,
    trusted: Sequence[Issuer],
    *,
    demo: bool,
) -> None:
    await migrator.upgrade(at)
    process = _one if settings.workers == 1 else _several
    address = root(listener)
    async with process(settings, at, listener) as server:
        welcoming = asyncio.create_task(welcome(address, trusted, demo=demo))
        await server
        welcoming.cancel()
        with suppress(asyncio.CancelledError):
            await welcoming


@asynccontextmanager
async def _one(
    settings: Settings, at: Addresses, listener: socket.socket
) -> AsyncIterator["asyncio.Task[None]"]:
    async with running(settings, at, listener) as (_, server):
        yield server


@asynccontextmanager
async def _several(
    settings: Settings, at: Addresses, listener: socket.socket
) -> AsyncIterator["asyncio.Task[None]"]:
    """What makes the database ready is done once, before those start who answer."""
    async with prepared(settings, at, listener) as site:
        task = Task(settings=settings, dsn=at.service, base_url=site.base_url)
    async with working(task, settings.workers, listener) as server:
        yield server


COMMAND = Command(
    name="serve",
    help="run the server, on an embedded PostgreSQL unless told otherwise",
    arguments=arguments,
    run=serve,
)
