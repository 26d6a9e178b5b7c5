"""What PostgreSQL alone can do: the same rows as a create's, one statement each, nothing around it.

The statement is written here and not taken from the service, so that it says what is possible and
not what is done. It writes into the service's own tables, in a tenant of its own.
"""

import asyncio
import gc
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import uvloop

from bench import population, processes
from bench.client import WARM_UP_SECONDS, Outcome
from bench.server import Server
from service.fhir import body
from service.fhir.compartments import patient_of
from service.store.body import pack
from service.store.hashing import hash64, type_key
from service.store.index import COLUMNS, rows

TENANT = UUID("00000000-0000-0000-0000-00000000beec")
KIND = "Observation"
OBSERVATION = type_key(KIND)
SAMPLES = 500
BASE = "http://127.0.0.1/fhir"
PROCESSES = 2
INSERTED = """
r AS (
    INSERT INTO resource
        (tenant_id, type_key, type, id, self, patient, body, version, last_updated)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 1, date_trunc('milliseconds', clock_timestamp()))
    RETURNING row_id
)
"""


@dataclass(frozen=True, kw_only=True)
class Ceiling:
    """One process's part of a measurement."""

    dsn: str
    watched: Mapping[str, int]
    clients: int
    seconds: float
    warm_up_seconds: float = WARM_UP_SECONDS
    seed: int


def measure(
    workers: ProcessPoolExecutor, server: Server, *, clients: int, seconds: float, seed: int
) -> Outcome:
    """Creates by `clients` connections, shared out among the processes."""
    parts = [
        Ceiling(
            dsn=server.dsn,
            watched={"database": server.watched()["database"]},
            clients=clients // PROCESSES,
            seconds=seconds,
            seed=seed + place,
        )
        for place in range(PROCESSES)
    ]
    done = [future.result() for future in [workers.submit(run, part) for part in parts]]
    clients_cpu = sum(part.cpu_seconds["client"] for part in done)
    return Outcome(
        answers=sum(part.answers for part in done),
        accepted=sum(part.accepted for part in done),
        seconds=seconds,
        latencies=tuple(sorted(latency for part in done for latency in part.latencies)),
        wrong=(),
        cpu_seconds={**done[0].cpu_seconds, "client": clients_cpu},
    )


def run(part: Ceiling) -> Outcome:
    """For a process of its own."""
    gc.disable()
    return uvloop.run(_run(part))


async def _run(part: Ceiling) -> Outcome:
    random = Random(part.seed)  # noqa: S311  (not a secret)
    samples = [_columns(population.new_vital(random)) for _ in range(SAMPLES)]
    sql, needed = statement(samples[0])
    number = await _tenant(part.dsn)
    connections = [await _connected(part.dsn, number, sql) for _ in range(part.clients)]
    start = time.perf_counter() + part.warm_up_seconds
    end = start + part.seconds
    latencies: list[float] = []

    async def client(connection: asyncpg.Connection) -> None:
        prepared = await connection.prepare(sql)
        while (sent := time.perf_counter()) < end:
            resource, hanging = random.choice(samples)
            columns = (column for table in needed for column in hanging[table])
            id_ = str(uuid4())
            own = hash64(f"{KIND}/{id_}")
            await prepared.fetchval(number, OBSERVATION, KIND, id_, own, *resource, *columns)
            received = time.perf_counter()
            if sent >= start and received <= end:
                latencies.append(received - sent)

    watch = asyncio.create_task(_cpu_between(part, start, end))
    await asyncio.gather(*(client(connection) for connection in connections))
    used = await watch
    for connection in connections:
        await connection.close()
    return Outcome(
        answers=len(latencies),
        accepted=len(latencies),
        seconds=part.seconds,
        latencies=tuple(latencies),
        wrong=(),
        cpu_seconds=used,
    )


def statement(sample: tuple[Any, dict[str, Any]]) -> tuple[str, tuple[str, ...]]:
    """One statement that stores a resource and its index rows, and the tables it fills."""
    tables = tuple(sample[1])
    place = 8
    parts = [INSERTED]
    for table in tables:
        names = ", ".join(name for name, _ in COLUMNS[table])
        arrays = ", ".join(f"${place + n}::{kind}[]" for n, (_, kind) in enumerate(COLUMNS[table]))
        place += len(COLUMNS[table])
        parts.append(
            f"i_{table} AS (INSERT INTO {table} (tenant_id, row_id, {names})"
            f" SELECT $1, r.row_id, u.* FROM r, unnest({arrays}) AS u)"
        )
    return f"WITH {', '.join(parts)} SELECT row_id FROM r", tables


def _columns(resource: population.Json) -> tuple[Any, dict[str, Any]]:
    """Patient and body of a resource, and the columns of its index rows by table."""
    index = rows(resource, zone=UTC, base_url=BASE)
    found = {table: getattr(index, table) for table in COLUMNS}
    return (patient_of(resource, BASE), pack(body.tail(resource))), {
        table: [list(column) for column in zip(*rows_, strict=True)]
        for table, rows_ in found.items()
        if rows_
    }


async def _tenant(dsn: str) -> int:
    """Its number in the tables."""
    connection = await asyncpg.connect(dsn, server_settings={"app.tenant": str(TENANT)})
    await connection.execute(
        "INSERT INTO tenant (uuid, page_key) VALUES ($1, '') ON CONFLICT DO NOTHING", TENANT
    )
    number: int = await connection.fetchval("SELECT tenant_id FROM tenant WHERE uuid = $1", TENANT)
    await connection.close()
    return number


async def _connected(dsn: str, number: int, sql: str) -> asyncpg.Connection:
    connection = await asyncpg.connect(dsn, server_settings={"app.tenant_id": str(number)})
    await connection.prepare(sql)
    return connection


async def _cpu_between(part: Ceiling, start: float, end: float) -> dict[str, float]:
    await asyncio.sleep(start - time.perf_counter())
    before = processes.cpu_now(part.watched)
    await asyncio.sleep(end - time.perf_counter())
    return {name: used - before[name] for name, used in processes.cpu_now(part.watched).items()}
