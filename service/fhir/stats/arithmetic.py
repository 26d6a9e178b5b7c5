"""The formulas of the statistics, on exact numbers.

Values are fractions in any order, at least one unless a formula says more; what is asked of too few
of them, or divides by a spread of nothing, is None. Results are exact, or where a root is drawn the
nearest float to it, and are in the unit of the values unless a formula says otherwise. Nothing is
rounded before the end.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor, sqrt
from statistics import mean, stdev, variance

Values = Sequence[Fraction]
Point = tuple[Fraction, Fraction]
Result = Fraction | float | None


def average(values: Values) -> Result:
    """Arithmetic mean."""
    return mean(values)


def total(values: Values) -> Result:
    return sum(values, Fraction())


def sample_variance(values: Values) -> Result:
    """sum (x - mean)^2 / (n - 1), from 2 values on; in the square of the unit."""
    return variance(values) if len(values) > 1 else None


def sample_deviation(values: Values) -> Result:
    """The root of `sample_variance`."""
    return stdev(values) if len(values) > 1 else None


def percentile(values: Values, share: Fraction) -> Fraction:
    """The value below which `share` (0 to 1) of the values lie, between neighbours in proportion.

    With the values sorted as x[0] to x[n-1] and h = (n - 1) share: x[h], where h is no whole number
    x[floor h] + (h - floor h) (x[floor h + 1] - x[floor h]). Definition 7 of Hyndman & Fan (1996),
    doi:10.1080/00031305.1996.10473566; the one of NumPy, R and spreadsheets.
    """
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def quartile_deviation(values: Values) -> Result:
    """Half the distance between the quartiles."""
    quarter = Fraction(1, 4)
    return (percentile(values, 3 * quarter) - percentile(values, quarter)) / 2


def skewness(values: Values) -> Result:
    """G1 = sqrt(n (n - 1)) / (n - 2) * m3 / m2^(3/2), from 3 values on; without unit.

    m are the central moments, divided by n. Joanes & Gill (1998), doi:10.1111/1467-9884.00122.
    """
    n = len(values)
    second = _moment(values, 2)
    if n < 3 or second == 0:
        return None
    third = _moment(values, 3)
    squared = Fraction(n * (n - 1), (n - 2) ** 2) * third**2 / second**3
    return sqrt(squared) if third >= 0 else -sqrt(squared)


def excess_kurtosis(values: Values) -> Result:
    """G2 = (n - 1) / ((n - 2) (n - 3)) * ((n + 1) m4 / m2^2 - 3 (n - 1)), from 4 values on; without
    unit, and 0 for a normal distribution.

    Joanes & Gill (1998), doi:10.1111/1467-9884.00122.
    """
    n = len(values)
    second = _moment(values, 2)
    if n < 4 or second == 0:
        return None
    ratio = _moment(values, 4) / second**2
    return Fraction(n - 1, (n - 2) * (n - 3)) * ((n + 1) * ratio - 3 * (n - 1))


def regression(points: Sequence[Point]) -> tuple[Fraction, Fraction] | None:
    """Gradient and intercept of the line of least squares through points (x, y), in any order.

    gradient = sum (x - mean x)(y - mean y) / sum (x - mean x)^2, in the unit of y per unit of x;
    intercept = mean y - gradient * mean x. None for fewer than two different x.
    """
    if len({x for x, _ in points}) < 2:
        return None
    x_mean, y_mean = mean(x for x, _ in points), mean(y for _, y in points)
    shared = sum(((x - x_mean) * (y - y_mean) for x, y in points), Fraction())
    gradient = shared / sum(((x - x_mean) ** 2 for x, _ in points), Fraction())
    return gradient, y_mean - gradient * x_mean


def _moment(values: Values, order: int) -> Fraction:
    middle = mean(values)
    return sum(((value - middle) ** order for value in values), Fraction()) / len(values)
