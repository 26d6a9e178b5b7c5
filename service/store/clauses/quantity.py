"""Quantities in the table `amount`, and the conditions that any columns of a quantity share.

http://hl7.org/fhir/R4/search.html#quantity
"""

from service.fhir.search.query import Amount, Clause, Prefix
from service.store.clauses.probe import Arguments, Probe, Rank, either, filled
from service.store.hashing import hash64
from service.store.numbers import OUTWARDS, REACH, around, short


def probe(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    """`kind` is the resource type."""
    key = arguments.add(hash64(kind, clause.parameter.name))
    found, doubt = measured("@.low", "@.high", "@.unit", clause, arguments)
    return Probe(
        table="amount",
        condition=f"@.key = {key} AND ({found})",
        rank=Rank.VALUE,
        doubt=f"@.key = {key} AND ({doubt})",
    )


def presence(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    key = arguments.add(hash64(kind, clause.parameter.name))
    return Probe(table="amount", condition=f"@.key = {key}")


def measured(
    low: str, high: str, unit: str, clause: Clause, arguments: Arguments
) -> tuple[str, str]:
    """SQL for "the quantity in these columns is, or can be, one of those searched for", and for
    "it only can be"."""
    values = [value for value in clause.values if isinstance(value, Amount)]
    found, doubts = list[str](), list[str]()
    for value in values:
        in_unit = _in_unit(unit, value, arguments)
        near = _near(low, high, value, arguments)
        found.append(f"(({_decided(low, high, value, arguments)}) OR {near}){in_unit}")
        doubts.append(f"({near}){in_unit}" if _spelled(value) else found[-1])
    return either(found), either(doubts)


def _spelled(value: Amount) -> bool:
    """Whether the index can tell the unit: it keeps it in one spelling, code in system or text."""
    return value.unit is None if value.system is None else value.unit is not None


def _in_unit(unit: str, value: Amount, arguments: Arguments) -> str:
    if value.system is None or value.unit is None:
        return ""
    return f" AND {unit} = {arguments.add(hash64(value.system, value.unit))}"


def _near(low: str, high: str, value: Amount, arguments: Arguments) -> str:
    """So near to a limit that doubles cannot tell, since one of the two has too many digits."""
    ranges = value.prefix in (Prefix.EQ, Prefix.NE, Prefix.AP)
    limits = (value.low, value.high) if ranges else (value.number,)
    parts = []
    for limit in limits:
        if short(limit):
            both = f"{low} >= :below AND {low} <= :above AND {high} <= :above"
            template, steps = f"{low} < {high} AND {both}", REACH
        else:
            begins = f"{low} >= :below AND {low} <= :above"
            goes_on = f"{low} < {high} AND {high} >= :below AND {low} <= :above"
            template, steps = f"({begins}) OR ({goes_on})", OUTWARDS
        below, above = around(limit, steps)
        parts.append(filled(template, {"below": below, "above": above}, "float8", arguments))
    return either(parts)


def _decided(low: str, high: str, value: Amount, arguments: Arguments) -> str:
    """A number is a range of its own: whatever can be is asked of `low`, where the indexes are, and
    of `high` only in ranges that are wider."""
    within = f"{low} >= :start AND {low} < :end AND {high} < :end"
    same = f"({low} = :point AND {high} = :point)"
    goes_on = f"({low} < {high} AND {high} > :point)"
    reaches = f"({low} < {high} AND {high} >= :start AND {low} < :end)"
    template = {
        Prefix.EQ: within,
        Prefix.NE: f"NOT ({within})",
        Prefix.GT: f"{low} > :point OR {goes_on}",
        Prefix.LT: f"{low} < :point",
        Prefix.GE: f"({low} >= :point AND {low} = {high}) OR {goes_on}",
        Prefix.LE: f"{low} <= :point AND ({low} < :point OR {same})",
        Prefix.SA: f"{low} > :point",
        Prefix.EB: f"{low} < :point AND {high} < :point",
        Prefix.AP: f"({low} >= :start AND {low} < :end) OR {reaches}",
    }[value.prefix]
    numbers = {"point": value.number, "start": value.low, "end": value.high}
    doubles = {name: float(number) for name, number in numbers.items()}
    return filled(template, doubles, "float8", arguments)
