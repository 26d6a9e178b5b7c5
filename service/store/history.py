"""What happened, newest first: to one resource, to those of a type, or to all.

http://hl7.org/fhir/R4/http.html#history. Versions stand in two tables, the current ones and those
that were; either is read by an index in the order of time, and a page goes on from the place where
the last one ended. A version that is replaced moves to the other table and keeps its place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from service.fhir.resource import Change
from service.fhir.scopes import Verb
from service.store.clauses.probe import TENANT, Arguments
from service.store.cursor import Asked, seal, unseal
from service.store.database import Transaction, page_key
from service.store.hashing import hash64, type_key
from service.store.store import version, versions
from service.store.visibility import shows

MOST_COUNTED = 10_000
"""Beyond so many versions their number is not told."""
SCOPE = "unnest($2::text[], $3::int[]) AS wanted (type, type_key)"
"""Where every statement finds the resource types."""
COLUMNS = "x.type, x.id, x.row_id, x.version, x.last_updated, x.method, x.body"
LATER = f"""
coalesce(
    (SELECT n.last_updated FROM history n WHERE n.tenant_id = {TENANT}
        AND n.type = x.type AND n.id = x.id AND n.version = x.version + 1),
    (SELECT n.last_updated FROM resource n WHERE n.tenant_id = {TENANT}
        AND n.type_key = wanted.type_key AND n.row_id = x.row_id)
)"""
"""When a version in `history` was replaced."""
DERIVED = f"""
(SELECT r.derived FROM resource r
    WHERE r.tenant_id = {TENANT} AND r.type_key = page.type_key AND r.row_id = page.row_id)"""
PATIENT = DERIVED.replace("r.derived", "r.patient")
BROUGHT_BACK = f"""
EXISTS (SELECT FROM history b WHERE b.tenant_id = {TENANT} AND b.type = page.type
    AND b.id = page.id AND b.version = page.version - 1 AND b.body IS NULL)"""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose history it is."""

    types: Sequence[str]
    id: str | None = None
    """Of one resource, of the one type."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which versions."""

    since: datetime | None = None
    """Made at this instant or later."""
    at: tuple[datetime, datetime] | None = None
    """Current at some moment of this half-open range."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of the versions, newest first."""

    changes: tuple[Change, ...] = ()
    total: int | None = None
    """All versions, as counted when the first page was read; None where there are too many."""
    next: str | None = None
    """What to pass as `cursor` for the page after this one; None after the last."""


class Place(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The version that a page ended with."""

    moment: str
    row_id: int
    number: int
    total: int | None


async def history(
    tx: Transaction, scope: Scope, span: Span, *, count: int, cursor: str | None, asked: Asked
) -> Page:
    """The page of `count` versions after `cursor`, or the first; `asked` binds cursors to it.

    Raises `BadRequest` for a cursor of another request, another tenant, or nobody's.
    """
    await tx.plan_anew()
    key = await page_key(tx)
    after = None if cursor is None else unseal(cursor, Place, asked, tx.access, key)
    total = after.total if after else await _total(tx, scope, span)
    if count == 0:
        return Page(total=total)
    rows = await _seen(tx, scope, span, after, count + 1)
    changes = tuple(_change(row) for row in rows[:count])
    if len(rows) <= count:
        return Page(changes=changes, total=total)
    end = _place(rows[count - 1], total)
    return Page(changes=changes, total=total, next=seal(end, asked, tx.access, key))


async def _seen(
    tx: Transaction, scope: Scope, span: Span, after: Place | None, most: int
) -> list[Any]:
    """So many versions that the caller sees, or all that are left."""
    found = list[Any]()
    while len(found) < most:
        sql, arguments = page(tx.number, scope, span, after, most)
        rows = await tx.connection.fetch(sql, *arguments)
        found += [row for row in rows if await _shows(tx, scope, row)]
        if len(rows) < most:
            break
        after = _place(rows[-1], None)
    return found[:most]


async def _shows(tx: Transaction, scope: Scope, row: Any) -> bool:
    """A deletion shows to whom the version before it shows."""
    if tx.access.rights is None:
        return True
    verb = Verb.SEARCH if scope.id is None else Verb.READ
    told = version(row)
    if told.deleted:
        (told,) = await versions(tx, told.identity, count=1, before=told.number)
    return shows(tx.access, told, verb)


def _place(row: Any, total: int | None) -> Place:
    return Place(
        moment=row["last_updated"].isoformat(),
        row_id=row["row_id"],
        number=row["version"],
        total=total,
    )


def page(
    tenant: object, scope: Scope, span: Span, after: Place | None, limit: int
) -> tuple[str, list[Any]]:
    """The statement for `limit` versions after a place.

    Of one resource the versions are in the order of their numbers, by the keys of the tables. Of
    whole types, each type gives its newest from either table, and the newest of those are taken.
    """
    arguments = Arguments([tenant, list(scope.types), list(map(type_key, scope.types))])
    order = "v.version DESC" if scope.id is not None else "v.last_updated DESC, v.row_id DESC"
    going_on = "" if after is None else f" AND {_beyond(scope, after, arguments)}"
    most = arguments.add(limit)
    sides = " UNION ALL ".join(
        f"(SELECT {COLUMNS} FROM {table} x WHERE {where}{going_on}"
        f" ORDER BY {order.replace('v.', 'x.')} LIMIT {most})"
        for table, where in _sides(scope, span, arguments)
    )
    return (
        f"""
        WITH page AS MATERIALIZED (
            SELECT v.*, wanted.type_key FROM {SCOPE} CROSS JOIN LATERAL ({sides}) v
            ORDER BY {order} LIMIT {most}
        )
        SELECT page.*, {DERIVED} AS derived, {PATIENT} AS patient, {BROUGHT_BACK} AS brought_back
        FROM page ORDER BY {order.replace("v.", "page.")}
        """,
        arguments.values,
    )


def count(tenant: object, scope: Scope, span: Span) -> tuple[str, list[Any]]:
    """The statement for the number of versions, which stops beyond `MOST_COUNTED`."""
    arguments = Arguments([tenant, list(scope.types), list(map(type_key, scope.types))])
    most = arguments.add(MOST_COUNTED + 1)
    sides = " UNION ALL ".join(
        f"SELECT FROM {table} x WHERE {where}" for table, where in _sides(scope, span, arguments)
    )
    versions = f"{SCOPE} CROSS JOIN LATERAL ({sides}) v"
    return f"SELECT count(*) FROM (SELECT FROM {versions} LIMIT {most}) c", arguments.values


async def _total(tx: Transaction, scope: Scope, span: Span) -> int | None:
    """Not told to whom not everything shows."""
    if tx.access.rights is not None:
        return None
    sql, arguments = count(tx.number, scope, span)
    counted = await tx.connection.fetchval(sql, *arguments)
    return None if counted > MOST_COUNTED else int(counted)


def _sides(scope: Scope, span: Span, arguments: Arguments) -> Iterator[tuple[str, str]]:
    """Both tables, each with the conditions on its rows, which are called `x`."""
    where, own = f"x.tenant_id = {TENANT}", " AND x.type_key = wanted.type_key"
    before = " AND x.type = wanted.type"
    if scope.id is not None:
        (kind,) = scope.types
        own += f" AND x.self = {arguments.add(hash64(f'{kind}/{scope.id}'))}"
        where += f" AND x.id = {arguments.add(scope.id)}"
    if span.since is not None:
        where += f" AND x.last_updated >= {arguments.add(span.since)}::timestamptz"
    if span.at is None:
        yield from (("resource", where + own), ("history", where + before))
        return
    low, high = (f"{arguments.add(moment)}::timestamptz" for moment in span.at)
    where += f" AND x.last_updated < {high}"
    yield "resource", where + own
    yield "history", f"{where}{before} AND {LATER} > {low}"


def _beyond(scope: Scope, after: Place, arguments: Arguments) -> str:
    if scope.id is not None:
        return f"x.version < {arguments.add(after.number)}"
    moment = arguments.add(datetime.fromisoformat(after.moment))
    return f"(x.last_updated, x.row_id) < ({moment}::timestamptz, {arguments.add(after.row_id)})"


def _change(row: Any) -> Change:
    return Change(
        version=version(row),
        method=row["method"],
        created=row["version"] == 1 or row["brought_back"],
    )
