"""Dates in the table `moment`, and the conditions that any two columns of a range share.

http://hl7.org/fhir/R4/search.html#date
"""

from service.fhir.search.query import Clause, Moment, Prefix
from service.store.clauses.probe import Arguments, Probe, Rank, either, filled
from service.store.hashing import hash64


def probe(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    """`kind` is the resource type."""
    key = arguments.add(hash64(kind, clause.parameter.name))
    found = either([related("@.low", "@.high", value, arguments) for value in moments(clause)])
    return Probe(table="moment", condition=f"@.key = {key} AND ({found})", rank=Rank.VALUE)


def presence(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    key = arguments.add(hash64(kind, clause.parameter.name))
    return Probe(table="moment", condition=f"@.key = {key}")


def moments(clause: Clause) -> list[Moment]:
    return [value for value in clause.values if isinstance(value, Moment)]


def related(low: str, high: str, value: Moment, arguments: Arguments) -> str:
    """SQL for "the range in the columns `low` and `high` stands so to the one searched for".

    `low` is always below `high`, so some conditions can say more about `low`, where the indexes
    are, than the specification spells out.
    """
    within = f"{low} >= :start AND {low} < :end AND {high} <= :end"
    template = {
        Prefix.EQ: within,
        Prefix.NE: f"NOT ({within})",
        Prefix.GT: f"{high} > :end",
        Prefix.LT: f"{low} < :start",
        Prefix.GE: f"{high} > :end OR ({within})",
        Prefix.LE: f"{low} < :end AND ({low} < :start OR {high} <= :end)",
        Prefix.SA: f"{low} >= :end",
        Prefix.EB: f"{low} < :start AND {high} <= :start",
        Prefix.AP: f"{low} < :end AND {high} > :start",
    }[value.prefix]
    return filled(template, {"start": value.low, "end": value.high}, "timestamptz", arguments)
