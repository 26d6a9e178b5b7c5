"""Quantities in the table `amount`, and the conditions that any columns of a quantity share.

http://hl7.org/fhir/R4/search.html#quantity
"""

from service.fhir.search.query import Amount, Clause, Prefix
from service.store.clauses.probe import Arguments, Probe, Rank, either, filled
from service.store.hashing import hash64
from service.store.numbers import around, short

NARROW = "1e-14"
"""A stored range narrower than this part of itself stands for one number of many digits."""


def probe(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    """`kind` is the resource type."""
    key = arguments.add(hash64(kind, clause.parameter.name))
    found, exact = measured("@.low", "@.high", "@.unit", clause, arguments)
    return Probe(
        table="amount",
        condition=f"@.key = {key} AND ({found})",
        rank=Rank.VALUE,
        exact=exact,
    )


def presence(kind: str, clause: Clause, arguments: Arguments) -> Probe:
    key = arguments.add(hash64(kind, clause.parameter.name))
    return Probe(table="amount", condition=f"@.key = {key}")


def measured(
    low: str, high: str, unit: str, clause: Clause, arguments: Arguments
) -> tuple[str, bool]:
    """SQL for "the quantity in these columns is one of those searched for", and whether it is so
    exactly."""
    values = [value for value in clause.values if isinstance(value, Amount)]
    parts = [
        f"({_sized(low, high, value, arguments)}){_in_unit(unit, value, arguments)}"
        for value in values
    ]
    return either(parts), all(_decides(value) for value in values)


def _decides(value: Amount) -> bool:
    """Whether the columns can tell: they hold units of one spelling, and doubles."""
    spelled = value.unit is None if value.system is None else value.unit is not None
    return spelled and _short(value)


def _short(value: Amount) -> bool:
    return all(short(number) for number in (value.number, value.low, value.high))


def _in_unit(unit: str, value: Amount, arguments: Arguments) -> str:
    if value.system is None or value.unit is None:
        return ""
    return f" AND {unit} = {arguments.add(hash64(value.system, value.unit))}"


def _sized(low: str, high: str, value: Amount, arguments: Arguments) -> str:
    """What doubles decide, and what is so near to a limit that they cannot."""
    limits = (
        (value.low, value.high)
        if value.prefix in (Prefix.EQ, Prefix.NE, Prefix.AP)
        else (value.number,)
    )
    narrow = f" AND {high} - {low} < abs({low}) * {NARROW} AND {low} < {high}"
    near = []
    for limit in limits:
        below, above = (arguments.add(edge) for edge in around(limit))
        near.append(
            f"{high} >= {below}::float8 AND {low} <= {above}::float8"
            + (narrow if _short(value) else "")
        )
    return either([_decided(low, high, value, arguments), *near])


def _decided(low: str, high: str, value: Amount, arguments: Arguments) -> str:
    within = f"{low} >= :start AND {low} < :end AND {high} < :end"
    same = f"({low} = :point AND {high} = :point)"
    template = {
        Prefix.EQ: within,
        Prefix.NE: f"NOT ({within})",
        Prefix.GT: f"{high} > :point",
        Prefix.LT: f"{low} < :point",
        Prefix.GE: f"{high} > :point OR {same}",
        Prefix.LE: f"{low} < :point OR {same}",
        Prefix.SA: f"{low} > :point",
        Prefix.EB: f"{high} < :point",
        Prefix.AP: f"{low} < :end AND {high} >= :start",
    }[value.prefix]
    numbers = {"point": value.number, "start": value.low, "end": value.high}
    doubles = {name: float(number) for name, number in numbers.items()}
    return filled(template, doubles, "float8", arguments)
