"""The Observations of a subject that have a code, themselves or in a component."""

from collections.abc import Collection
from datetime import datetime

from service.fhir.resource import Version
from service.store.database import Transaction
from service.store.hashing import hash64, type_key
from service.store.index import mark
from service.store.store import version

OF_CODE = "d.code = ANY ($3::bigint[]) AND d.low >= $4 AND d.low < $5"
MEASURED = f"""
SELECT r.* FROM (
    SELECT d.row_id FROM coded_value d WHERE d.tenant_id = $1 AND d.patient = $2 AND {OF_CODE}
    UNION
    SELECT d.row_id FROM coded_value d WHERE d.tenant_id = $1 AND {OF_CODE} AND d.row_id = ANY (
        ARRAY(SELECT t.row_id FROM term t
            WHERE t.tenant_id = $1 AND t.mark = $6 AND t.key = $2))
) found, LATERAL (
    SELECT r.type, r.id, r.version, r.last_updated, r.derived, r.patient, r.body FROM resource r
    WHERE r.tenant_id = $1 AND r.type_key = $7 AND r.row_id = found.row_id LIMIT 1
) r
"""
"""Subjects that are or can be a Patient stand in `coded_value`, others in `term`."""


async def measured(
    tx: Transaction, subject: str, codes: Collection[str], *, since: datetime, until: datetime
) -> tuple[Version, ...]:
    """Those whose effective time starts in [since, until), in no order; those without a time start
    at the beginning of all.

    `subject` is as `elements.named` writes a reference. What differs from a code by its system only
    is among them.
    """
    rows = await tx.connection.fetch(
        MEASURED,
        tx.number,
        hash64(subject),
        [hash64(code) for code in codes],
        since,
        until,
        mark("Observation", "subject"),
        type_key("Observation"),
    )
    return tuple(version(row) for row in rows)
