"""One patient's record, page by page: the patient, what is in the compartment, and what that names.

http://hl7.org/fhir/R4/patient-operation-everything.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import msgspec
from msgspec.structs import replace

from service.fhir.resource import Version
from service.fhir.scopes import Verb
from service.fhir.search.parameters import TABLE
from service.fhir.search.query import Query
from service.store.cursor import Asked, Cursor, seal, unseal
from service.store.database import Transaction, page_key
from service.store.hashing import type_key
from service.store.index import mark
from service.store.search import count_all, following, newest_row, rows_of
from service.store.store import version
from service.store.visibility import shows

NAMED = """
WITH own AS (SELECT unnest($2::bigint[]) AS row_id),
named AS (
    SELECT DISTINCT t.key FROM own CROSS JOIN LATERAL (
        SELECT key FROM term WHERE tenant_id = $1 AND row_id = own.row_id
        UNION ALL
        SELECT encounter FROM coded_value
        WHERE tenant_id = $1 AND row_id = own.row_id AND encounter IS NOT NULL
        OFFSET 0
    ) t
), found AS (
    SELECT r.type_key, r.row_id FROM named CROSS JOIN LATERAL (
        SELECT type_key, row_id FROM resource WHERE tenant_id = $1 AND self = named.key OFFSET 0
    ) r
    UNION
    SELECT t.type_key, t.row_id FROM named CROSS JOIN LATERAL (
        SELECT url.type_key, found.row_id FROM term found
        JOIN unnest($3::int[], $4::int[]) AS url (type_key, mark) USING (mark)
        WHERE found.tenant_id = $1 AND found.key = named.key OFFSET 0
    ) t
)
SELECT r.row_id, r.type, r.id, r.version, r.last_updated, r.derived, r.patient, r.body
FROM found CROSS JOIN LATERAL (
    SELECT * FROM resource
    WHERE tenant_id = $1 AND type_key = found.type_key AND row_id = found.row_id OFFSET 0
) r
WHERE r.patient IS NULL AND r.body IS NOT NULL AND r.row_id > $5
    AND NOT EXISTS (SELECT FROM own WHERE own.row_id = r.row_id)
    AND ($6::text[] IS NULL OR r.type = ANY ($6))
    AND ($7::timestamptz IS NULL OR r.last_updated >= $7)
ORDER BY r.row_id LIMIT $8
"""
"""What resources refer to, by literal references and by canonicals, unless it is of a patient's
record: that is another's. Each step is taken row by row (OFFSET 0 keeps it so): it leads from few
rows to few. The hashes decide alone, but for whose record it is."""
FIRST = 0
"""Below every row id."""
CANONICAL: Mapping[str, int] = MappingProxyType(
    {name: mark(name, "url") for name in TABLE if "url" in TABLE[name]}
)
"""Under what the index keeps the canonical of each type that has one."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for."""

    patient: Version | None
    """Comes first; None where it is not wanted."""
    inside: Sequence[Query]
    """Searches of the compartment for what is wanted of it, without the patient."""
    whole: Sequence[Query]
    """Searches for all of the compartment whose references are followed."""
    types: Sequence[str] | None = None
    """Types of what is referred to; None for all."""
    since: datetime | None = None
    """When that was written, at the earliest."""
    count: int


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of it, in order."""

    inside: tuple[Version, ...] = ()
    named: tuple[Version, ...] = ()
    total: int | None = None
    """Without what is referred to, as counted for the first page."""
    next: str | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Where a page ended."""

    outside: bool
    """All that is inside has been told."""
    row_id: int
    highest: int
    """Greatest row id when the first page was read: what came later stays out."""
    total: int | None


async def everything(tx: Transaction, wanted: Wanted, cursor: str | None, asked: Asked) -> Page:
    """The page after `cursor`, or the first; `asked` binds cursors to what is asked.

    Raises `BadRequest` for a cursor of another request, another tenant, or nobody's.
    """
    key = await page_key(tx)
    first = list[Version]()
    if cursor is not None:
        place = unseal(cursor, Place, asked, tx.access, key)
    else:
        place = Place(
            outside=False,
            row_id=FIRST,
            highest=await newest_row(tx, [query.type for query in wanted.inside]),
            total=await _total(tx, wanted),
        )
        first += [wanted.patient] if wanted.patient else []
    if wanted.count == 0:
        return Page(total=place.total)
    inside, middle = await _inside(tx, wanted, place, wanted.count - len(first))
    room = wanted.count - len(first) - len(inside)
    named, end = await _outside(tx, wanted, middle, room)
    return Page(
        inside=(*first, *inside),
        named=tuple(named),
        total=place.total,
        next=None if end is None else seal(end, asked, tx.access, key),
    )


async def _total(tx: Transaction, wanted: Wanted) -> int | None:
    inside = await count_all(tx, wanted.inside)
    return None if inside is None else inside + (wanted.patient is not None)


async def _inside(
    tx: Transaction, wanted: Wanted, place: Place, room: int
) -> tuple[Sequence[Version], Place]:
    """The next of the compartment, and the place after them."""
    if place.outside:
        return (), place
    after = Cursor(keys=(), row_id=place.row_id, highest=place.highest, total=None)
    found = await following(tx, wanted.inside, room + 1, after)
    versions = tuple(f.version for f in found[:room])
    if len(found) <= room:
        return versions, replace(place, outside=True, row_id=FIRST)
    return versions, replace(place, row_id=found[room - 1].row_id if room else place.row_id)


async def _outside(
    tx: Transaction, wanted: Wanted, place: Place, room: int
) -> tuple[Sequence[Version], Place | None]:
    """The next of what is referred to, and the place after them; None where that is the end."""
    if not place.outside:
        return (), place
    own, found, last = await rows_of(tx, wanted.whole), list[tuple[int, Version]](), place.row_id
    while len(found) <= room:
        rows = await tx.connection.fetch(
            NAMED,
            tx.number,
            own,
            list(map(type_key, CANONICAL)),
            list(CANONICAL.values()),
            last,
            None if wanted.types is None else list(wanted.types),
            wanted.since,
            room + 1,
        )
        read = ((row["row_id"], version(row)) for row in rows)
        found += ((row, one) for row, one in read if shows(tx.access, one, Verb.SEARCH))
        if len(rows) <= room:
            break
        last = rows[-1]["row_id"]
    versions = tuple(one for _, one in found[:room])
    if len(found) <= room:
        return versions, None
    return versions, replace(place, row_id=found[room - 1][0] if room else place.row_id)
