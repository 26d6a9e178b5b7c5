"""A process of its own migrates, and is gone afterwards however it went."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import asyncpg
import pytest

from service.errors import Unavailable
from service.store import migration
from service.store.cluster import Cluster
from service.store.migrator import PROGRAM, Migrator
from service.store.roles import Addresses
from tests.store.processes import ROOT, alive, await_end, end


@pytest.fixture
async def empty(cluster: Cluster) -> AsyncIterator[Addresses]:
    """A database of the superuser's."""
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute("DROP DATABASE IF EXISTS elsewhere WITH (FORCE)")
    await maintenance.execute("CREATE DATABASE elsewhere")
    yield Addresses(
        service=cluster.dsn.replace("@/attune?", "@/elsewhere?"),
        owner=cluster.maintenance_dsn.replace("@/attune?", "@/elsewhere?"),
    )
    await maintenance.execute("DROP DATABASE elsewhere WITH (FORCE)")
    await maintenance.close()


async def test_the_schema_is_that_of_a_migration_of_our_own(empty: Addresses) -> None:
    with Migrator() as migrator:
        process = migrator.begin()
        await migrator.upgrade(empty)
        assert not alive(process.pid)
    assert await migration.current_revision(empty.service) == migration.HEAD
    await migration.check(empty.owner)


async def test_where_nothing_is_to_be_done_no_process_is_needed(empty: Addresses) -> None:
    await migration.upgrade(empty)
    with Migrator() as migrator:
        process = migrator.begin()
        await migrator.upgrade(empty)
        # It waits yet to be told where the database is.
        assert alive(process.pid)
    assert not alive(process.pid)


async def test_a_refusal_of_the_database_is_told_in_a_sentence(empty: Addresses) -> None:
    with Migrator() as migrator, pytest.raises(Unavailable, match="ATTUNE_MIGRATION_URL"):
        await migrator.upgrade(Addresses(service=empty.service, owner=empty.service))
    assert await migration.current_revision(empty.service) is None


async def test_a_process_that_dies_is_not_taken_for_one_that_is_done(empty: Addresses) -> None:
    with Migrator() as migrator:
        end([migrator.begin().pid])
        with pytest.raises(Unavailable, match="could not be brought up to date"):
            await migrator.upgrade(empty)


async def test_whoever_stops_waiting_ends_the_process(empty: Addresses) -> None:
    blocking = await asyncpg.connect(empty.owner)
    await blocking.execute(f"SELECT pg_advisory_lock({migration.LOCK})")
    with Migrator() as migrator:
        process = migrator.begin()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2):
                await migrator.upgrade(empty)
    await_end([process.pid])
    await blocking.close()
    assert await migration.current_revision(empty.service) is None


def test_a_process_whose_owner_is_gone_ends_by_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", PROGRAM],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
