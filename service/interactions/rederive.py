"""Deriving every patient anew: what the rules read of each resource, then the findings."""

from service.fhir.access import Access
from service.fhir.body import parse
from service.fhir.compartments import patient_of
from service.fhir.resource import Identity, PatientKey, Version
from service.fhir.types import TYPES
from service.interactions.context import Context, Site
from service.interactions.settle import settle
from service.store import derivation, store
from service.store.database import Transaction

AT_ONCE = 100
"""Patients, or versions of one resource, looked up in one go."""


async def rederive(site: Site, access: Access) -> tuple[int, int]:
    """How many patients were derived anew, and of how many something changed.

    Each patient is a transaction of its own, so that writes go on beside it and an interruption
    loses nothing: what was done stays, and doing it again changes nothing.
    """
    seen, changed, after = 0, 0, PatientKey("")
    while patients := await _patients(site, access, after):
        for patient in patients:
            changed += await _anew(site, access, patient)
        seen, after = seen + len(patients), patients[-1]
    return seen, changed


async def _patients(site: Site, access: Access, after: PatientKey) -> tuple[PatientKey, ...]:
    async with site.database.reading(access) as tx:
        return await store.patients(tx, after=after, limit=AT_ONCE)


async def _anew(site: Site, access: Access, patient: PatientKey) -> bool:
    async def work(tx: Transaction) -> bool:
        context = Context(site=site, tx=tx)
        await store.lock_compartment(tx, patient)
        await derivation.lock_patients(tx, [patient])
        versions = await store.compartment(tx, patient, tuple(TYPES))
        facts = {
            version.identity: await _facts(context, patient, version)
            for version in versions
            if not version.derived
        }
        await derivation.replace_records(tx, patient, facts)
        return await settle(context, [patient]) > 0

    return await site.database.run(access, work)


async def _facts(context: Context, patient: PatientKey, current: Version) -> bytes | None:
    """What the rules read of a resource, its versions folded as the writes folded them."""
    facts: bytes | None = None
    for version in await _versions(context, current):
        if version.body is None:
            facts = None
            continue
        resource = parse(version.body)
        same = patient_of(resource, context.site.base_url) == patient
        read = context.site.ports.derivation.facts
        facts = read(resource, facts) if same else None
    return facts


async def _versions(context: Context, current: Version) -> list[Version]:
    """Oldest first."""
    if current.number == 1:
        return [current]
    return await _earlier(context, current.identity, current.number)


async def _earlier(context: Context, identity: Identity, number: int) -> list[Version]:
    newest_first = list[Version]()
    before = number + 1
    while page := await store.versions(context.tx, identity, count=AT_ONCE, before=before):
        newest_first += page
        before = page[-1].number
    return newest_first[::-1]
