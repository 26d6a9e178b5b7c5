"""The schema goes up, matches what is declared, and comes down again."""

import asyncio

import asyncpg
import pytest

from service.store import migration
from service.store.cluster import Cluster


@pytest.fixture
async def empty_dsn(cluster: Cluster) -> str:
    """A database of its own beside the others."""
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute("DROP DATABASE IF EXISTS migrated")
    await maintenance.execute("CREATE DATABASE migrated OWNER attune")
    await maintenance.close()
    return cluster.dsn.replace("@/attune?", "@/migrated?")


async def test_the_tables_declared_are_the_tables_that_stand(empty_dsn: str) -> None:
    await migration.upgrade(empty_dsn)
    await migration.check(empty_dsn)


async def test_the_schema_goes_up_and_down_and_up_again(empty_dsn: str) -> None:
    assert await migration.current_revision(empty_dsn) is None
    await migration.upgrade(empty_dsn)
    assert await migration.current_revision(empty_dsn) == migration.HEAD
    await migration.downgrade(empty_dsn)
    assert await migration.current_revision(empty_dsn) is None
    await migration.upgrade(empty_dsn)
    assert await migration.current_revision(empty_dsn) == migration.HEAD


async def test_two_migrations_at_once_leave_one_migrated_database(empty_dsn: str) -> None:
    await asyncio.gather(migration.upgrade(empty_dsn), migration.upgrade(empty_dsn))
    await migration.check(empty_dsn)


def test_the_newest_script_is_the_revision_this_release_names() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migration.SCRIPTS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [migration.HEAD]
