"""Searching: pages of resources that meet a query, in an order that concurrent writes don't shift.

A page is read from the index; every match is then held against its body by `matches`, so that
neither a hash nor a rounded number ever decides alone, except in conditions on other resources that
are too many to be named (`links`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from service.fhir.body import instant
from service.fhir.resource import Version
from service.fhir.search.parameters.every_type import ID
from service.fhir.search.query import Query, Total
from service.store import totals
from service.store.clauses.order import Place, newest_first
from service.store.clauses.statement import After, Statement, statement
from service.store.confirming import meeting
from service.store.cursor import Asked, Cursor, of_query, seal, unseal
from service.store.database import Transaction, page_key
from service.store.hashing import type_key
from service.store.links import FEW, settled
from service.store.store import version
from service.store.visibility import confined

NEWEST = """
SELECT max(newest.row_id) FROM unnest($2::int[]) AS wanted (type_key) CROSS JOIN LATERAL (
    SELECT row_id FROM resource WHERE tenant_id = $1 AND type_key = wanted.type_key
    ORDER BY row_id DESC LIMIT 1
) newest
"""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of the matches, in order."""

    rows: tuple[Version, ...] = ()
    total: int | None = None
    """All matches, as counted when the first page was read; None where nobody asked or knows."""
    next: str | None = None
    """What to pass as `cursor` for the page after this one; None after the last."""


class _Found(Struct, frozen=True):
    version: Version
    row: Any
    """Of `asked.page`."""
    asked: Statement

    @property
    def row_id(self) -> int:
        return int(self.row["row_id"])

    @property
    def places(self) -> tuple[Place, ...]:
        return self.asked.places(self.row)


async def search(
    tx: Transaction,
    query: Query,
    *,
    cursor: str | None = None,
    limit: int | None = None,
    few: int = FEW,
) -> Page:
    """The page of `query` after `cursor`, or its first.

    `limit` takes the place of the query's count, and then nothing is counted; `few` is how many
    resources on the other end of a link are named (see `links`). Raises `BadRequest` for a cursor
    of another search, another tenant, or nobody's.
    """
    query = confined(query, tx.access)
    return await _page(tx, await _settled(tx, query, few), cursor, limit)


async def _settled(tx: Transaction, query: Query, few: int = FEW) -> Query:
    """With its links answered from their other ends, where these are few."""

    async def find(other: Query, most: int) -> Sequence[Version]:
        found = await _read(tx, other, await _asked(tx, other), most, None)
        return [f.version for f in found]

    return await settled(tx, query, few, find)


async def _asked(tx: Transaction, query: Query) -> Statement:
    """What is asked of the database, which plans from here on as it is good for it."""
    asked = statement(query, tx.number)
    if not asked.narrow:
        await tx.plan_anew()
    return asked


async def _page(tx: Transaction, query: Query, cursor: str | None, limit: int | None) -> Page:
    asked = await _asked(tx, query)
    if limit is None and query.counts_only:
        return Page(total=await totals.count(tx, query, asked, most=None))
    came = None
    if cursor is not None:
        came = unseal(cursor, Cursor, of_query(query), tx.access, await page_key(tx))
    size = query.count if limit is None else limit
    counted = asked.narrow and not asked.doubts and query.total is not Total.NONE
    counted = counted and came is None and limit is None
    found = await _read(tx, query, asked, size + 1, came, counted=counted)
    rows = tuple(f.version for f in found[:size])
    if limit is not None:
        return Page(rows=rows)
    if came:
        total = came.total
    elif len(found) <= size and query.total is not Total.NONE:
        total = len(found)
    elif counted:
        total = found[0].row["total"]
    else:
        total = await totals.total(tx, query, asked)
    if len(found) <= size:
        return Page(rows=rows, total=total)
    last = found[size - 1]
    end = Cursor(
        keys=last.places,
        row_id=last.row_id,
        highest=came.highest if came else last.row["highest"],
        total=total,
    )
    key = last.row["page_key"]
    return Page(rows=rows, total=total, next=seal(end, of_query(query), tx.access, key))


async def search_all(
    tx: Transaction, queries: Sequence[Query], *, cursor: str | None, asked: Asked
) -> Page:
    """The same for searches of several types, which are `merged`: their matches in one order.

    They ask for the same but for the type; `asked` binds cursors to all of them.
    """
    queries = [await _settled(tx, confined(query, tx.access)) for query in queries]
    first = queries[0]
    if first.counts_only:
        return Page(total=await count_all(tx, queries))
    key = await page_key(tx)
    came = None if cursor is None else unseal(cursor, Cursor, asked, tx.access, key)
    found = await following(tx, queries, first.count + 1, came)
    newest = came.highest if came else await newest_row(tx, [query.type for query in queries])
    total, rows = came.total if came else None, tuple(f.version for f in found[: first.count])
    if came is None and first.total is not Total.NONE:
        total = len(found) if len(found) <= first.count else await _total_of_all(tx, queries)
    if len(found) <= first.count:
        return Page(rows=rows, total=total)
    last = found[first.count - 1]
    end = Cursor(
        keys=last.places,
        row_id=last.row_id,
        highest=newest,
        total=total,
    )
    return Page(rows=rows, total=total, next=seal(end, asked, tx.access, key))


async def following(
    tx: Transaction, queries: Sequence[Query], size: int, came: Cursor | None
) -> Sequence[_Found]:
    """The first `size` matches of searches that are `merged` after a place, in one order."""
    found = list[_Found]()
    for query in _confined(tx, queries):
        found += await _read(tx, query, await _asked(tx, query), size, came)
    return _in_order(queries[0], found)[:size] if queries else found


async def newest_row(tx: Transaction, types: Sequence[str]) -> int:
    """The greatest row id that there is of any of the types."""
    return await tx.connection.fetchval(NEWEST, tx.number, list(map(type_key, types))) or 0


async def count_all(tx: Transaction, queries: Sequence[Query]) -> int | None:
    """All matches; None where that is not known of one of the searches."""
    counts = [
        await totals.count(tx, query, await _asked(tx, query)) for query in _confined(tx, queries)
    ]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


async def _total_of_all(tx: Transaction, queries: Sequence[Query]) -> int | None:
    counts = [
        await totals.total(tx, query, await _asked(tx, query)) for query in _confined(tx, queries)
    ]
    return None if None in counts else sum(count or 0 for count in counts)


async def rows_of(tx: Transaction, queries: Sequence[Query]) -> Sequence[int]:
    """The row ids of everything that the index takes for a match."""
    found = list[int]()
    for query in _confined(tx, queries):
        sql, arguments = (await _asked(tx, query)).rows()
        found += [row["row_id"] for row in await tx.connection.fetch(sql, *arguments)]
    return found


def _confined(tx: Transaction, queries: Sequence[Query]) -> list[Query]:
    return [confined(query, tx.access) for query in queries]


def _in_order(query: Query, found: list[_Found]) -> list[_Found]:
    """As the statements put them: row ids are one sequence for all types."""
    ordered = sorted(found, key=lambda f: f.row_id, reverse=newest_first(query))
    for sort in reversed(query.sort):
        by_id = sort.parameter.name == ID
        ordered.sort(
            key=lambda f: str(f.version.identity.id if by_id else instant(f.version.last_updated)),
            reverse=sort.descending,
        )
    return ordered


async def _read(
    tx: Transaction,
    query: Query,
    asked: Statement,
    size: int,
    came: Cursor | None,
    *,
    counted: bool = False,
) -> Sequence[_Found]:
    """`size` matches, or all that are left; where bodies rule candidates out, more are read."""
    after = None
    if came is not None:
        after = After(places=came.keys, row_id=came.row_id, highest=came.highest)
    kept: list[_Found] = []
    met = meeting(query)
    while True:
        sql, arguments = asked.page(size, after, counted=counted)
        rows = await tx.connection.fetch(sql, *arguments)
        found = [_Found(version(row), row, asked) for row in rows]
        kept += [f for f in found if met(f.version)]
        if len(found) < size or len(kept) >= size:
            return kept[:size]
        last = found[-1]
        highest = after.highest if after else last.row["highest"]
        after = After(places=last.places, row_id=last.row_id, highest=highest)
