"""How far deriving every patient anew has come, and by what all was derived before it.

A fingerprint stands for everything that decides what is derived: rules, definitions, settings. The
row of a tenant is written in the transaction that derived the patient, so that a run which ended
however it did goes on exactly where it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from service.fhir.resource import PatientKey
from service.store.database import Transaction

FOUND = """
SELECT deriving_by, place, done, changed FROM rederivation WHERE tenant_id = $1
"""
BEGIN = """
INSERT INTO rederivation (tenant_id, deriving_by) VALUES ($1, $2)
ON CONFLICT (tenant_id) DO UPDATE
SET deriving_by = excluded.deriving_by, place = '', done = 0, changed = 0, derived_by =
CASE WHEN rederivation.derived_by = excluded.deriving_by THEN excluded.deriving_by END
"""
ADVANCE = """
UPDATE rederivation SET place = $4, done = done + 1, changed = changed + $5::int
WHERE tenant_id = $1 AND deriving_by = $2 AND place = $3
"""
MENDED = """
UPDATE rederivation SET changed = changed + $3::int WHERE tenant_id = $1 AND deriving_by = $2
"""
FINISH = """
INSERT INTO rederivation (tenant_id, derived_by) VALUES ($1, $2)
ON CONFLICT (tenant_id) DO UPDATE SET derived_by = excluded.derived_by, deriving_by = NULL
"""
MIX = """
UPDATE rederivation
SET derived_by = NULL, deriving_by = CASE WHEN deriving_by = $2 THEN deriving_by END
WHERE tenant_id = $1
"""
DERIVED_BY = "SELECT derived_by FROM rederivation WHERE tenant_id = $1"
FAILED = """
INSERT INTO underived (tenant_id, patient, reason) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, patient) DO UPDATE SET reason = excluded.reason
"""
# A step is one look into the index, however much a patient has.
STEPS = """
WITH RECURSIVE step AS (
    SELECT $2::text COLLATE "C" AS patient
    UNION ALL
    SELECT (
        SELECT r.patient FROM resource r
        WHERE r.tenant_id = $1 AND r.patient > step.patient AND r.body IS NOT NULL
        ORDER BY r.patient LIMIT 1
    ) FROM step WHERE step.patient IS NOT NULL
), found AS (
    SELECT patient FROM step WHERE patient > $2 LIMIT $3
)
"""
NEXT = f"{STEPS} SELECT patient FROM found"
COUNT = f"{STEPS} SELECT count(*) AS patients, max(patient) AS last FROM found"
COUNTED_AT_ONCE = 10_000


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run that was begun and did not finish."""

    place: PatientKey
    """The last patient, in the order of their keys, who was tried; empty: none yet."""
    done: int
    changed: int


async def unfinished(tx: Transaction, fingerprint: str) -> Run | None:
    """The run by this fingerprint that is still to be finished."""
    row = await tx.connection.fetchrow(FOUND, tx.number)
    if row is None or row["deriving_by"] != fingerprint:
        return None
    return Run(place=PatientKey(row["place"]), done=row["done"], changed=row["changed"])


async def begin(tx: Transaction, fingerprint: str) -> None:
    """A run from the first patient on; what an earlier one left unfinished is forgotten."""
    await tx.connection.execute(BEGIN, tx.number, fingerprint)
    await tx.connection.execute("DELETE FROM underived WHERE tenant_id = $1", tx.number)


async def advance(
    tx: Transaction, fingerprint: str, place: PatientKey, to: PatientKey, *, changed: bool
) -> bool:
    """Whether the run stood at `place` and now stands at `to`; else another one goes on with it."""
    done = await tx.connection.execute(ADVANCE, tx.number, fingerprint, place, to, changed)
    return bool(done == "UPDATE 1")


async def note_failure(tx: Transaction, patient: PatientKey, reason: str) -> None:
    await tx.connection.execute(FAILED, tx.number, patient, reason)


async def forget_failure(
    tx: Transaction, fingerprint: str, patient: PatientKey, *, changed: bool
) -> None:
    """The patient was derived after all."""
    await tx.connection.execute(
        "DELETE FROM underived WHERE tenant_id = $1 AND patient = $2", tx.number, patient
    )
    await tx.connection.execute(MENDED, tx.number, fingerprint, changed)


async def failures(tx: Transaction) -> Mapping[PatientKey, str]:
    """Patients who could not be derived, in the order of their keys, and why."""
    rows = await tx.connection.fetch(
        "SELECT patient, reason FROM underived WHERE tenant_id = $1 ORDER BY patient", tx.number
    )
    return {PatientKey(row["patient"]): row["reason"] for row in rows}


async def finish(tx: Transaction, fingerprint: str) -> None:
    """All findings are derived by this; there is no run to go on with."""
    await tx.connection.execute(FINISH, tx.number, fingerprint)


async def mix(tx: Transaction, fingerprint: str) -> None:
    """From now on writes derive by this: neither is all derived by another one any more, nor does a
    run by another one go on."""
    await tx.connection.execute(MIX, tx.number, fingerprint)


async def derived_by(tx: Transaction) -> str | None:
    """The fingerprint by which all findings were derived; None: not known."""
    found: str | None = await tx.connection.fetchval(DERIVED_BY, tx.number)
    return found


async def patients(tx: Transaction, *, after: PatientKey, limit: int) -> tuple[PatientKey, ...]:
    """The next patients of whom any resource stands, in the order of their keys."""
    rows = await tx.connection.fetch(NEXT, tx.number, after, limit)
    return tuple(PatientKey(row["patient"]) for row in rows)


async def count(tx: Transaction, *, after: PatientKey) -> int:
    """How many patients there are after this one; of any number, in statements that end soon."""
    found = 0
    while True:
        row = await tx.connection.fetchrow(COUNT, tx.number, after, COUNTED_AT_ONCE)
        page: int = row["patients"]
        found += page
        if page < COUNTED_AT_ONCE:
            return found
        after = row["last"]
