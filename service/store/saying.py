"""Which resources say the name of another, found by the index from the names.

Each name is looked up for itself, whatever the planner believes of how many there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.fhir.resource import Version
from service.store.database import Transaction
from service.store.store import version

MOST_ROWS = 10_000
"""Index rows read in one round; a resource has one for every name it says."""

NAMING = """
WITH terms AS (
    SELECT found.row_id FROM unnest($2::bigint[], $3::bigint[]) AS wanted (key, system),
        LATERAL (
            SELECT x.row_id FROM term x
            WHERE x.tenant_id = $1 AND x.key = wanted.key AND x.system = wanted.system OFFSET 0
        ) found
    LIMIT $6
), coded AS (
    SELECT found.row_id FROM unnest($4::bigint[]) AS wanted (patient),
        LATERAL (
            SELECT x.row_id FROM coded_value x
            WHERE x.tenant_id = $1 AND x.patient = wanted.patient AND x.component = 0 OFFSET 0
        ) found
    LIMIT $6
), found AS (
    SELECT row_id FROM terms UNION SELECT row_id FROM coded ORDER BY row_id LIMIT $7
)
SELECT greatest((SELECT count(*) FROM terms), (SELECT count(*) FROM coded)) < $6 AS complete,
    r.type, r.id, r.version, r.last_updated, r.derived, r.patient, r.body
FROM found, LATERAL (
    SELECT * FROM resource r
    WHERE r.tenant_id = $1 AND r.type = ANY ($5::text[]) AND r.row_id = found.row_id OFFSET 0
) r
ORDER BY found.row_id
"""
"""What says one of some names, in the order of creation."""


@dataclass(frozen=True, kw_only=True)
class Saying:
    """What says the names, as far as it was read."""

    rows: tuple[Version, ...] = ()
    complete: bool = True


async def saying(
    tx: Transaction,
    terms: Sequence[tuple[int, int]],
    patients: Sequence[int],
    kinds: Iterable[str],
    limit: int,
) -> Saying:
    """The resources of these types with one of the terms, or with one of the patients."""
    if not terms:
        return Saying()
    rows = await tx.connection.fetch(
        NAMING,
        tx.tenant,
        [key for key, _ in terms],
        [mark for _, mark in terms],
        list(dict.fromkeys(patients)),
        list(dict.fromkeys(kinds)),
        MOST_ROWS,
        limit,
    )
    return Saying(
        rows=tuple(version(row) for row in rows), complete=all(row["complete"] for row in rows)
    )
