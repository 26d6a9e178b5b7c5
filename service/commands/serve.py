"""The server: database, schema, web application, and what a first user needs to see."""

import argparse
import asyncio
import gc
import ipaddress
import signal
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import httpx
import uvicorn
import uvloop

from service import main
from service.api.auth.issuers import Issuer
from service.api.connection import Connection
from service.commands import Command, CommandError
from service.commands.demo.loading import Clinic, load, refuse_issuers
from service.interactions.context import Site
from service.interactions.rederive import say_if_due
from service.interactions.sealing import keep_sealing
from service.settings import Settings
from service.store import migration
from service.store.roles import Addresses

NO_TOKENS = "none asked for: whoever reaches this address may read and write everything"
STOP_SECONDS = 20
"""How long requests under way may take to finish after SIGTERM or Ctrl-C."""


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
    _stop_alike()
    with (
        suppress(KeyboardInterrupt),
        listening(settings.host, settings.port) as listener,
        main.postgres(settings) as at,
    ):
        uvloop.run(_serve(settings, at, listener, trusted, demo=given.demo))
    return 0


def _stop_alike() -> None:
    """SIGTERM ends the server as Ctrl-C does, also while it starts: everything opened is closed, in
    its order. By itself it would end the process at once."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


async def _serve(
    settings: Settings,
    at: Addresses,
    listener: socket.socket,
    trusted: Sequence[Issuer],
    *,
    demo: bool,
) -> None:
    async with running(settings, at, listener) as (_, server):
        welcome = asyncio.create_task(_welcome(root(listener), trusted, demo=demo))
        await server
        welcome.cancel()
        with suppress(asyncio.CancelledError):
            await welcome


@asynccontextmanager
async def running(
    settings: Settings, at: Addresses, listener: socket.socket
) -> AsyncIterator[tuple[Site, "asyncio.Task[None]"]]:
    """The server, answering requests; it stops by a signal or at the end of the block."""
    await migration.upgrade(at)
    base_url = (settings.public_url or root(listener) + main.FHIR_PATH).rstrip("/")
    async with main.opened(settings, at.service, base_url) as site:
        for own, access in site.everyone():
            await say_if_due(own, access)
        server = _Server(
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
        task = asyncio.create_task(server.serve(sockets=[listener]))
        sealing = asyncio.create_task(keep_sealing(site))
        await server.answering.wait()
        # What is loaded now stays: no collection need look at it again.
        gc.collect()
        gc.freeze()
        try:
            yield site, task
        finally:
            server.should_exit = True
            await task
            sealing.cancel()
            with suppress(asyncio.CancelledError):
                await sealing


class _Server(uvicorn.Server):
    """Says when it answers requests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answering = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answering.set()


async def _welcome(address: str, trusted: Sequence[Issuer], *, demo: bool) -> None:
    """The demo clinic, if asked for, then where to look."""
    base = address + main.FHIR_PATH
    patient = None if trusted else await _patient_to_show(base, demo=demo)
    names = ", ".join(issuer.name for issuer in trusted)
    print(
        f"\nFHIR base      {base}"
        f"\nCapabilities   {base}/metadata"
        f"\nOpenAPI        {address}/openapi.json"
        f"\nHealth         {address}/livez  {address}/readyz"
        f"\nTry            {_example(base, patient)}"
        f"\nTokens         {names or NO_TOKENS}"
        "\nStop with Ctrl-C.",
        flush=True,
    )


async def _patient_to_show(base: str, *, demo: bool) -> str | None:
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        if demo and not await _a_patient(client):
            print("Loading the demo clinic: 40 synthetic patients.", flush=True)
            await load(Clinic(today=datetime.now(UTC).date()), client=client)
        return await _a_patient(client)


async def _a_patient(client: httpx.AsyncClient) -> str | None:
    """The id of some patient, None where there is none."""
    answer = await client.get("/Patient", params={"_count": "1", "_total": "none"})
    entries = answer.raise_for_status().json().get("entry", [])
    return entries[0]["resource"]["id"] if entries else None


def _example(base: str, patient: str | None) -> str:
    if patient is None:
        return f"curl -s '{base}/metadata?_pretty=true'"
    return f"curl -s '{base}/Patient/{patient}/$course?_pretty=true'"


def root(listener: socket.socket) -> str:
    """`http://host:port` of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listening(host: str, port: int) -> socket.socket:
    """Raises `CommandError` where the address is taken or not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host} port {port}: {error.strerror}. "
            "Stop what uses it, or choose another with --port or ATTUNE_PORT."
        ) from None


def refuse_open_address(host: str) -> None:
    """Until issuers of tokens are configured nobody is asked who they are."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise CommandError(
            f"{host} is not a loopback address, and without token issuers anyone who reaches it "
            "could read every record: set ATTUNE_ISSUERS, or listen on 127.0.0.1."
        )


def refuse_every_origin(origins: Sequence[str]) -> None:
    """A page of anybody's, opened on this machine, would read what is asked of nobody."""
    if "*" in origins:
        raise CommandError(
            "ATTUNE_CORS_ORIGINS is *, and without token issuers every web page that is opened on "
            "this machine could read every record: set ATTUNE_ISSUERS, or name the origins."
        )


COMMAND = Command(
    name="serve",
    help="run the server, on an embedded PostgreSQL unless told otherwise",
    arguments=arguments,
    run=serve,
)
