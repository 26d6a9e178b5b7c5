"""How a time or a quantity that was stored stands to one that is searched for.

http://hl7.org/fhir/R4/search.html#prefix
"""

from datetime import datetime

from service.fhir.search.elements import Edge, Measure
from service.fhir.search.query import Amount, Moment, Prefix, Value


def dated(found: tuple[datetime, datetime] | None, value: Value) -> bool:
    """How the half-open range that was stored stands to the one searched for."""
    assert isinstance(value, Moment)
    if found is None:
        return False
    first, beyond = found
    within = value.low <= first and beyond <= value.high
    above, below = beyond > value.high, first < value.low
    relations = {
        Prefix.EQ: within,
        Prefix.NE: not within,
        Prefix.GT: above,
        Prefix.LT: below,
        Prefix.GE: above or within,
        Prefix.LE: below or within,
        Prefix.SA: first >= value.high,
        Prefix.EB: beyond <= value.low,
        Prefix.AP: first < value.high and beyond > value.low,
    }
    return relations[value.prefix]


def measured(found: Measure | None, value: Value) -> bool:
    assert isinstance(value, Amount)
    return found is not None and _in_unit(found, value) and _sized(found, value)


def _in_unit(found: Measure, value: Amount) -> bool:
    if value.system is not None:
        return found.system == value.system and value.unit in (None, found.code)
    return value.unit is None or value.unit in (found.code, found.unit)


def _sized(found: Measure, value: Amount) -> bool:
    """A number that was stored is exact; one that is searched for by `eq`, `ne` or `ap` stands for
    its range, and by any other prefix for itself."""
    point: Edge = (value.number, 0)
    low, high = (value.low, 0), (value.high, 0)
    equal = found.low == point == found.high
    within = low <= found.low and found.high < high
    above, below = found.high > point, found.low < point
    relations = {
        Prefix.EQ: within,
        Prefix.NE: not within,
        Prefix.GT: above,
        Prefix.LT: below,
        Prefix.GE: above or equal,
        Prefix.LE: below or equal,
        Prefix.SA: found.low > point,
        Prefix.EB: found.high < point,
        Prefix.AP: found.low < high and found.high >= low,
    }
    return relations[value.prefix]
