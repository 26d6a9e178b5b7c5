"""Filling the servers: the same Bundles to each, and the large one past HTTP."""

import asyncio
import multiprocessing
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice

import asyncpg
import orjson
import uvloop

from bench import population
from bench.client import Connection, request
from bench.population import Json
from bench.servers import NotMeasurable, Server
from service import main
from service.fhir.access import Access
from service.interactions import bulk
from service.settings import Settings

PER_BUNDLE = 100
AT_ONCE = 4
"""Bundles under way at a time, where none refers to another."""
PER_TRANSACTION = 500
LOADERS = 2
"""Processes that fill a database past HTTP."""


def people(patients: int) -> Iterator[Json]:
    """What the vital signs refer to."""
    yield population.therapist()
    for number in range(patients):
        yield from population.admitted(population.ward(number), number)
    for number in range(population.NEW_PATIENTS):
        yield from population.admitted(population.new(number), number)


def vitals(patients: Iterable[int]) -> Iterator[Json]:
    for number in patients:
        yield from population.ward_vitals(number)


def mixed_vitals(patients: int) -> Iterator[Json]:
    """All vital signs in an order that gives each Bundle many patients."""
    made = [list(population.ward_vitals(number)) for number in range(patients)]
    for place in range(population.PER_PATIENT):
        yield from (of_patient[place] for of_patient in made)


def courses() -> Iterator[Json]:
    for number in range(population.COURSES):
        yield from population.course_patient(number)


def send(server: Server, resources: Iterable[Json], *, at_once: int = AT_ONCE) -> float:
    """Store by transactions of PUTs; resources per second."""
    bundles = list(_bundles(resources))
    began = time.perf_counter()
    uvloop.run(_send(server.port, bundles, at_once))
    return sum(size for size, _ in bundles) / (time.perf_counter() - began)


def fill(server: Server, resources: Iterable[Json]) -> None:
    """Store by the service's own bulk path, in this process."""
    uvloop.run(_fill(server.dsn, resources))


def fill_wards(server: Server, patients: range) -> float:
    """The vital signs of many patients, from several processes; resources per second."""
    began = time.perf_counter()
    with ProcessPoolExecutor(LOADERS, mp_context=multiprocessing.get_context("spawn")) as workers:
        parts = [patients[n::LOADERS] for n in range(LOADERS)]
        for done in [workers.submit(_fill_wards, server.dsn, part) for part in parts]:
            done.result()
    return len(patients) * population.PER_PATIENT / (time.perf_counter() - began)


def settle_down(server: Server) -> None:
    """What PostgreSQL does by itself within minutes of a load: statistics, visibility, a
    checkpoint."""
    uvloop.run(_settle_down(server.maintenance_dsn))


def bytes_on_disk(server: Server) -> int:
    """All tables with their indexes."""
    return uvloop.run(_bytes_on_disk(server.maintenance_dsn))


async def _bytes_on_disk(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    size: int = await connection.fetchval(
        "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    await connection.close()
    return size


async def _settle_down(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
    await connection.close()


def _fill_wards(dsn: str, patients: range) -> None:
    uvloop.run(_fill(dsn, vitals(patients)))


async def _fill(dsn: str, resources: Iterable[Json]) -> None:
    async with main.opened(Settings(), dsn, "http://127.0.0.1/fhir") as site:
        waiting = iter(resources)
        while part := list(islice(waiting, PER_TRANSACTION)):
            await bulk.load(site, Access(), part)


def _bundles(resources: Iterable[Json]) -> Iterator[tuple[int, bytes]]:
    """How many resources a request holds, and the request."""
    waiting = iter(resources)
    while part := list(islice(waiting, PER_BUNDLE)):
        entries = [
            {
                "resource": resource,
                "request": {
                    "method": "PUT",
                    "url": f"{resource['resourceType']}/{resource['id']}",
                },
            }
            for resource in part
        ]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        yield len(part), request("POST", "/fhir", orjson.dumps(bundle))


async def _send(port: int, bundles: list[tuple[int, bytes]], at_once: int) -> None:
    loop = asyncio.get_running_loop()
    waiting = iter(bundles)

    async def client() -> None:
        _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
        for _, bundle in waiting:
            status, body = await connection.ask(bundle)
            if status != 200:
                raise NotMeasurable(f"A Bundle of the load was answered {status}: {body[:500]!r}")
        connection.close()

    await asyncio.gather(*(client() for _ in range(at_once)))
