"""Searching: pages of resources that meet a query, in an order that concurrent writes don't shift.

A page is read from the index; every match is then held against its body by `matches`, so that
neither a hash nor a rounded number ever decides alone, except in conditions on other resources that
are too many to be named (`links`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from service.fhir import exact_json
from service.fhir.body import instant
from service.fhir.resource import Version
from service.fhir.search.matches import matching
from service.fhir.search.parameters import Kind, Parameter
from service.fhir.search.parameters.every_type import ID
from service.fhir.search.query import EVERYTHING, MAX_COUNT, Query, Total
from service.store.clauses.order import Place, newest_first
from service.store.clauses.statement import MOST_FOLLOWED, After, Statement, statement
from service.store.cursor import Asked, Cursor, of_query, seal, unseal
from service.store.database import Transaction, page_key
from service.store.hashing import type_key
from service.store.links import FEW, settled
from service.store.store import version
from service.store.visibility import confined

MOST_UNASKED = 2_000
"""Rows of the index that are counted for a total that nobody asked for, of what is not of one
patient or other resource; beyond them it is not known."""
MOST_COUNTED = 10_000
"""Candidates read to count matches that only bodies tell; beyond them the total is not known."""


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


@dataclass(frozen=True, kw_only=True)
class _Found:
    version: Version
    places: tuple[Place, ...]
    row_id: int
    highest: int
    page_key: bytes


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
    await tx.connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")

    async def find(other: Query, most: int) -> Sequence[Version]:
        found = await _read(tx, other, statement(other, tx.number), most, None)
        return [f.version for f in found]

    return await settled(tx, query, few, find)


async def _page(tx: Transaction, query: Query, cursor: str | None, limit: int | None) -> Page:
    asked = statement(query, tx.number)
    if limit is None and query.counts_only:
        return Page(total=await _count(tx, query, asked, most=None))
    came = None
    if cursor is not None:
        came = unseal(cursor, Cursor, of_query(query), tx.access, await page_key(tx))
    size = query.count if limit is None else limit
    found = await _read(tx, query, asked, size + 1, came)
    rows = tuple(f.version for f in found[:size])
    if limit is not None:
        return Page(rows=rows)
    if came:
        total = came.total
    elif len(found) <= size and query.total is not Total.NONE:
        total = len(found)
    else:
        total = await _total(tx, query, asked)
    if len(found) <= size:
        return Page(rows=rows, total=total)
    last = found[size - 1]
    end = Cursor(
        keys=last.places,
        row_id=last.row_id,
        highest=came.highest if came else last.highest,
        total=total,
    )
    return Page(rows=rows, total=total, next=seal(end, of_query(query), tx.access, last.page_key))


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
    await tx.connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
    found = list[_Found]()
    for query in _confined(tx, queries):
        found += await _read(tx, query, statement(query, tx.number), size, came)
    return _in_order(queries[0], found)[:size] if queries else found


async def newest_row(tx: Transaction, types: Sequence[str]) -> int:
    """The greatest row id that there is of any of the types."""
    return await tx.connection.fetchval(NEWEST, tx.number, list(map(type_key, types))) or 0


async def count_all(tx: Transaction, queries: Sequence[Query]) -> int | None:
    """All matches; None where that is not known of one of the searches."""
    counts = [
        await _count(tx, query, statement(query, tx.number)) for query in _confined(tx, queries)
    ]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


async def _total_of_all(tx: Transaction, queries: Sequence[Query]) -> int | None:
    counts = [
        await _total(tx, query, statement(query, tx.number)) for query in _confined(tx, queries)
    ]
    return None if None in counts else sum(count or 0 for count in counts)


async def rows_of(tx: Transaction, queries: Sequence[Query]) -> Sequence[int]:
    """The row ids of everything that the index takes for a match."""
    found = list[int]()
    for query in _confined(tx, queries):
        sql, arguments = statement(query, tx.number).rows()
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
    tx: Transaction, query: Query, asked: Statement, size: int, came: Cursor | None
) -> Sequence[_Found]:
    """`size` matches, or all that are left; where bodies rule candidates out, more are read."""
    after = None
    if came is not None:
        after = After(places=came.keys, row_id=came.row_id, highest=came.highest)
    kept: list[_Found] = []
    met = meeting(query)
    while True:
        sql, arguments = asked.page(size, after)
        rows = await tx.connection.fetch(sql, *arguments)
        found = [
            _Found(
                version=version(row),
                places=asked.places(row),
                row_id=row["row_id"],
                highest=came.highest if came else row["highest"],
                page_key=row["page_key"],
            )
            for row in rows
        ]
        kept += [f for f in found if met(f.version)]
        if len(found) < size or len(kept) >= size:
            return kept[:size]
        after = After(places=found[-1].places, row_id=found[-1].row_id, highest=found[-1].highest)


def meeting(query: Query) -> Callable[[Version], bool]:
    """Whether all clauses hold of what is stored; of links that are left the index has decided.
    Numbers are read to the letter only where they matter: it takes longer."""
    if not query.clauses and query.compartment is None and query.sight is EVERYTHING:
        return lambda _: True
    exactly = any(_of_numbers(clause.parameter) for clause in query.clauses)
    loads = exact_json.loads if exactly else orjson.loads
    holds = matching(query)

    def met(stored: Version) -> bool:
        assert stored.body is not None
        return holds(loads(stored.body))

    return met


def _of_numbers(parameter: Parameter) -> bool:
    return any(p.kind is Kind.QUANTITY for p in (parameter, *parameter.components))


async def _total(tx: Transaction, query: Query, asked: Statement) -> int | None:
    """All matches, where there are more than the first page holds."""
    if query.total is Total.NONE:
        return None
    if query.total is None and asked.of_many:
        count = await _value(tx, asked.count(stop=MOST_UNASKED))
        if count is None or not asked.doubts:
            assert count is None or isinstance(count, int)
            return count
    return await _count(tx, query, asked)


async def _count(
    tx: Transaction, query: Query, asked: Statement, most: int | None = MOST_FOLLOWED
) -> int | None:
    """`most` is how many rows links are followed from; None where nothing but the count is asked
    for, which is then worth the time."""
    doubtful = asked.doubtful()
    if doubtful is None or not await _value(tx, doubtful):
        count = await _value(tx, asked.count(most))
        assert count is None or isinstance(count, int)
        return count
    counted, met = 0, meeting(query)
    after: After | None = None
    for _ in range(MOST_COUNTED // MAX_COUNT):
        sql, arguments = asked.page(MAX_COUNT, after)
        rows = await tx.connection.fetch(sql, *arguments)
        counted += sum(met(version(row)) for row in rows)
        if len(rows) < MAX_COUNT:
            return counted
        last = rows[-1]
        after = After(places=asked.places(last), row_id=last["row_id"], highest=last["highest"])
    return None


async def _value(tx: Transaction, question: tuple[str, list[object]]) -> object:
    sql, arguments = question
    return await tx.connection.fetchval(sql, *arguments)
