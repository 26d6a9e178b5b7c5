"""The searches that every client makes read one index and little beside what they answer."""

import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from service.store.clauses.statement import statement
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.hashing import hash64, type_key
from tests.store.searched import ACCESS, NUMBER, query

PATIENTS, EACH = 200, 100
"""20,000 Observations: of every patient one a day, of ten codes and four categories in turn."""

OBSERVATIONS = f"""
INSERT INTO resource (tenant_id, type_key, type, id, self, version, last_updated, body)
SELECT $1, {type_key("Observation")}, 'Observation', 'o' || n, n, 1, now(), '\\x00'
FROM generate_series(0, {PATIENTS * EACH - 1}) n
"""
CODED_VALUES = f"""
INSERT INTO coded_value
    (tenant_id, row_id, ordinal, component, lead, patient, code, code_system, category,
     category_system, status, low, high)
SELECT $1, r.row_id, 0, 0, true, ($2::bigint[])[1 + n % {PATIENTS}],
    ($3::bigint[])[1 + n / {PATIENTS} % 10], $4, ($5::bigint[])[1 + n / {PATIENTS} % 4], $4,
    CASE WHEN n % 97 = 0 THEN $7::bigint ELSE $6 END,
    '2026-01-01T00:00Z'::timestamptz + n / {PATIENTS} * interval '1 day',
    '2026-01-01T00:00:01Z'::timestamptz + n / {PATIENTS} * interval '1 day'
FROM resource r, LATERAL (SELECT substr(r.id, 2)::int AS n) numbered
"""

US_CORE = (
    "Observation?patient=7&category=c1",
    "Observation?patient=7&category=c1&date=2026-02",
    "Observation?patient=7&category=c1&date=ge2026-02-01",
    "Observation?patient=7&code=k3",
    "Observation?patient=7&code=s|k3",
    "Observation?patient=7&category=c1&status=final",
    "Observation?patient=7&code=k3&date=2026-02",
    "Observation?patient=7&code=k3&date=ge2026-02-01&date=lt2026-04-01",
    "Observation?patient=7&code=k3&_sort=-date&_count=5",
    "Observation?patient=7&category=c1&_sort=-date&_count=5",
)


@pytest.fixture
async def filled(database: Database, cluster: Cluster) -> Database:
    """Inserted as they would stand, with the planner's statistics fresh."""
    patients = [hash64(f"Patient/{number}") for number in range(PATIENTS)]
    codes = [hash64(f"k{number}") for number in range(10)]
    categories = [hash64(f"c{number}") for number in range(4)]
    async with database.begin(ACCESS) as tx:
        await tx.connection.execute(OBSERVATIONS, NUMBER)
        await tx.connection.execute(
            CODED_VALUES,
            NUMBER,
            patients,
            codes,
            hash64("s"),
            categories,
            hash64("final"),
            hash64("amended"),
        )
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute("VACUUM ANALYZE resource, coded_value")
    await maintenance.close()
    return database


async def plan(database: Database, asked: str) -> dict[str, Any]:
    """What PostgreSQL did for a first page, measured."""
    wanted = query(asked)
    async with database.reading(ACCESS) as tx:
        await tx.connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        sql, arguments = statement(wanted, tx.number).page(wanted.count + 1, None)
        text = await tx.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *arguments)
    found: dict[str, Any] = json.loads(text)[0]["Plan"]
    return found


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)


async def test_a_us_core_search_is_one_scan_of_a_patient_index(filled: Database) -> None:
    for asked in US_CORE:
        found = await plan(filled, asked)
        scans = [node for node in nodes(found) if "Scan" in node["Node Type"]]
        assert not [scan for scan in scans if scan["Node Type"] == "Seq Scan"], asked
        (scan,) = [s for s in scans if s.get("Relation Name") == "coded_value"]
        assert scan["Node Type"] in ("Index Scan", "Index Only Scan"), asked
        assert scan["Index Name"] == "coded_value_patient", asked
        assert scan["Actual Rows"] > 0, asked
        assert scan.get("Rows Removed by Filter", 0) <= scan["Actual Rows"], asked


async def test_the_newest_of_a_code_are_read_from_the_index_without_sorting(
    filled: Database,
) -> None:
    """Ten of the code there are, and six are read: five asked for and one to know of more."""
    found = await plan(filled, "Observation?patient=7&code=k3&_sort=-date&_count=5")
    (scan,) = [n for n in nodes(found) if n.get("Relation Name") == "coded_value"]
    assert scan["Actual Rows"] == 6
