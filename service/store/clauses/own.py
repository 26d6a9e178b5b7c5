"""What the resource's own row answers: `_id` and `_lastUpdated`."""

from datetime import datetime, timedelta

from service.fhir.datatypes import LAST
from service.fhir.search.parameters.every_type import ID
from service.fhir.search.query import Clause, Coded, Modifier, Moment, Prefix
from service.store.clauses.date import moments
from service.store.clauses.probe import Arguments, Probe, Rank, either, filled, one_of
from service.store.hashing import hash64

MILLISECOND = timedelta(milliseconds=1)


def probe(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    """`kind` is the resource type."""
    if clause.parameter.name == ID:
        return _id(kind, clause, arguments)
    parts = [_updated(value, arguments) for value in moments(clause)]
    return Probe(table="resource", condition=f"({either(parts)})", rank=Rank.UPDATED)


def _id(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    """An id is in no system. Its hash leads to the row."""
    ids = [
        value.code
        for value in clause.values
        if isinstance(value, Coded) and value.code is not None and not value.system
    ]
    named = one_of("@.self", [hash64(f"{kind}/{id_}") for id_ in ids], arguments)
    return Probe(
        table="resource",
        condition=f"{named} AND @.id = ANY({arguments.add(ids)}::text[])",
        rank=Rank.IDENTITY,
        negated=clause.modifier is Modifier.NOT,
        narrow=len(ids) == 1,
    )


def _updated(value: Moment, arguments: Arguments) -> str:
    """`lastUpdated` is said to the millisecond, and like every date it covers all of it."""
    column = "@.last_updated"
    within = f"{column} >= :from AND {column} < :until"
    template = {
        Prefix.EQ: within,
        Prefix.NE: f"NOT ({within})",
        Prefix.GT: f"{column} >= :until",
        Prefix.LT: f"{column} < :from",
        Prefix.GE: f"{column} >= :least",
        Prefix.LE: f"{column} < :most",
        Prefix.SA: f"{column} >= :after",
        Prefix.EB: f"{column} < :before",
        Prefix.AP: f"{column} < :after AND {column} >= :before",
    }[value.prefix]
    start, until = _next(value.low), _this(value.high)
    limits = {
        "from": start,
        "until": until,
        "least": min(start, until),
        "most": max(start, until),
        "after": _next(value.high),
        "before": _this(value.low),
    }
    return filled(template, limits, "timestamptz", arguments)


def _this(moment: datetime) -> datetime:
    """The millisecond that `moment` is in."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _next(moment: datetime) -> datetime:
    """The first whole millisecond from `moment` on."""
    whole = _this(moment)
    return whole if moment in (whole, LAST) else whole + MILLISECOND
