"""Searching: pages of resources that meet a query, in an order that concurrent writes don't shift.

A page is read from the index; every match is then held against its body by `matches`, so that
neither a hash nor a rounded number ever decides alone, except in conditions on other resources that
are too many to be named (`links`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson

from service.fhir import exact_json
from service.fhir.resource import Version
from service.fhir.search.matches import matches
from service.fhir.search.parameters import Kind
from service.fhir.search.query import MAX_COUNT, Query, Total
from service.store.clauses.order import Place
from service.store.clauses.statement import MOST_FOLLOWED, After, Statement, statement
from service.store.cursor import Cursor, seal, unseal
from service.store.database import Transaction
from service.store.links import FEW, settled
from service.store.store import version

MOST_COUNTED = 10_000
"""Candidates read to count matches that only bodies tell; beyond them the total is not known."""


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
    await tx.connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")

    async def find(other: Query, most: int) -> Sequence[Version]:
        found = await _read(tx, other, statement(other, tx.tenant), most, None)
        return [f.version for f in found]

    query = await settled(tx, query, few, find)
    return await _page(tx, query, cursor, limit)


async def _page(tx: Transaction, query: Query, cursor: str | None, limit: int | None) -> Page:
    asked = statement(query, tx.tenant)
    if limit is None and query.counts_only:
        return Page(total=await _count(tx, query, asked, most=None))
    came = None if cursor is None else unseal(cursor, query, tx.tenant, await _page_key(tx))
    size = query.count if limit is None else limit
    found = await _read(tx, query, asked, size + 1, came)
    rows = tuple(f.version for f in found[:size])
    if limit is not None:
        return Page(rows=rows)
    total = came.total if came else await _total(tx, query, asked, len(found))
    if len(found) <= size:
        return Page(rows=rows, total=total)
    last = found[size - 1]
    end = Cursor(
        keys=last.places,
        row_id=last.row_id,
        highest=came.highest if came else last.highest,
        total=total,
    )
    return Page(rows=rows, total=total, next=seal(end, query, tx.tenant, last.page_key))


async def _read(
    tx: Transaction, query: Query, asked: Statement, size: int, came: Cursor | None
) -> Sequence[_Found]:
    """`size` matches, or all that are left; where bodies rule candidates out, more are read."""
    after = None
    if came is not None:
        after = After(places=came.keys, row_id=came.row_id, highest=came.highest)
    kept: list[_Found] = []
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
        kept += [f for f in found if _meets(f.version, query)]
        if len(found) < size or len(kept) >= size:
            return kept[:size]
        after = After(places=found[-1].places, row_id=found[-1].row_id, highest=found[-1].highest)


def _meets(stored: Version, query: Query) -> bool:
    """Whether all clauses hold; of links that are left the index has decided. Numbers are read to
    the letter only where they matter: it takes longer."""
    if not query.clauses:
        return True
    assert stored.body is not None
    exactly = any(clause.parameter.kind is Kind.QUANTITY for clause in query.clauses)
    loads = exact_json.loads if exactly else orjson.loads
    return matches(loads(stored.body), replace(query, links=()))


async def _total(tx: Transaction, query: Query, asked: Statement, found: int) -> int | None:
    """All matches, of which the first page was sought with one more than it holds."""
    if query.total is Total.NONE:
        return None
    return found if found <= query.count else await _count(tx, query, asked)


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
    counted = 0
    after: After | None = None
    for _ in range(MOST_COUNTED // MAX_COUNT):
        sql, arguments = asked.page(MAX_COUNT, after)
        rows = await tx.connection.fetch(sql, *arguments)
        counted += sum(_meets(version(row), query) for row in rows)
        if len(rows) < MAX_COUNT:
            return counted
        last = rows[-1]
        after = After(places=asked.places(last), row_id=last["row_id"], highest=last["highest"])
    return None


async def _value(tx: Transaction, question: tuple[str, list[object]]) -> object:
    sql, arguments = question
    return await tx.connection.fetchval(sql, *arguments)


async def _page_key(tx: Transaction) -> bytes:
    key: bytes = await tx.connection.fetchval(
        "SELECT page_key FROM tenant WHERE tenant_id = $1", tx.tenant
    )
    return key
