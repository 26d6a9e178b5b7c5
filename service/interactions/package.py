"""Putting the resources that ship with the service where clients find them: beside their own.

They are stored like any other resource, so that read, search and history serve them without a line
of their own, and are marked as derived, so that clients cannot write them.
"""

from collections.abc import Iterable

from service.fhir.access import Access
from service.fhir.body import head, tail
from service.fhir.resource import Identity, Resource, Version
from service.interactions.context import Site
from service.store import store, write
from service.store.database import Transaction
from service.store.hashing import hash64
from service.store.index import rows
from service.store.write import ANY, Write


async def install(site: Site, access: Access) -> int:
    """Store what is new or differs from what this version ships, delete what ships no more; how
    many that were."""
    shipped = {_identity(resource) for resource in site.ports.packaged}

    async def work(tx: Transaction) -> int:
        await _lock(tx)
        gone = await store.nobodys(tx, {i.type for i in shipped}) - shipped
        await write.delete(tx, sorted(gone, key=str), derived=True)
        return len(gone) + await _kept(site, tx, site.ports.packaged)

    return await site.database.run(access, work)


async def keep(site: Site, access: Access, resources: Iterable[Resource]) -> int:
    """Store those of the service's own resources that are new or differ; how many were stored."""
    return await site.database.run(access, lambda tx: _kept(site, tx, resources))


async def _kept(site: Site, tx: Transaction, resources: Iterable[Resource]) -> int:
    await _lock(tx)
    ours = {_identity(resource): resource for resource in resources}
    stored = {v.identity: v for v in await store.read_many(tx, list(ours))}
    changed = {i: r for i, r in ours.items() if not _same(stored.get(i), r)}
    await write.put(tx, [_write(site, i, r) for i, r in changed.items()])
    return len(changed)


async def _lock(tx: Transaction) -> None:
    """Servers that start together put them there one after the other."""
    await write.lock_criteria(tx, [hash64(str(tx.tenant), "packaged resources")])


def _identity(resource: Resource) -> Identity:
    return Identity(type=resource["resourceType"], id=resource["id"])


def _same(version: Version | None, resource: Resource) -> bool:
    if version is None or version.body is None:
        return False
    return version.body == head(version.identity, version.number, version.last_updated) + tail(
        resource
    )


def _write(site: Site, identity: Identity, resource: Resource) -> Write:
    return Write(
        identity=identity,
        tail=tail(resource),
        patient=None,
        index=rows(resource, zone=site.zone, base_url=site.base_url),
        facts=None,
        derived=True,
        expected=ANY,
    )
