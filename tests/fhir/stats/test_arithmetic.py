"""The formulas, by hand, from published examples, and beside other people's programs."""

import statistics
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import isclose
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st

from service.fhir.stats import arithmetic


def exact(*texts: str) -> list[Fraction]:
    return [Fraction(Decimal(text)) for text in texts]


def share(text: str) -> Callable[[list[Fraction]], Fraction]:
    return lambda values: arithmetic.percentile(values, Fraction(text))


EIGHT = exact("2", "4", "4", "4", "5", "5", "7", "9")
"""Sum 40, mean 5, squares of the distances 9 1 1 1 0 0 4 16 = 32."""
TENTHS = exact("0.1", "0.2", "0.3")

BY_HAND: list[tuple[Callable[[list[Fraction]], Any], list[Fraction], Any]] = [
    (arithmetic.average, EIGHT, 5),
    (arithmetic.total, EIGHT, 40),
    (arithmetic.sample_variance, EIGHT, Fraction(32, 7)),
    # In binary 0.1 + 0.2 + 0.3 is not 0.6.
    (arithmetic.total, TENTHS, Fraction(3, 5)),
    (arithmetic.average, TENTHS, Fraction(1, 5)),
    (arithmetic.sample_variance, TENTHS, Fraction(1, 100)),
    (arithmetic.sample_deviation, TENTHS, 0.1),
    # Ranks from 0: half of 7 is 3.5, between 4 and 5; a quarter 1.75, three quarters 5.25.
    (share("1/2"), EIGHT, Fraction(9, 2)),
    (share("1/4"), EIGHT, 4),
    (share("3/4"), EIGHT, Fraction(11, 2)),
    (share("1/5"), EIGHT, 4),
    (share("4/5"), EIGHT, Fraction(31, 5)),
    (share("0"), EIGHT, 2),
    (share("1"), EIGHT, 9),
    (share("1/2"), exact("7"), 7),
    (share("4/5"), exact("1", "2"), Fraction(9, 5)),
    (arithmetic.quartile_deviation, EIGHT, Fraction(3, 4)),
    # Distances from 2 of 1, 2, 3 are symmetric; of 0, 0, 3 they are -1, -1, 2:
    # m2 = 2, m3 = 2, so G1 = sqrt(6)/1 * 2/2^1.5 = sqrt(3).
    (arithmetic.skewness, exact("1", "2", "3"), 0),
    (arithmetic.skewness, exact("0", "0", "3"), 3**0.5),
    (arithmetic.skewness, exact("0", "0", "-3"), -(3**0.5)),
    # Of 1, 2, 3, 4: m2 = 5/4, m4 = 41/16, m4/m2^2 = 41/25; G2 = 3/2 * (5 * 41/25 - 9) = -6/5.
    (arithmetic.excess_kurtosis, exact("1", "2", "3", "4"), Fraction(-6, 5)),
    # Of 0, 0, 0, 4: m2 = 3, m4 = 21; G2 = 3/2 * (5 * 21/9 - 9) = 4.
    (arithmetic.excess_kurtosis, exact("0", "0", "0", "4"), 4),
]


@pytest.mark.parametrize(("compute", "values", "expected"), BY_HAND)
def test_a_formula_gives_what_the_hand_gives(
    compute: Callable[[list[Fraction]], Any], values: list[Fraction], expected: Any
) -> None:
    if isinstance(expected, float):
        assert isclose(compute(values), expected, rel_tol=1e-15)
    else:
        assert compute(values) == expected


TOO_LITTLE: list[tuple[Callable[[list[Fraction]], Any], list[Fraction]]] = [
    (arithmetic.sample_variance, exact("5")),
    (arithmetic.sample_deviation, exact("5")),
    (arithmetic.skewness, exact("5", "6")),
    (arithmetic.skewness, exact("5", "5", "5")),
    (arithmetic.excess_kurtosis, exact("5", "6", "7")),
    (arithmetic.excess_kurtosis, exact("5", "5", "5", "5", "5")),
]


@pytest.mark.parametrize(("compute", "values"), TOO_LITTLE)
def test_too_few_values_or_no_spread_give_nothing(
    compute: Callable[[list[Fraction]], Any], values: list[Fraction]
) -> None:
    assert compute(values) is None


ANSCOMBE = """
10 8.04, 8 6.95, 13 7.58, 9 8.81, 11 8.33, 14 9.96, 6 7.24, 4 4.26, 12 10.84, 7 4.82, 5 5.68
"""
"""The first of four sets in Anscombe (1973), doi:10.1080/00031305.1973.10478966."""


def test_anscombes_first_set_has_the_published_line() -> None:
    """Published: n 11, mean of x 9.0, mean of y 7.5, y = 3 + 0.5 x, sum of squares of x 110.0."""
    pairs = [pair.split() for pair in ANSCOMBE.split(",")]
    points = [(Fraction(x), Fraction(y)) for x, y in pairs]
    line = arithmetic.regression(points)
    assert line is not None
    gradient, intercept = line
    assert round(float(gradient), 3) == 0.5
    assert round(float(intercept), 2) == 3.0
    assert arithmetic.average([x for x, _ in points]) == 9
    assert arithmetic.sample_variance([x for x, _ in points]) == Fraction(110, 10)


def test_a_line_needs_two_places() -> None:
    assert arithmetic.regression([]) is None
    assert arithmetic.regression([(Fraction(1), Fraction(2))]) is None
    assert arithmetic.regression([(Fraction(1), Fraction(2)), (Fraction(1), Fraction(9))]) is None
    through = [(Fraction(0), Fraction(1)), (Fraction(2), Fraction(7))]
    assert arithmetic.regression(through) == (3, 1)


NUMBERS = st.decimals(min_value=-10_000, max_value=10_000, places=3)
VALUES = st.lists(NUMBERS, min_size=1, max_size=40)


def near(found: Any, expected: Any) -> bool:
    return isclose(float(found), float(expected), rel_tol=1e-7, abs_tol=1e-7)


def spread(values: list[Decimal]) -> bool:
    """Enough for programs that calculate in doubles."""
    return float(np.std([float(v) for v in values])) > 1e-2


@given(VALUES)
def test_others_find_the_same_averages_and_spreads(values: list[Decimal]) -> None:
    fractions, floats = [Fraction(v) for v in values], [float(v) for v in values]
    assert near(arithmetic.average(fractions), np.mean(floats))
    assert near(arithmetic.total(fractions), np.sum(floats))
    if len(values) > 1:
        assert arithmetic.sample_variance(fractions) == statistics.variance(fractions)
        assert near(arithmetic.sample_variance(fractions), np.var(floats, ddof=1))
        assert near(arithmetic.sample_deviation(fractions), np.std(floats, ddof=1))


@given(VALUES, st.integers(0, 100))
def test_others_find_the_same_percentiles(values: list[Decimal], percent: int) -> None:
    found = arithmetic.percentile([Fraction(v) for v in values], Fraction(percent, 100))
    assert near(found, np.percentile([float(v) for v in values], percent))


@given(VALUES)
def test_others_find_the_same_quartile_deviation(values: list[Decimal]) -> None:
    found = arithmetic.quartile_deviation([Fraction(v) for v in values])
    assert near(found, scipy.stats.iqr([float(v) for v in values]) / 2)


@given(st.lists(NUMBERS, min_size=4, max_size=40).filter(spread))
def test_others_find_the_same_shape(values: list[Decimal]) -> None:
    fractions, floats = [Fraction(v) for v in values], [float(v) for v in values]
    assert near(arithmetic.skewness(fractions), scipy.stats.skew(floats, bias=False))
    assert near(arithmetic.excess_kurtosis(fractions), scipy.stats.kurtosis(floats, bias=False))


@given(st.lists(st.tuples(st.integers(0, 9_000), NUMBERS), min_size=2, max_size=40))
def test_others_find_the_same_line(points: list[tuple[int, Decimal]]) -> None:
    assume(len({x for x, _ in points}) > 1)
    line = arithmetic.regression([(Fraction(x), Fraction(y)) for x, y in points])
    other = scipy.stats.linregress([x for x, _ in points], [float(y) for _, y in points])
    assert line is not None
    assert near(line[0], other.slope)
    assert isclose(float(line[1]), other.intercept, rel_tol=1e-6, abs_tol=1e-6)


@given(st.lists(NUMBERS, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_values_never_matters(values: list[Decimal], chance: Any) -> None:
    fractions = [Fraction(v) for v in values]
    shuffled = fractions.copy()
    chance.shuffle(shuffled)
    for compute in (
        arithmetic.average, arithmetic.total, arithmetic.sample_variance,
        arithmetic.sample_deviation, arithmetic.quartile_deviation, arithmetic.skewness,
        arithmetic.excess_kurtosis, share("1/5"),
    ):  # fmt: skip
        assert compute(shuffled) == compute(fractions)
