"""A patient with a long record among many others, and what reading of it costs."""

from typing import Any

import asyncpg

from service.store.cluster import Cluster
from service.store.database import Database
from service.store.hashing import hash64, type_key
from tests.store.explained import by_key
from tests.store.searched import ACCESS, NUMBER
from tests.store.test_search_plans import nodes

OTHERS, LONG = 20_000, 2_000
"""Observations of 200 other patients, and those that our one patient has of one code."""
KINDS = 5
"""Our patient's codes: k0, of which there are 2,000 with one component each, and four of ten."""

RESOURCES = f"""
INSERT INTO resource (tenant_id, type_key, type, id, self, version, last_updated, body)
SELECT $1, {type_key("Observation")}, 'Observation', 'o' || n, n, 1, now(), '\\x00'
FROM generate_series(0, {OTHERS + LONG + 39}) n
"""
CODED_VALUES = f"""
WITH numbered AS (
    SELECT r.row_id, n, n < {OTHERS} AS other,
        CASE WHEN n < {OTHERS} THEN n % 10 WHEN n < {OTHERS + LONG} THEN 0 ELSE 1 + n % 4 END AS k
    FROM resource r, LATERAL (SELECT substr(r.id, 2)::int AS n) s
), own AS (
    SELECT row_id, other, n, ($3::bigint[])[k + 1] AS code, ($4::bigint[])[k + 1] AS what,
        CASE WHEN other THEN ($2::bigint[])[2 + n % 200] ELSE ($2::bigint[])[1] END AS patient,
        '2020-01-01T00:00Z'::timestamptz + n * interval '1 hour' AS low
    FROM numbered
)
INSERT INTO coded_value
    (tenant_id, row_id, ordinal, component, lead, patient, code, code_system, category,
     category_system, status, low, high, value_low, value_high, what)
SELECT $1::int, row_id, 0, 0, true, patient, code, $5::bigint, $6::bigint, $5,
    $7::bigint, low, low + interval '1 second',
    n % 7, n % 7, what
FROM own
UNION ALL
SELECT $1::int, row_id, 1, 1, false, patient, $8::bigint, $5, null, null, $7, low,
    low + interval '1 second',
    1, 1, null
FROM own WHERE n % 10 = 0 OR NOT other
"""


async def fill(database: Database, cluster: Cluster) -> None:
    """Inserted as it would stand, with the planner's statistics fresh."""
    async with database.begin(ACCESS) as tx:
        await tx.connection.execute(RESOURCES, NUMBER)
        await tx.connection.execute(
            CODED_VALUES,
            NUMBER,
            [hash64(f"Patient/{number}") for number in range(201)],
            [hash64(f"k{number}") for number in range(10)],
            [hash64(f"what {number}") for number in range(10)],
            hash64("s"),
            hash64("c"),
            hash64("final"),
            hash64("part"),
        )
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute("VACUUM ANALYZE resource, coded_value")
    await maintenance.close()


async def explained(database: Database, sql: str, arguments: list[Any]) -> dict[str, Any]:
    async with database.reading(ACCESS) as tx:
        return await by_key(tx, sql, arguments)


def rows_read(plan: dict[str, Any]) -> int:
    """From tables, those that a filter threw away included."""
    return sum(
        round((n["Actual Rows"] + n.get("Rows Removed by Filter", 0)) * n["Actual Loops"])
        for n in nodes(plan)
        if "Relation Name" in n
    )


def of_table(plan: dict[str, Any], table: str) -> list[dict[str, Any]]:
    return [node for node in nodes(plan) if node.get("Relation Name") == table]
