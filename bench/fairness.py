"""Whether servers hold and answer the same: without it no ratio between them means anything."""

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Any

import orjson
import uvloop

from bench import population
from bench.client import Connection, request
from bench.servers import NotMeasurable, Server
from bench.traffic import search_target

SENT = "vital-signs"
"""The category of every Observation of the wards."""
SEARCHES = 40
READS = 20


def compared(servers: Sequence[Server], patients: int) -> int:
    """How many Observations each of them holds.

    Raises `NotMeasurable` unless they all hold as many as were sent, give the same ids in the same
    order for sampled searches and the same value for sampled reads.
    """
    return uvloop.run(_compared(servers, patients))


def observations(server: Server) -> int:
    """How many Observations of the wards it holds now."""
    return uvloop.run(_observations(server))


async def _compared(servers: Sequence[Server], patients: int) -> int:
    expected = patients * population.PER_PATIENT
    for server in servers:
        held = await _observations(server)
        if held != expected:
            raise NotMeasurable(f"{server.name} holds {held} Observations, not {expected}.")
    random = Random(4)  # noqa: S311  (not a secret)
    targets = [search_target(random, patients) for _ in range(SEARCHES)]
    for _ in range(READS):
        place = random.randrange(population.PER_PATIENT)
        one = population.vital_id(random.randrange(patients), place)
        targets.append(f"/fhir/Observation/{one}")
    for target in targets:
        answers = {server.name: _essence(await _asked(server, target)) for server in servers}
        if len(set(answers.values())) != 1:
            raise NotMeasurable(f"The servers differ at {target}: {answers}")
    return expected


def _essence(answer: dict[str, Any]) -> tuple[Any, ...]:
    """The ids of a Bundle's resources in their order, or id, time and value of an Observation."""
    if answer["resourceType"] == "Bundle":
        found = tuple(entry["resource"]["id"] for entry in answer["entry"])
        return (answer["total"], *found)
    return answer["id"], answer["effectiveDateTime"], answer["valueQuantity"]["value"]


async def _observations(server: Server) -> int:
    """Those that were sent: what a server derives of its own is none of the others'."""
    answer = await _asked(server, f"/fhir/Observation?category={SENT}&_summary=count")
    return int(answer["total"])


async def _asked(server: Server, target: str) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, "127.0.0.1", server.port)
    status, body = await connection.ask(server.asked(request("GET", target)))
    connection.close()
    if status != 200:
        raise NotMeasurable(f"{server.name} answered {target} with {status}: {body[:300]!r}")
    answer: dict[str, Any] = orjson.loads(body)
    return answer
