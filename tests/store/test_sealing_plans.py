"""To seal a batch costs the same however much was written since a vacuum went through the audit."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest

from service.fhir.access import Access
from service.store import sealing
from service.store.audit_chain import ENDLESS, ROWS, newest
from service.store.cluster import Cluster
from service.store.database import Database, Transaction
from tests.store.explained import by_key

EACH, TENANTS = 1_000, 2
"""Transactions of one row for each of two tenants, done twice."""
BATCH = 100
WRITTEN = f"""
DO $$ BEGIN FOR n IN 1..{EACH} LOOP
    INSERT INTO audit (tenant_id, xid, recorded, action, subtype, outcome, agent)
    SELECT lpad(t::text, 32, '0')::uuid, pg_current_xact_id()::text::bigint, clock_timestamp(),
        'R', 'read', 0, 'local'
    FROM generate_series(1, {TENANTS}) t;
    COMMIT;
END LOOP; END $$
"""


@pytest.fixture
async def filled(cluster: Cluster, database: Database) -> AsyncIterator[Database]:
    """No vacuum comes to the audit meanwhile; the first half of it is sealed."""
    owner = await asyncpg.connect(cluster.maintenance_dsn)
    await owner.execute("ALTER TABLE audit SET (autovacuum_enabled = off)")
    await owner.execute(WRITTEN)
    assert await sealing.seal(database, Access()) == EACH
    await owner.execute(WRITTEN)
    yield database
    await owner.execute("ALTER TABLE audit RESET (autovacuum_enabled)")
    await owner.close()


def scans(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Relation Name" in node:
        yield node
    for child in node.get("Plans", ()):
        yield from scans(child)


async def read(tx: Transaction, sql: str, *arguments: object) -> float:
    """How many rows a statement looks at, planned as sealing has it planned."""
    found = list(scans(await by_key(tx, sql, (tx.tenant, *arguments))))
    passed_over = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    return sum(s["Actual Rows"] + sum(s.get(name, 0) for name in passed_over) for s in found)


async def test_a_batch_is_sealed_by_reading_its_own_rows(filled: Database) -> None:
    async with filled.begin(Access()) as tx:
        head = await newest(tx)
        bounds = head.to_xid, ENDLESS, head.floor, BATCH - 1
        assert await read(tx, sealing.END, *bounds) == BATCH
        end = await tx.connection.fetchval(sealing.END, tx.tenant, *bounds)
        assert await read(tx, ROWS, head.to_xid, end, head.floor + 1, ENDLESS) == BATCH
