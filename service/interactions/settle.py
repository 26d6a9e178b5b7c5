"""Bringing what is derived of a patient up to date, in the transaction of the write.

Lock the patient, read what the rules know of the records, derive, and store what differs: a new
version where the content changed, `entered-in-error` where a resource no longer stands, nothing
where nothing changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from service.fhir.body import parse, tail
from service.fhir.resource import Identity, PatientKey, Resource
from service.interactions.context import Context
from service.store import derivation as derivations
from service.store import store, write
from service.store.index import rows
from service.store.write import ANY, Write

Before = Mapping[Identity, bytes | None]
RETRACTED = b""
"""The digest of what no longer stands."""


async def settle(context: Context, patients: Mapping[PatientKey, Before | None]) -> int:
    """Settle each patient once; how many derived resources were written.

    Each comes with the facts that the records had before which were written, None where it is not
    known: then everything is derived.
    """
    if not patients:
        return 0
    whole = replace(context.tx, access=context.tx.access.whole())
    context = replace(context, tx=whole)
    await derivations.lock_patients(context.tx, patients)
    # In one order, so that concurrent settles queue up instead of blocking one another.
    return sum([await _settle_one(context, p, patients[p]) for p in sorted(patients)])


async def _settle_one(context: Context, patient: PatientKey, before: Before | None) -> int:
    records, stored = await derivations.standing(context.tx, patient)
    rules = context.site.ports.derivation.of(context.tx.tenant)
    part = None if before is None else rules.changes(patient, records, before)
    derived = part.derived if part else rules.derive(patient, records)
    left = part.gone if part else stored.keys() - {d.identity for d in derived}
    changed = [d for d in derived if stored.get(d.identity) != d.digest]
    fallen = [i for i in left if stored.get(i, RETRACTED) != RETRACTED]
    if not changed and not fallen:
        return 0
    resources = {d.identity: d.build() for d in changed} | await _retracted(context, fallen)
    digests = {d.identity: d.digest for d in changed} | dict.fromkeys(fallen, RETRACTED)
    await write.put(
        context.tx,
        [
            _write(
                context,
                patient,
                identity,
                resources[identity],
                digest=digests[identity],
                there=identity in stored,
            )
            for identity in sorted(resources, key=str)
        ],
    )
    return len(resources)


async def _retracted(context: Context, identities: Sequence[Identity]) -> dict[Identity, Resource]:
    versions = await store.read_many(context.tx, identities)
    return {
        version.identity: {**parse(version.body), "status": "entered-in-error"}
        for version in versions
        if version.body is not None
    }


def _write(
    context: Context,
    patient: PatientKey,
    identity: Identity,
    resource: Resource,
    *,
    digest: bytes,
    there: bool,
) -> Write:
    site = context.site
    return Write(
        identity=identity,
        tail=tail(resource),
        patient=patient,
        index=rows(resource, zone=site.zone, base_url=site.base_url),
        facts=None,
        derived=True,
        expected=ANY,
        digest=digest,
        there=there,
    )
