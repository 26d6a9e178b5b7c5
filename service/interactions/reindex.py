"""Building the index rows of every resource anew."""

import structlog

from service.fhir.access import Access
from service.fhir.body import parse
from service.fhir.types import TYPES
from service.interactions.context import Site
from service.store import reindexing
from service.store.database import Transaction
from service.store.index import rows

log = structlog.get_logger()

AT_ONCE = 500
"""Resources in one transaction."""


async def bring_up_to_date(site: Site, access: Access) -> None:
    """Index a tenant anew whose rows another version of the service made."""
    async with site.database.reading(access) as tx:
        if await reindexing.current(tx):
            return
    count = await reindex(site, access)
    if count:
        log.info("index.made_anew", resources=count)


async def reindex(site: Site, access: Access) -> int:
    """How many resources were indexed anew; an interruption loses nothing."""
    done = sum([await _of_type(site, access, type_name) for type_name in TYPES])
    await site.database.run(access, reindexing.made_current)
    return done


async def _of_type(site: Site, access: Access, type_name: str) -> int:
    done, after = 0, 0
    while True:
        place = after

        async def work(tx: Transaction, place: int = place) -> tuple[int, int]:
            return await _some(site, tx, type_name, place)

        count, after = await site.database.run(access, work)
        if count == 0:
            return done
        done += count


async def _some(site: Site, tx: Transaction, type_name: str, after: int) -> tuple[int, int]:
    standing = await reindexing.after(tx, type_name, after, AT_ONCE)
    fresh = {
        row_id: rows(parse(version.body), zone=site.zone, base_url=site.base_url)
        for row_id, version in standing
        if version.body is not None
    }
    await reindexing.replace(tx, fresh)
    return len(standing), max((row_id for row_id, _ in standing), default=after)
