"""Filling the servers: the same Bundles to each, and the large one past HTTP."""

import asyncio
import multiprocessing
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice

import asyncpg
import orjson
import uvloop

from bench import course_records, population
from bench.connection import connected, request
from bench.population import Json
from bench.server import NotMeasurable, Server
from service import main
from service.fhir.access import Access
from service.interactions import bulk
from service.settings import Settings

PER_BUNDLE = 100
STORED = re.compile(rb'"status"\s*:\s*"20[01]')
"""An entry of the answer to a Bundle that says its resource is stored."""
AT_ONCE = 4
"""Bundles under way at a time, where none refers to another."""
PER_TRANSACTION = 500
LOADERS = 2
"""Processes that fill a database past HTTP."""


Maker = Callable[[range], Iterable[Json]]
"""Resources by numbers of patients."""


def wards(patients: range) -> Iterator[Json]:
    """Ward patients with their therapists, without what was measured."""
    yield from (
        population.therapist(place)
        for place in sorted({population.therapist_of(number) for number in patients})
    )
    for number in patients:
        place = population.ward(number)
        yield from population.admitted(place, number, population.admission(number))


def new_patients() -> Iterator[Json]:
    yield population.therapist(population.THERAPIST)
    for number in range(population.NEW_PATIENTS):
        yield from population.admitted(population.new(number), number)


def vitals(patients: range) -> Iterator[Json]:
    for number in patients:
        yield from population.ward_vitals(number)


def mixed_vitals(patients: int) -> Iterator[Json]:
    """All vital signs in an order that gives each Bundle many patients."""
    made = [list(population.ward_vitals(number)) for number in range(patients)]
    for place in range(population.PER_PATIENT):
        yield from (of_patient[place] for of_patient in made)


def courses(numbers: range) -> Iterator[Json]:
    for number in numbers:
        yield from course_records.course_patient(number)


def send(
    server: Server, resources: Iterable[Json], *, at_once: int = AT_ONCE, kind: str = "transaction"
) -> float:
    """Store by Bundles of PUTs, transactions or batches; resources per second."""
    bundles = list(_bundles(resources, kind))
    began = time.perf_counter()
    uvloop.run(_send(server, bundles, at_once))
    return sum(size for size, _ in bundles) / (time.perf_counter() - began)


def fill(server: Server, resources: Iterable[Json]) -> None:
    """Store by the service's own bulk path, in this process."""
    uvloop.run(_fill(server.dsn, resources))


def fill_wards(server: Server, patients: range) -> float:
    """The vital signs of many patients, from several processes; resources per second."""
    began = time.perf_counter()
    fill_side_by_side(server, vitals, patients)
    return len(patients) * population.PER_PATIENT / (time.perf_counter() - began)


def fill_side_by_side(server: Server, made: Maker, numbers: range) -> None:
    """What `made` makes of numbers, from several processes."""
    with ProcessPoolExecutor(LOADERS, mp_context=multiprocessing.get_context("spawn")) as workers:
        parts = [numbers[n::LOADERS] for n in range(LOADERS)]
        for done in [workers.submit(_fill_made, server.dsn, made, part) for part in parts]:
            done.result()


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


def _fill_made(dsn: str, made: Maker, numbers: range) -> None:
    uvloop.run(_fill(dsn, made(numbers)))


async def _fill(dsn: str, resources: Iterable[Json]) -> None:
    async with main.opened(Settings(), dsn, "http://127.0.0.1/fhir") as site:
        waiting = iter(resources)
        while part := list(islice(waiting, PER_TRANSACTION)):
            await bulk.load(site, Access(), part)


def _bundles(resources: Iterable[Json], kind: str) -> Iterator[tuple[int, bytes]]:
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
        bundle = {"resourceType": "Bundle", "type": kind, "entry": entries}
        yield len(part), request("POST", "/fhir", orjson.dumps(bundle))


async def _send(server: Server, bundles: list[tuple[int, bytes]], at_once: int) -> None:
    waiting = iter(bundles)

    async def client() -> None:
        connection = await connected(server.address)
        for size, bundle in waiting:
            _accepted(server, size, *await connection.ask(server.asked(bundle)))
        connection.close()

    try:
        await asyncio.gather(*(client() for _ in range(at_once)))
    except OSError as error:
        raise NotMeasurable(f"{server.name} broke off during the load: {error}") from error


def _accepted(server: Server, size: int, status: int, body: bytes) -> None:
    """Raises `NotMeasurable` unless every entry of a Bundle was stored."""
    stored = len(STORED.findall(body))
    if status != 200 or stored != size:
        raise NotMeasurable(
            f"{server.name} answered a Bundle of {size} PUTs with {status} and stored {stored}:"
            f" {body[:500]!r}"
        )
