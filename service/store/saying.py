"""Which resources say the name of another, found by the index from the names.

Each name is looked up for itself, whatever the planner believes of how many there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.fhir.resource import Version
from service.store.database import Transaction
from service.store.hashing import type_key
from service.store.store import version

MOST_ROWS = 10_000
"""Index rows read in one round; a resource has one for every name it says."""

NAMING = """
WITH terms AS (
    SELECT found.row_id FROM unnest($2::int[], $3::bigint[]) AS wanted (mark, key),
        LATERAL (
            SELECT x.row_id FROM term x
            WHERE x.tenant_id = $1 AND x.mark = wanted.mark AND x.key = wanted.key OFFSET 0
        ) found
    LIMIT $6
), coded AS (
    SELECT found.row_id FROM unnest($4::bigint[]) AS wanted (patient),
        LATERAL (
            SELECT x.row_id FROM coded_value x
            WHERE x.tenant_id = $1 AND x.patient = wanted.patient AND x.component = 0 OFFSET 0
        ) found
    LIMIT $6
), met AS (
    SELECT found.row_id FROM unnest($8::bigint[]) AS wanted (encounter),
        LATERAL (
            SELECT x.row_id FROM coded_value x
            WHERE x.tenant_id = $1 AND x.encounter = wanted.encounter AND x.component = 0 OFFSET 0
        ) found
    LIMIT $6
), found AS (
    SELECT row_id FROM terms UNION SELECT row_id FROM coded UNION SELECT row_id FROM met
    ORDER BY row_id LIMIT $7
)
SELECT greatest(
        (SELECT count(*) FROM terms), (SELECT count(*) FROM coded), (SELECT count(*) FROM met)
    ) < $6 AS complete,
    r.type, r.id, r.version, r.last_updated, r.derived, r.patient, r.body
FROM found, LATERAL (
    SELECT * FROM resource r
    WHERE r.tenant_id = $1 AND r.type_key = ANY ($5::int[]) AND r.row_id = found.row_id OFFSET 0
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
    columns: Mapping[str, Sequence[int]],
    kinds: Iterable[str],
    limit: int,
) -> Saying:
    """The resources of these types with one of the terms, which are mark and key; or, of
    Observations, with one of these values in a column (`coded.REFERENCES`)."""
    if not terms:
        return Saying()
    rows = await tx.connection.fetch(
        NAMING,
        tx.number,
        [mark for mark, _ in terms],
        [key for _, key in terms],
        list(dict.fromkeys(columns.get("patient", ()))),
        [type_key(kind) for kind in dict.fromkeys(kinds)],
        MOST_ROWS,
        limit,
        list(dict.fromkeys(columns.get("encounter", ()))),
    )
    return Saying(
        rows=tuple(version(row) for row in rows), complete=all(row["complete"] for row in rows)
    )
