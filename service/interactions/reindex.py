"""Building the index rows of every resource anew."""

from service.fhir.access import Access
from service.fhir.body import parse
from service.interactions.context import Site
from service.store import reindexing
from service.store.database import Transaction
from service.store.index import rows

AT_ONCE = 500
"""Resources in one transaction."""


async def reindex(site: Site, access: Access) -> int:
    """How many resources were indexed anew; an interruption loses nothing."""
    done, after = 0, 0
    while True:
        place = after

        async def work(tx: Transaction, place: int = place) -> tuple[int, int]:
            return await _some(site, tx, place)

        count, after = await site.database.run(access, work)
        if count == 0:
            return done
        done += count


async def _some(site: Site, tx: Transaction, after: int) -> tuple[int, int]:
    standing = await reindexing.after(tx, after, AT_ONCE)
    fresh = {
        row_id: rows(parse(version.body), zone=site.zone, base_url=site.base_url)
        for row_id, version in standing
        if version.body is not None
    }
    await reindexing.replace(tx, fresh)
    return len(standing), max((row_id for row_id, _ in standing), default=after)
