"""Decimals as index rows keep them: doubles, which tell numbers of up to 15 digits apart.

A number with more digits is kept as the narrow range around it, so that no search misses it; the
resource's body then decides.
"""

from decimal import Decimal
from math import inf, nextafter

from service.fhir.search.elements import Edge, Measure

DIGITS = 15
OUTWARDS = 2
"""Steps from the nearest double that are certain to lie beyond a number."""
REACH = 8
"""Steps from a limit within which a number of many digits lies, range and all, where the two
cannot be told apart."""


def short(number: Decimal) -> bool:
    """Whether a double tells `number` from every other number this short."""
    digits = number.as_tuple().digits
    return len(digits) <= DIGITS or len("".join(map(str, digits)).strip("0")) <= DIGITS


def bounds(value: Measure) -> tuple[float, float]:
    """Least and greatest value; an open end is the next double inwards."""
    return _double(value.low, -inf), _double(value.high, inf)


def around(number: Decimal, steps: int) -> tuple[float, float]:
    """The doubles so many steps below and above the one nearest to `number`."""
    nearest = float(number)
    return _stepped(nearest, -inf, steps), _stepped(nearest, inf, steps)


def _double(edge: Edge, outwards: float) -> float:
    number, open_end = edge
    nearest = float(number)
    if number.is_finite() and not short(number):
        return _stepped(nearest, outwards, OUTWARDS)
    return nextafter(nearest, open_end * inf) if open_end else nearest


def _stepped(number: float, direction: float, steps: int) -> float:
    for _ in range(steps):
        number = nextafter(number, direction)
    return number
