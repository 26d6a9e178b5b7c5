"""Reading the audit: AuditEvents are made of its rows when they are asked for, newest first.

What a query asks of the time and the patient is left to the index; the rest is decided on each
AuditEvent, so that a page is read from a bounded number of rows and may be short.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import fields

from service.errors import BadRequest
from service.fhir.audit_event import Recorded, Trace, audit_event, place
from service.fhir.exact_json import dumps
from service.fhir.resource import Identity, Version
from service.fhir.scopes import Verb
from service.fhir.search.matches import matching
from service.fhir.search.query import Clause, Coded, Moment, Naming, Prefix, Query
from service.store.cursor import Cursor, of_query, seal, unseal
from service.store.database import Transaction, page_key
from service.store.visibility import confined, shows

AUDIT_EVENT = "AuditEvent"
READ_ROWS = 5_000
"""Rows read for one page, at the most about so many; what is counted is counted among as many."""
AT_ONCE = 250
NAMES = ", ".join(field.name for field in fields(Trace))
ONE = f"""
SELECT recorded, sequence, {NAMES} FROM audit
WHERE tenant_id = $1 AND recorded = $2 AND sequence = $3
"""
NEXT = f"""
SELECT recorded, sequence, {NAMES} FROM audit
WHERE tenant_id = $1 AND recorded >= $2 AND recorded < $3
    AND ($4::text[] IS NULL OR patient = ANY ($4))
    AND (recorded, sequence) < ($5, $6)
ORDER BY recorded DESC, sequence DESC LIMIT $7
"""
FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
FROM = frozenset({Prefix.EQ, Prefix.GE, Prefix.GT, Prefix.SA, Prefix.AP})
UNTIL = frozenset({Prefix.EQ, Prefix.LE, Prefix.LT, Prefix.EB, Prefix.AP})


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of AuditEvents."""

    rows: tuple[Version, ...] = ()
    total: int | None = None
    """Of all matches, where that alone was asked."""
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    """What of a query the index decides."""

    low: datetime = FIRST
    high: datetime = LAST
    patients: Sequence[str] | None = None


async def read(tx: Transaction, identity: Identity) -> Version | None:
    """None where there is no such AuditEvent, and where the caller may not read it."""
    asked = place(identity.id)
    row = None if asked is None else await tx.connection.fetchrow(ONE, tx.tenant, *asked)
    if row is None:
        return None
    found = _version(_recorded(row))
    return found if found.identity == identity and shows(tx.access, found, Verb.READ) else None


async def search(tx: Transaction, query: Query, *, cursor: str | None = None) -> Found:
    """The page of `query` after `cursor`, or its first.

    Raises `BadRequest` for another order than the newest first, for a cursor of another search,
    and where more would have to be counted than is read for a page.
    """
    if any(
        k.parameter.name not in ("date", "_lastUpdated") or not k.descending for k in query.sort
    ):
        raise BadRequest("AuditEvents come the newest first: '_sort' takes -date or -_lastUpdated.")
    query = confined(query, tx.access)
    await tx.plan_anew()
    if query.counts_only:
        return await _counted(tx, query)
    key = await page_key(tx)
    after = LAST, 0
    if cursor is not None:
        came = unseal(cursor, Cursor, of_query(query), tx.access, key)
        after = datetime.fromisoformat(str(came.keys[0])), came.row_id
    kept, last = await _after(tx, query, after, query.count)
    if last is None:
        return Found(rows=tuple(kept))
    end = Cursor(keys=(last.recorded.isoformat(),), row_id=last.sequence, highest=0, total=None)
    return Found(rows=tuple(kept), next=seal(end, of_query(query), tx.access, key))


async def _counted(tx: Transaction, query: Query) -> Found:
    kept, last = await _after(tx, query, (LAST, 0), READ_ROWS + 1)
    if last is not None:
        raise BadRequest("There are too many AuditEvents to be counted: narrow the search by date.")
    return Found(total=len(kept))


async def _after(
    tx: Transaction, query: Query, after: tuple[datetime, int], size: int
) -> tuple[list[Version], Recorded | None]:
    """Matches after a place, and the last row that was looked at; None where there is none left."""
    bounds = _bounds(query)
    kept, looked_at, meets = list[Version](), 0, matching(query)
    while True:
        rows = await tx.connection.fetch(
            NEXT, tx.tenant, bounds.low, bounds.high, bounds.patients, *after, AT_ONCE
        )
        for row in rows:
            known = _recorded(row)
            if meets(audit_event(known)):
                kept.append(_version(known))
            if len(kept) >= size:
                return kept, known
        looked_at += len(rows)
        if len(rows) < AT_ONCE:
            return kept, None
        after = known.recorded, known.sequence
        if looked_at >= READ_ROWS:
            return kept, known


def _bounds(query: Query) -> _Bounds:
    low, high, patients = FIRST, LAST, None
    for clause in query.clauses:
        if clause.modifier is None and clause.parameter.name in ("date", "_lastUpdated"):
            moments = [value for value in clause.values if isinstance(value, Moment)]
            low = max(low, _least(moments))
            high = min(high, _greatest(moments))
        elif clause.modifier is None and clause.parameter.name in ("patient", "entity"):
            patients = _patients(clause) or patients
    if query.compartment is not None and query.compartment.owner.type == "Patient":
        patients = [query.compartment.owner.id]
    return _Bounds(low=low, high=high, patients=patients)


def _least(moments: Sequence[Moment]) -> datetime:
    return min((m.low if m.prefix in FROM else FIRST for m in moments), default=FIRST)


def _greatest(moments: Sequence[Moment]) -> datetime:
    return max((m.high if m.prefix in UNTIL else LAST for m in moments), default=LAST)


def _patients(clause: Clause) -> list[str] | None:
    """The keys of the patients that are named; None where something else may be meant."""
    named = list(_references(clause))
    ours = [text.removeprefix("Patient/") for text in named if text.startswith("Patient/")]
    return ours if named and len(ours) == len(named) else None


def _references(clause: Clause) -> Iterator[str]:
    for value in clause.values:
        if isinstance(value, Naming):
            yield from value.references
        elif isinstance(value, Coded):
            yield ""


def _recorded(row: Any) -> Recorded:
    trace = Trace(**{field.name: row[field.name] for field in fields(Trace)})
    return Recorded(trace=trace, recorded=row["recorded"], sequence=row["sequence"])


def _version(known: Recorded) -> Version:
    return Version(
        identity=known.identity,
        number=1,
        last_updated=known.recorded,
        body=dumps(audit_event(known)),
        patient=known.trace.patient,
    )
