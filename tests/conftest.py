"""A real, migrated PostgreSQL for the whole run; every test that asks for it finds it empty."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from service.fhir.access import LOCAL_TENANT, Access
from service.store import migration
from service.store.cluster import Cluster
from service.store.database import Database
from tests.door import TABLES, Standing, emptied, spoken_to, standing

__all__ = ["TABLES"]


def pytest_configure() -> None:
    """Whoever is run in the background ignores Ctrl-C, and so would the servers started here."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who speaks to the site that stands for the whole run, does so in that site's loop."""
    whole_run = pytest.mark.asyncio(loop_scope="session")
    for item in items:
        if pytest_asyncio.is_async_test(item) and "fhir" in item.fixturenames:
            item.add_marker(whole_run, append=False)


def pytest_collection_finish() -> None:
    """A million objects of the tests themselves, which stay: to look through them again takes most
    of a second in which nothing is answered."""
    gc.freeze()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """PostgreSQL as `make run` starts it, except that it does not wait for the disk."""
    data: Path = tmp_path_factory.mktemp("attune")
    with Cluster(data, {"fsync": "off", "full_page_writes": "off"}) as running:
        asyncio.run(migration.upgrade(running.addresses))
        yield running


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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site_of_the_run(cluster: Cluster) -> AsyncIterator[Standing]:
    async with standing(cluster) as stands:
        yield stands


@pytest_asyncio.fixture(loop_scope="session")
async def fhir(site_of_the_run: Standing) -> AsyncIterator[httpx.AsyncClient]:
    """The FHIR base of an empty site, with paths such as `/Patient/1`."""
    await site_of_the_run.forget()
    async with spoken_to(site_of_the_run.application) as client:
        yield client
