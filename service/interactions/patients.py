"""Every patient's records as the rules know them, some patients at a time."""

from collections.abc import AsyncIterator, Mapping

from service.fhir.access import Access
from service.fhir.resource import PatientKey, Record
from service.interactions.context import Site
from service.store import derivation, rederivation
from service.store.database import Transaction

AT_ONCE = 100
"""Patients read in one snapshot, so that no snapshot is held for long."""

Records = Mapping[PatientKey, tuple[Record, ...]]


async def by_patient(site: Site, access: Access) -> AsyncIterator[tuple[Transaction, Records]]:
    """In the order of their keys; the transaction is the snapshot that they were read from."""
    after = PatientKey("")
    while True:
        async with site.database.reading(access) as tx:
            patients = await rederivation.patients(tx, after=after, limit=AT_ONCE)
            if not patients:
                return
            yield tx, {p: (await derivation.standing(tx, p))[0] for p in patients}
        after = patients[-1]
