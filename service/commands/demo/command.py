"""`python -m service demo`: fills a database, or a running server, with the synthetic clinic."""

import socket
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import UTC, date, datetime

import httpx
import uvloop

from service.commands import Command, CommandError
from service.commands.demo.delivery import NotTaken
from service.commands.demo.loading import BY_API, Clinic, load, refuse_issuers
from service.settings import Settings
from service.store import migration
from service.store.roles import Addresses

MOST = 100_000


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--patients", type=_count, default=BY_API, help=f"1 to {MOST}, default {BY_API}"
    )
    parser.add_argument("--seed", type=_seed, default=1, help="another seed, another clinic")
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        help="the day before which everything lies, such as 2026-05-03; default the current one",
    )
    parser.add_argument(
        "--base-url",
        help="FHIR base URL of a server that runs; without it the database of the settings is "
        "filled, which no other server may be using then",
    )


def demo(given: Namespace, settings: Settings) -> int:
    """Load the clinic; what is already there of it is overwritten in place."""
    today = given.today or datetime.now(UTC).date()
    clinic = Clinic(seed=given.seed, patients=given.patients, today=today)
    try:
        if given.base_url is None:
            refuse_issuers(settings)
            _fill(settings, clinic)
        else:
            uvloop.run(_send(clinic, given.base_url))
    except NotTaken as refusal:
        raise CommandError(str(refusal)) from None
    except httpx.TransportError as error:
        raise CommandError(f"No server answers at {given.base_url} ({error}).") from None
    print(f"{clinic.patients} synthetic patients: Patient/demo-{clinic.seed}-1 and those after it.")
    return 0


COMMAND = Command(
    name="demo",
    help="load a synthetic clinic",
    arguments=arguments,
    run=demo,
)


def _fill(settings: Settings, clinic: Clinic) -> None:
    from service import main
    from service.commands import serve  # not above: `serve` loads the demo clinic too

    with serve.listening("127.0.0.1", 0) as listener, main.postgres(settings) as at:
        uvloop.run(_served(settings, at, listener, clinic))


async def _served(
    settings: Settings, at: Addresses, listener: socket.socket, clinic: Clinic
) -> None:
    """By a server of our own, on a port that nobody else was told."""
    from service import main
    from service.commands import serve
    from service.commands.demo.bulk import into

    await migration.upgrade(at)
    base_url = serve.root(listener) + main.FHIR_PATH
    async with (
        serve.running(settings, at, listener) as (site, _),
        httpx.AsyncClient(base_url=base_url) as client,
    ):
        await load(clinic, client=client, bulk=into(site))


async def _send(clinic: Clinic, base_url: str) -> None:
    async with httpx.AsyncClient(base_url=base_url) as client:
        await load(clinic, client=client)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise ArgumentTypeError(f"The number of patients is from 1 to {MOST}, not '{text}'.")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise ArgumentTypeError(f"A seed is a whole number of at most nine digits, not '{text}'.")
    return int(text)
