"""Sealing the audit while the server runs, and letting go of what its time is over for."""

import asyncio

import structlog

from service.fhir.access import Access
from service.interactions.context import Site
from service.interactions.unforeseen import told
from service.store import sealing

PAUSE_SECONDS = 10.0
"""How long a row stays unsealed at the most, if the database can."""

log = structlog.get_logger()


async def keep_sealing(
    site: Site, retention_days: int | None, *, pause: float = PAUSE_SECONDS
) -> None:
    """Until cancelled. What fails is tried again after the pause: nothing is lost by then."""
    while True:
        for tenant in site.tenants:
            try:
                await once(site, Access(tenant=tenant), retention_days)
            except Exception as error:  # noqa: BLE001  (a database that comes back is sealed then)
                log.warning("sealing.failed", **told(error))
        await asyncio.sleep(pause)


async def once(site: Site, access: Access, retention_days: int | None) -> None:
    await sealing.seal(site.database, access)
    if retention_days is not None:
        dropped = await sealing.drop(site.database, access, retention_days)
        if dropped:
            log.info("audit.dropped", batches=dropped)
