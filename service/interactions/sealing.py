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


async def keep_sealing(site: Site, *, pause: float = PAUSE_SECONDS) -> None:
    """Until cancelled. What fails is tried again after the pause: nothing is lost by then."""
    while True:
        for own, access in site.everyone():
            try:
                await once(own, access)
            except Exception as error:  # noqa: BLE001  (a database that comes back is sealed then)
                log.warning("sealing.failed", **told(error))
        await asyncio.sleep(pause)


async def once(site: Site, access: Access) -> None:
    await sealing.seal(site.database, access)
    if site.audit_retention_days is not None:
        dropped = await sealing.drop(site.database, access, site.audit_retention_days)
        if dropped:
            log.info("audit.dropped", batches=dropped)
