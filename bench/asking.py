"""Single questions to a server, outside of any measurement."""

import time
from contextlib import suppress
from typing import Any

import orjson
import uvloop

from bench.connection import connected, request
from bench.server import NotMeasurable, Server

PATIENCE_SECONDS = 120.0
AT_ONCE_SECONDS = 0.5


def answer(server: Server, target: str) -> dict[str, Any]:
    """The JSON at a path such as `/fhir/Patient/1`. Raises `NotMeasurable` unless it is a 200."""
    return uvloop.run(answered(server, target))


def count(server: Server, target: str) -> int:
    """How many resources a search finds."""
    joint = "&" if "?" in target else "?"
    return int(answer(server, f"{target}{joint}_summary=count")["total"])


def come_to_rest(server: Server) -> None:
    """Until it answers at once: what a failed run left behind is not to be charged to the next."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < patience:
        asked = time.monotonic()
        with suppress(NotMeasurable):
            answer(server, "/fhir/metadata")
            if time.monotonic() - asked < AT_ONCE_SECONDS:
                return
        time.sleep(AT_ONCE_SECONDS)


async def answered(server: Server, target: str) -> dict[str, Any]:
    try:
        connection = await connected(server.address)
        status, body = await connection.ask(server.asked(request("GET", target)))
    except OSError as error:
        raise NotMeasurable(f"{server.name} does not answer {target}: {error}") from error
    connection.close()
    if status != 200:
        raise NotMeasurable(f"{server.name} answered {target} with {status}: {body[:300]!r}")
    try:
        found: dict[str, Any] = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotMeasurable(f"{server.name} answered {target} with no JSON: {error}.") from error
    return found
