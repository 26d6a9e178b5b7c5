"""Decimals as index rows keep them: doubles, which tell numbers of up to 15 digits apart.

A number with more digits is kept as the narrow range around it, so that no search misses it; the
resource's body then decides.
"""

from decimal import Decimal
from math import inf, nextafter

from service.fhir.search.elements import Edge, Measure

DIGITS = 15


def short(number: Decimal) -> bool:
    """Whether a double tells `number` from every other number this short."""
    return len("".join(map(str, number.as_tuple().digits)).strip("0")) <= DIGITS


def bounds(value: Measure) -> tuple[float, float]:
    """Least and greatest value; an open end is the next double inwards."""
    return _double(value.low, -inf), _double(value.high, inf)


def around(number: Decimal) -> tuple[float, float]:
    """Doubles safely below and above `number`."""
    nearest = float(number)
    return _outwards(nearest, -inf), _outwards(nearest, inf)


def _double(edge: Edge, outwards: float) -> float:
    number, open_end = edge
    nearest = float(number)
    if number.is_finite() and not short(number):
        return _outwards(nearest, outwards)
    return nextafter(nearest, open_end * inf) if open_end else nearest


def _outwards(nearest: float, direction: float) -> float:
    return nextafter(nextafter(nearest, direction), direction)
