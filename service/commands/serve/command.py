"""`python -m service serve`: listener, database and server, opened and closed in their order."""

import argparse
import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress

import uvloop

from service import main
from service.api.auth.issuers import Issuer
from service.commands import Command
from service.commands.demo.loading import refuse_issuers
from service.commands.serve.address import (
    listening,
    refuse_every_origin,
    refuse_open_address,
    root,
)
from service.commands.serve.answering import running, stop_alike
from service.commands.serve.welcome import welcome
from service.settings import Settings
from service.store.roles import Addresses


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said on the command line instead of in the environment."""
    parser.add_argument("--host", help="address to listen on (ATTUNE_HOST, default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (ATTUNE_PORT, default 8000)")
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
        refuse_issuers(settings)
    stop_alike()
    with (
        suppress(KeyboardInterrupt),
        listening(settings.host, settings.port) as listener,
        main.postgres(settings) as at,
    ):
        uvloop.run(_serve(settings, at, listener, trusted, demo=given.demo))
    return 0


async def _serve(
    settings: Settings,
    at: Addresses,
    listener: socket.socket,
    trusted: Sequence[Issuer],
    *,
    demo: bool,
) -> None:
    address = root(listener)
    async with running(settings, at, listener) as (_, server):
        welcoming = asyncio.create_task(welcome(address, trusted, demo=demo))
        await server
        welcoming.cancel()
        with suppress(asyncio.CancelledError):
            await welcoming


COMMAND = Command(
    name="serve",
    help="run the server, on an embedded PostgreSQL unless told otherwise",
    arguments=arguments,
    run=serve,
)
