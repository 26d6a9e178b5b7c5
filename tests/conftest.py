"""A real, migrated PostgreSQL for the whole run; every test that asks for it finds it empty."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from service.fhir.access import LOCAL_TENANT, Access
from service.store import migration
from service.store.cluster import Cluster
from service.store.database import Database

TABLES = "resource, history, coded_value, term, moment, phrase, amount, record, derived, tenant"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """PostgreSQL as `make run` starts it, except that it does not wait for the disk."""
    data: Path = tmp_path_factory.mktemp("attune")
    with Cluster(data, {"fsync": "off", "full_page_writes": "off"}) as running:
        asyncio.run(migration.upgrade(running.dsn))
        yield running


@pytest.fixture
async def database(cluster: Cluster) -> AsyncIterator[Database]:
    """Open, and empty but for the tenant `local`."""
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute(f"TRUNCATE {TABLES} RESTART IDENTITY")
    await maintenance.close()
    opened = await Database.open(cluster.dsn)
    await opened.ensure_tenant(LOCAL_TENANT)
    yield opened
    await opened.close()


@pytest.fixture
def access() -> Access:
    return Access()
