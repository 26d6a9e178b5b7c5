"""What was acknowledged survives the sudden death of everything, and nothing is half there."""

import asyncio
from collections import Counter
from pathlib import Path
from threading import Timer

import asyncpg

from service.fhir.access import Access
from service.store import store
from service.store.cluster import Cluster
from service.store.database import Database
from tests.store.owner import TOGETHER
from tests.store.processes import await_end, end, family, heard, owner
from tests.store.written import observation

ACKNOWLEDGED = 150
"""Transactions after which everything is killed."""
PATIENCE_SECONDS = 120.0


def acknowledged(data: Path, *, everything: bool) -> set[str]:
    """The groups a server said it stored, killed in the middle of its load: by itself, or together
    with its PostgreSQL."""
    groups = set[str]()
    with owner(data, "write") as process:
        heard(process, "ready ")
        assert process.stdout is not None
        rescue = Timer(PATIENCE_SECONDS, process.kill)
        rescue.start()
        for line in process.stdout:
            groups.add(line.removeprefix("stored ").strip())
            if len(groups) == ACKNOWLEDGED:
                processes = family(process.pid)
                end(reversed(processes) if everything else [process.pid])
        rescue.cancel()
        await_end(processes)
    return groups


async def kept(dsn: str, groups: set[str]) -> Counter[str]:
    """How many resources of each transaction are there; checks each row and what hangs on it."""
    database = await Database.open(dsn)
    async with database.reading(Access()) as tx:
        rows = await tx.connection.fetch("SELECT id FROM resource")
        for group in groups:
            version = await store.read(tx, observation(f"{group}-0"))
            assert version is not None
            assert version.number == 1
            assert version.body is not None
        for table, each in (("term", 2), ("phrase", 1), ("coded_value", 2)):
            hanging = await tx.connection.fetchval(f"SELECT count(*) FROM {table}")
            assert hanging == each * len(rows), table
    await database.close()
    return Counter(row["id"].rpartition("-")[0] for row in rows)


def assert_whole(data: Path, groups: set[str]) -> None:
    assert len(groups) >= ACKNOWLEDGED
    with Cluster(data) as cluster:
        found = asyncio.run(kept(cluster.dsn, groups))
        corrupt = asyncio.run(corruption(cluster.maintenance_dsn))
    assert groups <= found.keys()
    assert set(found.values()) == {TOGETHER}
    assert not corrupt


async def corruption(dsn: str) -> list[str]:
    """What PostgreSQL's own checker finds wrong in tables and indexes."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
    found = list[str]()
    for table in ("resource", "term", "phrase", "coded_value"):
        rows = await connection.fetch(f"SELECT msg FROM verify_heapam('{table}')")
        found += [row["msg"] for row in rows]
        await connection.execute(
            "SELECT bt_index_check(indexrelid, true) FROM pg_index"
            " WHERE indrelid = $1::text::regclass",
            table,
        )
    await connection.close()
    return found


def test_a_killed_server_and_postgresql_lose_nothing_acknowledged(tmp_path: Path) -> None:
    groups = acknowledged(tmp_path / "data", everything=True)
    assert_whole(tmp_path / "data", groups)


def test_a_killed_server_loses_nothing_acknowledged(tmp_path: Path) -> None:
    groups = acknowledged(tmp_path / "data", everything=False)
    assert_whole(tmp_path / "data", groups)
