"""The statements of a write, made from the tables' columns: one per round trip, whatever the
number of resources.

Every statement takes the tenant as $1 and rows as parallel arrays. A resource in a write is known
by its `place`, counted from 1; its index rows name that place and learn the row id in the
statement itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from service.fhir.resource import Identity
from service.store.hashing import hash64
from service.store.index import COLUMNS, WORDING

WRITTEN = (
    ("type_key", "int"),
    ("type", "text"),
    ("id", "text"),
    ("self", "bigint"),
    ("derived", "boolean"),
    ("patient", "text"),
    ("method", "text"),
    ("body", "bytea"),
)
RECORD = (("facts", "bytea"),)
DERIVED = (("digest", "bytea"),)
OF_PATIENT = {"record": RECORD, "derived": DERIVED}
"""What stands beside a resource by its patient, type and id; not among the index rows."""
SHARED = "wording"
"""Rows that are not of single resources: they are there once, whoever needs them."""
CLOCK = "date_trunc('milliseconds', clock_timestamp())"

WANTED = "unnest($2::bigint[], $3::text[], $4::text[]) AS wanted (self, type, id)"
"""Identities as `identities` gives them: found by their hash, and nothing else is."""

LOCK = f"""
SELECT r.type, r.id, r.version, r.derived, r.body IS NOT NULL AS stands
FROM resource r JOIN {WANTED} USING (self, type, id)
WHERE r.tenant_id = $1
ORDER BY r.type, r.id FOR UPDATE OF r
"""
"""On its own, so that the statements after it see what the last holder of the lock committed."""

REMEMBER = f"""
WITH old AS (
    SELECT r.type, r.id, r.row_id, r.version, r.last_updated, r.patient, r.method, r.body
    FROM resource r JOIN {WANTED} USING (self, type, id)
    WHERE r.tenant_id = $1
), remembered AS (
    INSERT INTO history (tenant_id, type, id, version, row_id, last_updated, method, body)
    SELECT $1, type, id, version, row_id, last_updated, method, body FROM old
), {
    ", ".join(
        f"no_{table} AS (DELETE FROM {table} t USING old "
        "WHERE t.tenant_id = $1 AND t.row_id = old.row_id)"
        for table in COLUMNS
    )
}
DELETE FROM record t USING old
WHERE t.tenant_id = $1 AND t.patient = old.patient AND t.type = old.type AND t.id = old.id
RETURNING t.patient, t.type, t.id, t.facts
"""
"""Copy the old versions to history and take away what hung on them; the answer is the records
that these were."""

DELETE = f"""
UPDATE resource r SET
    version = r.version + 1,
    last_updated = greatest({CLOCK}, r.last_updated + interval '1 millisecond'),
    method = NULL, body = NULL
FROM {WANTED}
WHERE r.tenant_id = $1
    AND r.self = wanted.self AND r.type = wanted.type AND r.id = wanted.id
"""

CREATED = f"""
    INSERT INTO resource
        (tenant_id, type_key, type, id, self, derived, patient, method, body, version, last_updated)
    SELECT $1, type_key, type, id, self, derived, patient, method, body, 1, {CLOCK}
    FROM sent ORDER BY place
    ON CONFLICT (tenant_id, self) DO NOTHING
    RETURNING type, id, row_id, version, last_updated
"""
UPDATED = f"""
    UPDATE resource r SET
        version = r.version + 1,
        last_updated = greatest({CLOCK}, r.last_updated + interval '1 millisecond'),
        derived = sent.derived, patient = sent.patient,
        method = sent.method, body = sent.body
    FROM sent WHERE r.tenant_id = $1
        AND r.self = sent.self AND r.type = sent.type AND r.id = sent.id
    RETURNING r.type, r.id, r.row_id, r.version, r.last_updated
"""


@cache
def create(tables: tuple[str, ...]) -> str:
    """New resources with rows in `tables`; those whose identity is taken are left out."""
    return _write(CREATED, tables)


@cache
def update(tables: tuple[str, ...]) -> str:
    """New versions, after `LOCK` and `REMEMBER`."""
    return _write(UPDATED, tables)


@cache
def insert_rows(table: str, named: tuple[tuple[str, str], ...]) -> str:
    """Index rows of resources that are there. Parameters: tenant, row ids, the columns."""
    all_columns = (("row_id", "bigint"), *named)
    source = f"{_unnest(all_columns, iter(range(2, 1000)))} AS t ({_names(all_columns)})"
    return f"INSERT INTO {table} (tenant_id, {_names(all_columns)}) SELECT $1, t.* FROM {source}"


def insert_shared() -> str:
    """What several resources share, where it is not there yet. Parameters: tenant, the columns."""
    return _shared(iter(range(2, 1000)))


def _shared(numbers: Iterator[int]) -> str:
    source = f"{_unnest(WORDING, numbers)} AS t ({_names(WORDING)})"
    return (
        f"INSERT INTO {SHARED} (tenant_id, {_names(WORDING)}) SELECT $1, t.* FROM {source}"
        f" WHERE NOT EXISTS (SELECT FROM {SHARED} w"
        " WHERE w.tenant_id = $1 AND w.words = t.words AND w.exact = t.exact)"
        " ON CONFLICT DO NOTHING"
    )


def identities(wanted: Sequence[Identity]) -> tuple[list[int], list[str], list[str]]:
    """The parameters of `WANTED`."""
    return (
        [hash64(str(identity)) for identity in wanted],
        [identity.type for identity in wanted],
        [identity.id for identity in wanted],
    )


def arrays(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Rows as the parameters of `unnest`."""
    return [list(column) for column in zip(*rows, strict=True)]


def columns(table: str) -> tuple[tuple[str, str], ...]:
    return OF_PATIENT.get(table) or COLUMNS[table]


def _write(resources: str, tables: Iterable[str]) -> str:
    """Parameters: tenant, the columns of `WRITTEN`, for each table the places and its columns."""
    numbers = iter(range(2, 1000))
    sent = _unnest(WRITTEN, numbers)
    parts = [
        f"sent AS (SELECT * FROM {sent} WITH ORDINALITY AS w ({_names(WRITTEN)}, place))",
        f"stored AS ({resources})",
        "placed AS (SELECT s.place, s.patient, stored.* FROM sent s JOIN stored USING (type, id))",
    ]
    for table in tables:
        if table == SHARED:
            parts.append(f"put_{SHARED} AS ({_shared(numbers)})")
            continue
        named = (("place", "int"), *columns(table))
        source = f"{_unnest(named, numbers)} AS t ({_names(named)})"
        rows = f"{_insert(table)} FROM {source} JOIN placed p USING (place){_end(table)}"
        parts.append(f"put_{table} AS ({rows})")
    return f"WITH {', '.join(parts)} SELECT place, version, last_updated FROM placed"


def _insert(table: str) -> str:
    into, own = _names(columns(table)), _names(columns(table), "t.")
    if table in OF_PATIENT:
        into, own = f"patient, type, id, {into}", f"p.patient, p.type, p.id, {own}"
    else:
        into, own = f"row_id, {into}", f"p.row_id, {own}"
    return f"INSERT INTO {table} (tenant_id, {into}) SELECT $1, {own}"


def _end(table: str) -> str:
    """A digest takes the place of the last one; other rows were taken away before."""
    if table != "derived":
        return ""
    return " ON CONFLICT (tenant_id, patient, type, id) DO UPDATE SET digest = excluded.digest"


def _unnest(named: Iterable[tuple[str, str]], numbers: Iterator[int]) -> str:
    arrays = ", ".join(
        f"${number}::{kind}[]" for (_, kind), number in zip(named, numbers, strict=False)
    )
    return f"unnest({arrays})"


def _names(named: Iterable[tuple[str, str]], prefix: str = "") -> str:
    return ", ".join(prefix + name for name, _ in named)
