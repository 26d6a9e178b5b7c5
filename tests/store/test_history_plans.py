"""A page of history costs the same wherever it is: an index is read in the order of time, and
little beside what the page shows."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import asyncpg
import pytest

from service.store.body import pack
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.hashing import hash64, type_key
from service.store.history import Place, Scope, Span, count, page
from tests.store.searched import ACCESS, NUMBER

EACH = 5_000
"""Resources of either type, each with two earlier versions: 30,000 versions."""
STARTED = datetime(2026, 1, 1, tzinfo=UTC)
TYPES = ("Observation", "Patient", "Encounter")

RESOURCES = f"""
INSERT INTO resource (tenant_id, type_key, type, id, self, version, last_updated, body)
SELECT $1, type_key, type, 'r' || n, ($4::bigint[])[n + 1] + (type = 'Observation')::int, 3,
    $2::timestamptz + (30 * n + 20) * interval '1 second', $3::bytea
FROM generate_series(0, {EACH - 1}) n, (VALUES
    ('Observation', {type_key("Observation")}), ('Patient', {type_key("Patient")})
) AS made (type, type_key)
"""
EARLIER = """
INSERT INTO history (tenant_id, type, id, version, row_id, last_updated, body)
SELECT tenant_id, type, id, v, row_id, last_updated - (3 - v) * interval '10 second', body
FROM resource, generate_series(1, 2) v
"""
SHOWN = 51
"""Fifty versions, and one to know of more."""


@pytest.fixture
async def filled(database: Database, cluster: Cluster) -> Database:
    async with database.begin(ACCESS) as tx:
        names = [hash64(f"Patient/r{n}") for n in range(EACH)]
        await tx.connection.execute(RESOURCES, NUMBER, STARTED, pack(b"}}"), names)
        await tx.connection.execute(EARLIER)
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute("VACUUM ANALYZE resource, history")
    await maintenance.close()
    return database


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)


async def scans(database: Database, asked: tuple[str, list[Any]]) -> list[dict[str, Any]]:
    """What PostgreSQL did to the tables, measured."""
    sql, arguments = asked
    async with database.reading(ACCESS) as tx:
        text = await tx.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *arguments)
    found = nodes(json.loads(text)[0]["Plan"])
    return [n for n in found if n.get("Relation Name") in ("resource", "history")]


def after(seconds: int) -> Place:
    return Place(
        moment=(STARTED + timedelta(seconds=seconds)).isoformat(), row_id=1, number=2, total=None
    )


BY_IDENTITY = {"resource_pkey", "resource_row", "history_pkey"}
PLACES = (None, after(140_000), after(75_000), after(3_000))


async def test_any_page_reads_the_indexes_of_time_and_no_more_than_it_may_show(
    filled: Database,
) -> None:
    for types, place in product((TYPES[:1], TYPES), PLACES):
        found = await scans(filled, page(NUMBER, Scope(types=types), Span(), place, SHOWN))
        assert not [scan for scan in found if "Seq Scan" in scan["Node Type"]]
        in_time = [s for s in found if s["Index Name"] in ("resource_updated", "history_updated")]
        assert {scan["Relation Name"] for scan in in_time} == {"resource", "history"}
        for scan in in_time:
            assert scan["Actual Rows"] * scan["Actual Loops"] <= SHOWN * len(types)
            assert scan.get("Rows Removed by Filter", 0) == 0
        others = [scan for scan in found if scan not in in_time]
        assert all(scan["Index Name"] in BY_IDENTITY for scan in others)
        assert all(scan["Actual Rows"] <= 1 for scan in others)


async def test_the_history_of_one_resource_reads_its_own_versions(filled: Database) -> None:
    one = Scope(types=("Patient",), id="r4999")
    for span in (Span(), Span(since=STARTED + timedelta(seconds=149_000))):
        found = await scans(filled, page(NUMBER, one, span, None, SHOWN))
        assert found
        assert all(scan["Index Name"] in BY_IDENTITY for scan in found)
        assert all(scan["Actual Rows"] <= 2 for scan in found)


async def test_counting_stops_where_a_number_is_no_longer_told(filled: Database) -> None:
    found = await scans(filled, count(NUMBER, Scope(types=TYPES), Span()))
    assert sum(scan["Actual Rows"] * scan["Actual Loops"] for scan in found) <= 10_001


async def test_what_is_new_since_a_moment_is_counted_from_the_index(filled: Database) -> None:
    since = Span(since=STARTED + timedelta(seconds=149_900))
    found = await scans(filled, count(NUMBER, Scope(types=TYPES), since))
    assert not [scan for scan in found if "Seq Scan" in scan["Node Type"]]
    assert sum(scan["Actual Rows"] * scan["Actual Loops"] for scan in found) <= 30
