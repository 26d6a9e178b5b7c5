"""A database restored elsewhere from a dump holds the same audit, and its chain goes on."""

import asyncio
import subprocess
from pathlib import Path

import asyncpg

from service.fhir.access import Access
from service.fhir.audit_event import Trace
from service.store import audit
from service.store.account import account
from service.store.audit_chain import verify
from service.store.binaries import programs
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.sealing import seal
from tests.door import emptied

AHEAD = 2_000
"""Transactions that the first cluster is ahead of a new one, at the least."""


async def written(database: Database, *agents: str) -> None:
    for agent in agents:
        async with database.begin(Access()) as tx:
            audit.record(tx, [Trace(action="R", subtype="read", agent=agent)])


def tool(home: Path, name: str, *arguments: str) -> bytes:
    done = subprocess.run(
        [str(programs(account(home)) / name), *arguments], check=True, capture_output=True
    )
    return done.stdout


async def grown_old(cluster: Cluster) -> None:
    connection = await asyncpg.connect(cluster.dsn)
    for _ in range(AHEAD):
        await connection.execute("SELECT pg_current_xact_id()")
    await connection.close()


async def test_a_restored_audit_verifies_and_goes_on_where_transactions_count_anew(
    cluster: Cluster, tmp_path: Path
) -> None:
    await emptied(cluster)
    await grown_old(cluster)
    database = await Database.open(cluster.dsn)
    await database.ensure_tenant(Access().tenant)
    await written(database, "a", "b")
    assert await seal(database, Access()) == 2
    await written(database, "c")
    before = await verify(database, Access())
    await database.close()
    dump = tmp_path / "dump.sql"
    dump.write_bytes(tool(tmp_path, "pg_dump", "--dbname", cluster.maintenance_dsn))
    with Cluster(tmp_path / "elsewhere", {"fsync": "off"}) as other:
        await asyncio.to_thread(
            tool, tmp_path, "psql", "-v", "ON_ERROR_STOP=1", "-f", str(dump), other.maintenance_dsn
        )
        restored = await Database.open(other.dsn)
        assert await verify(restored, Access()) == before
        await written(restored, "d", "e")
        assert (await verify(restored, Access())).unsealed == 3
        assert await seal(restored, Access()) == 3
        await written(restored, "f")
        assert await seal(restored, Access()) == 1
        after = await verify(restored, Access(), before.head)
        await restored.close()
    assert after.intact
    assert (after.rows, after.batches, after.unsealed) == (6, 4, 0)
