"""Dates in the table `moment`, and the conditions that any two columns of a range share.

http://hl7.org/fhir/R4/search.html#date
"""

from service.fhir.search.elements import EARLIEST
from service.fhir.search.query import Clause, Moment, Prefix
from service.store.clauses.probe import TENANT, Arguments, Probe, Rank, either, filled
from service.store.hashing import hash64
from service.store.index import LONG, long_key


def probe(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    """`kind` is the resource type."""
    key = arguments.add(hash64(kind, clause.parameter.name))
    found = either(
        [
            related(long_key(kind, clause.parameter.name), "@.low", "@.high", value, arguments)
            for value in moments(clause)
        ]
    )
    return Probe(table="moment", condition=f"@.key = {key} AND ({found})", rank=Rank.VALUE)


def presence(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    key = arguments.add(hash64(kind, clause.parameter.name))
    return Probe(table="moment", condition=f"@.key = {key}")


def moments(clause: Clause) -> list[Moment]:
    return [value for value in clause.values if isinstance(value, Moment)]


def related(long_key: int, low: str, high: str, value: Moment, arguments: Arguments) -> str:
    """SQL for "the range in the columns `low` and `high` stands so to the one searched for".

    `low` is always below `high`, and far below it only in ranges kept under `long_key` as well: so
    every condition can say something about `low`, where the indexes are.
    """
    within = f"{low} >= :start AND {low} < :end AND {high} <= :end"
    template = {
        Prefix.EQ: within,
        Prefix.NE: f"NOT ({within})",
        Prefix.GT: f"{high} > :end AND {low} >= {_earliest(':end')}",
        Prefix.LT: f"{low} < :start",
        Prefix.GE: f"({high} > :end OR ({within})) AND {low} >= {_earliest(':end')}",
        Prefix.LE: f"{low} < :end AND ({low} < :start OR {high} <= :end)",
        Prefix.SA: f"{low} >= :end",
        Prefix.EB: f"{low} < :start AND {high} <= :start",
        Prefix.AP: f"{low} < :end AND {high} > :start AND {low} >= {_earliest(':start')}",
    }[value.prefix]
    if ":near" in template:
        template = template.replace(":long", arguments.add(long_key))
    near = value.low - LONG if value.low - EARLIEST > LONG else EARLIEST
    values = {"start": value.low, "end": value.high, "near": near}
    return filled(template, values, "timestamptz", arguments)


def _earliest(end: str) -> str:
    """No range that goes on after `end` starts before this: a short one cannot, and of the long
    ones it is the first start."""
    first = (
        f"SELECT min(m.low) FROM moment m"
        f" WHERE m.tenant_id = {TENANT} AND m.key = :long AND m.high > {end}"
    )
    return f"least(:near, ({first}))"
