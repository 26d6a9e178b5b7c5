"""An empty site on the real database, spoken to by HTTP.

Every answer is held against the house's manners and the OpenAPI document.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import asyncpg
import httpx

from service import main
from service.fhir.access import Access
from service.interactions.context import Site
from service.interactions.package import install
from service.settings import Settings
from service.store.cluster import Cluster
from tests.manners import Manners

BASE = "http://clinic.test/fhir"
TABLES = (
    "resource, history, coded_value, wording, term, label, moment, phrase, amount, record, derived,"
    " rederivation, underived, audit, audit_seal, tenant"
)
WITH_ROW_ID = ("coded_value", "term", "label", "moment", "phrase", "amount", "resource")
WITHOUT = ("history", "record", "derived", "rederivation", "underived", "audit", "audit_seal")
UNHELD = "SET session_replication_role = replica"
"""Lets a superuser take away what triggers keep from everybody."""

Rows = list[tuple[Any, ...]]


async def emptied(cluster: Cluster) -> None:
    """Take every row out of the database."""
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute(f"{UNHELD};TRUNCATE {TABLES} RESTART IDENTITY")
    await maintenance.close()


@asynccontextmanager
async def door(cluster: Cluster, **decided: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A site of its own; `decided` are settings."""
    await emptied(cluster)
    settings = Settings(public_url=BASE, **decided)
    async with (
        main.opened(settings, cluster.dsn, BASE) as site,
        spoken_to(main.application(settings, site)) as client,
    ):
        yield client


@asynccontextmanager
async def spoken_to(application: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Paths are below the FHIR base, such as `/Patient/1`."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=application),
        base_url=BASE,
        timeout=60,
        event_hooks={"response": [Manners(document=described()).check]},
    ) as client:
        yield client


@cache
def described() -> Mapping[str, Any]:
    """The OpenAPI document."""
    return main.description(main.ports(Settings(), BASE))


@dataclass(kw_only=True, repr=False)
class Standing:
    """One site for the whole run, which forgets between tests all but what ships with it.

    It has no long name: every fixture that gives it on is named by asyncio, site and all.
    """

    site: Site
    application: Any
    maintenance: asyncpg.Connection
    shipped: Rows = field(default_factory=list)

    async def forget(self) -> None:
        """Whoever emptied the database meanwhile took along what ships, too."""
        if not self.shipped or await self._rows(self.shipped[-1][0]) != self.shipped:
            await self.maintenance.execute(f"TRUNCATE {TABLES} RESTART IDENTITY")
            await self.site.database.ensure_tenant(Access().tenant)
            await install(self.site, Access())
            self.shipped = await self._rows(None)
            return
        last = self.shipped[-1][0]
        later = [f"DELETE FROM {table} WHERE row_id > {last}" for table in WITH_ROW_ID]
        await self.maintenance.execute(";".join([*later, *(f"DELETE FROM {t}" for t in WITHOUT)]))

    async def _rows(self, last: int | None) -> Rows:
        rows = await self.maintenance.fetch(
            "SELECT row_id, type, id, version, last_updated FROM resource"
            " WHERE $1::bigint IS NULL OR row_id <= $1 ORDER BY row_id",
            last,
        )
        return [tuple(row) for row in rows]


@asynccontextmanager
async def standing(cluster: Cluster) -> AsyncIterator[Standing]:
    """Empty at first: what tests of the store left could not be indexed."""
    await emptied(cluster)
    settings = Settings(public_url=BASE)
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute(UNHELD)
    try:
        async with main.opened(settings, cluster.dsn, BASE) as site:
            yield Standing(
                site=site,
                application=main.application(settings, site),
                maintenance=maintenance,
            )
    finally:
        await maintenance.close()
