"""What settling a patient reads and remembers: the records, and what was derived from them."""

from collections.abc import Iterable, Mapping

from service.fhir.resource import Identity, PatientKey, Record
from service.store.database import Transaction
from service.store.hashing import hash64
from service.store.write import lock_criteria

STANDING = """
SELECT true AS record, type, id, facts AS content FROM record
WHERE tenant_id = $1 AND patient = $2
UNION ALL
SELECT false, type, id, digest FROM derived
WHERE tenant_id = $1 AND patient = $2
"""
RECORD = """
WITH sent AS (
    SELECT * FROM unnest($3::text[], $4::text[], $5::bytea[]) AS sent (type, id, facts)
), gone AS (
    DELETE FROM record r WHERE r.tenant_id = $1 AND r.patient = $2
    AND NOT EXISTS (SELECT FROM sent WHERE sent.type = r.type AND sent.id = r.id)
)
INSERT INTO record (tenant_id, patient, type, id, facts)
SELECT $1, $2, sent.type, sent.id, sent.facts FROM sent
LEFT JOIN record old
ON old.tenant_id = $1 AND old.patient = $2 AND old.type = sent.type AND old.id = sent.id
WHERE old.facts IS DISTINCT FROM sent.facts
ON CONFLICT (tenant_id, patient, type, id) DO UPDATE SET facts = excluded.facts
"""


async def lock_patients(tx: Transaction, patients: Iterable[PatientKey]) -> None:
    """One settle of a patient at a time; held until the transaction ends."""
    await lock_criteria(tx, (hash64("patient", str(tx.tenant), patient) for patient in patients))


async def standing(
    tx: Transaction, patient: PatientKey
) -> tuple[tuple[Record, ...], Mapping[Identity, bytes]]:
    """What the rules know of a patient's resources, and the digests of what they last wrote.

    One statement: after `lock_patients`, both are what the last settle left behind."""
    records, digests = list[Record](), dict[Identity, bytes]()
    for row in await tx.connection.fetch(STANDING, tx.number, patient):
        identity = Identity(type=row["type"], id=row["id"])
        if row["record"]:
            records.append(Record(identity=identity, facts=row["content"]))
        else:
            digests[identity] = row["content"]
    return tuple(records), digests


async def replace_records(
    tx: Transaction, patient: PatientKey, facts: Mapping[Identity, bytes | None]
) -> None:
    """Put these in the place of all records of a patient, under `lock_patients`.

    A record that says the same already is not touched: a write may be about to replace it."""
    kept = {identity: read for identity, read in facts.items() if read is not None}
    types, ids = [i.type for i in kept], [i.id for i in kept]
    await tx.connection.execute(RECORD, tx.number, patient, types, ids, list(kept.values()))
