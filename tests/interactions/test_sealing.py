"""The server seals the audit by itself, and goes on after a failure."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import count

import httpx
from structlog.testing import capture_logs

from service.fhir.access import Access
from service.interactions.sealing import keep_sealing, once
from service.store.audit_chain import verify
from service.store.database import Database
from tests.door import Standing

PATIENCE_SECONDS = 20


async def sealed_within(database: Database) -> None:
    async def sealed() -> bool:
        return not (await verify(database, Access())).unsealed

    await until(sealed)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        for _ in count():
            if await holds():
                return
            await asyncio.sleep(0.01)


async def test_what_comes_is_sealed_again_and_again(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    site = site_of_the_run.site
    task = asyncio.create_task(keep_sealing(site, pause=0.01))
    for _ in range(2):
        await fhir.get("/Patient/none")
        await sealed_within(site.database)
    task.cancel()
    verdict = await verify(site.database, Access())
    assert verdict.intact
    assert verdict.rows == 2


async def test_a_failure_is_logged_and_tried_again(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    site, maintenance = site_of_the_run.site, site_of_the_run.maintenance

    async def failed() -> bool:
        return bool(log)

    await fhir.get("/Patient/none")
    await maintenance.execute("REVOKE INSERT ON audit_seal FROM attune")
    try:
        with capture_logs() as log:
            task = asyncio.create_task(keep_sealing(site, pause=0.01))
            await until(failed)
            await maintenance.execute("GRANT INSERT ON audit_seal TO attune")
            await sealed_within(site.database)
            task.cancel()
    finally:
        await maintenance.execute("GRANT INSERT ON audit_seal TO attune")
    assert log[0]["event"] == "sealing.failed"
    assert log[0]["error"] == "InsufficientPrivilegeError"


async def test_after_its_time_a_batch_goes(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    site, maintenance = site_of_the_run.site, site_of_the_run.maintenance
    await fhir.get("/Patient/none")
    bounded = replace(site, audit_retention_days=30)

    async def sealed() -> bool:
        """PostgreSQL may be in a transaction of its own meanwhile, such as an ANALYZE."""
        await once(bounded, Access())
        return not (await verify(site.database, Access())).unsealed

    await until(sealed)
    batches = await maintenance.fetchval("SELECT count(*) FROM audit_seal")
    await maintenance.execute("UPDATE audit_seal SET newest = newest - interval '31 days'")
    await once(site, Access())
    assert (await verify(site.database, Access())).rows == 1
    with capture_logs() as log:

        async def dropped() -> bool:
            """Another sealing may have its turn meanwhile."""
            await once(bounded, Access())
            return bool(log)

        await until(dropped)
    assert [(line["event"], line["batches"]) for line in log] == [("audit.dropped", batches)]
    verdict = await verify(site.database, Access())
    assert (verdict.rows, verdict.dropped, verdict.intact) == (0, batches, True)
