"""Reads of current versions that come together are answered from one snapshot: one transaction and
one statement for all callers of a tenant, and to each what its own rights let it see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service.fhir.access import Access
from service.fhir.resource import Identity, Version
from service.interactions.context import Site
from service.interactions.read import stood
from service.store import store
from service.store.together import Together

AT_ONCE = 24
"""Reads of one transaction at the most."""
BATCHES = 2
"""Of them at the same time."""

Asked = tuple[Site, Access, Identity]


def gathering() -> Together[Any, Any, Version | None]:
    """Where the reads of a process meet."""
    return Together[UUID, Asked, Version | None](_read, at_once=AT_ONCE, batches=BATCHES)


async def current(site: Site, access: Access, identity: Identity) -> Version:
    """The version that stood after this was called. Raises as `read.standing` does."""
    return stood(identity, await site.reads.do(access.tenant, (site, access, identity)))


async def _read(tenant: UUID, asked: Sequence[Asked]) -> Sequence[Version | None]:
    database = asked[0][0].database
    async with database.reading(Access(tenant=tenant), by_key=True) as tx:
        return await store.read_each(tx, [(access, identity) for _, access, identity in asked])
