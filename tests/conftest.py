"""A real, migrated PostgreSQL for the whole run; every test that asks for it finds it empty."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from service import main
from service.fhir.access import LOCAL_TENANT, Access
from service.settings import Settings
from service.store import migration
from service.store.cluster import Cluster
from service.store.database import Database
from tests.manners import Manners

BASE = "http://clinic.test/fhir"
TABLES = "resource, history, coded_value, term, moment, phrase, amount, record, derived, tenant"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """PostgreSQL as `make run` starts it, except that it does not wait for the disk."""
    data: Path = tmp_path_factory.mktemp("attune")
    with Cluster(data, {"fsync": "off", "full_page_writes": "off"}) as running:
        asyncio.run(migration.upgrade(running.dsn))
        yield running


async def emptied(cluster: Cluster) -> None:
    """Take every row out of the database."""
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute(f"TRUNCATE {TABLES} RESTART IDENTITY")
    await maintenance.close()


@pytest.fixture
async def database(cluster: Cluster) -> AsyncIterator[Database]:
    """Open, and empty but for the tenant `local`."""
    await emptied(cluster)
    opened = await Database.open(cluster.dsn)
    await opened.ensure_tenant(LOCAL_TENANT)
    yield opened
    await opened.close()


@pytest.fixture
def access() -> Access:
    return Access()


@asynccontextmanager
async def door(cluster: Cluster, **decided: Any) -> AsyncIterator[httpx.AsyncClient]:
    """An empty site, spoken to by HTTP; every answer is held against the house's manners and the
    OpenAPI document. `decided` are settings."""
    await emptied(cluster)
    settings = Settings(public_url=BASE, **decided)
    async with main.opened(settings, cluster.dsn, BASE) as site:
        manners = Manners(document=main.description(site.ports))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=main.application(settings, site)),
            base_url=BASE,
            timeout=60,
            event_hooks={"response": [manners.check]},
        ) as client:
            yield client


@pytest.fixture
async def fhir(cluster: Cluster) -> AsyncIterator[httpx.AsyncClient]:
    """The FHIR base of an empty site, with paths such as `/Patient/1`."""
    async with door(cluster) as client:
        yield client
