"""Reading again what the rules read of one patient's resources, their history included."""

from service.fhir.body import parse
from service.fhir.compartments import patient_of
from service.fhir.resource import Identity, PatientKey, Version
from service.fhir.types import TYPES
from service.interactions.context import Context
from service.store import derivation, store

AT_ONCE = 100
"""Versions of one resource looked up in one go."""


async def read_again(context: Context, patient: PatientKey) -> None:
    """Locks what clients wrote of the patient, as a write does, then the patient."""
    await store.lock_compartment(context.tx, patient)
    await derivation.lock_patients(context.tx, [patient])
    versions = await store.compartment(context.tx, patient, tuple(TYPES))
    facts = {
        version.identity: await _facts(context, patient, version)
        for version in versions
        if not version.derived
    }
    await derivation.replace_records(context.tx, patient, facts)


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
