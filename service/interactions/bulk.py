"""Storing many resources past HTTP: the same put, index and settling as a transaction's.

For data made by the service's own commands, which is known to be valid; nothing is checked again.
"""

from collections.abc import Sequence

from service.fhir.access import Access
from service.fhir.resource import Identity, Resource
from service.interactions.context import Context, Site
from service.interactions.draft import Draft
from service.interactions.settle import settle
from service.interactions.write import stored
from service.store import write
from service.store.database import Transaction
from service.store.write import ANY


async def load(site: Site, access: Access, resources: Sequence[Resource]) -> None:
    """Store resources under their own ids in one transaction, and settle what they touch."""
    drafts = [
        Draft(
            identity=Identity(type=resource["resourceType"], id=resource["id"]),
            resource=resource,
            expected=ANY,
        )
        for resource in resources
    ]

    async def work(tx: Transaction) -> None:
        context = Context(site=site, tx=tx)
        result = await write.put(tx, [stored(site, draft) for draft in drafts])
        await settle(context, dict.fromkeys(result.before))

    await site.database.run(access, work)
