"""The arithmetic of a measurement, on numbers that were worked out by hand."""

from math import isnan
from statistics import fmean

import pytest

from bench.figures import (
    arrivals,
    growth,
    quantile,
    slope,
    spread,
    thirds,
    was_flat,
)

HUNDRED = tuple(float(n) for n in range(1, 101))


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        (HUNDRED, 0.50, 50),  # rank ceil(0.50 * 100) = 50
        (HUNDRED, 0.99, 99),  # rank 99: one in a hundred passes it
        (HUNDRED, 1.00, 100),
        (HUNDRED, 0.07, 7),  # 0.07 * 100 is 7.000000000000001 in floating point
        ((1.0, 2.0), 0.50, 1),  # half of them do not pass the lower one
        ((1.0, 2.0, 9.0), 0.50, 2),
        ((1.0, 2.0, 9.0), 0.99, 9),
        ((4.0,), 0.01, 4),
    ],
)
def test_a_quantile_is_the_value_at_the_nearest_rank(
    values: tuple[float, ...], share: float, expected: float
) -> None:
    assert quantile(values, share) == expected


def test_nothing_has_no_quantile() -> None:
    assert isnan(quantile((), 0.5))


def test_a_spread_names_the_middle_and_both_ends() -> None:
    assert spread([1300.0, 900.0, 1000.4]) == "1,000 (900-1,300)"
    assert spread([0.5, 0.25], 2) == "0.38 (0.25-0.50)"


def test_growth_is_the_last_to_the_first_and_each_to_the_one_before() -> None:
    # 3 / 2 = 1.5 in all; 2.5 / 2 = 1.25 and 3 / 2.5 = 1.2 on the way.
    assert growth([2.0, 2.5, 3.0]) == (1.5, (1.25, 1.2))


def test_growth_from_nothing_is_not_a_number() -> None:
    whole, steps = growth([0.0, 3.0])
    assert isnan(whole)
    assert isnan(steps[0])


def test_a_slope_is_that_of_least_squares() -> None:
    # x 0, 10, 20 about 10 and y 1, 2, 6 about 3: (-10 * -2 + 10 * 3) / 200 = 0.25.
    assert slope([(0, 1), (10, 2), (20, 6)]) == pytest.approx(0.25)
    assert isnan(slope([(5, 1), (5, 2)]))


def test_arrivals_come_in_order_at_their_rate_and_within_the_time() -> None:
    found = arrivals(rate=500, seconds=20, seed=1)
    gaps = [b - a for a, b in zip((0.0, *found), found, strict=False)]
    assert list(found) == sorted(found)
    assert 0 < found[0] < found[-1] < 20
    # 10,000 on the average, with a standard deviation of 100.
    assert 9_600 < len(found) < 10_400
    # Gaps of a Poisson process: the share above the mean is 1/e = 0.368, with an SD of 0.005.
    assert 0.35 < sum(gap > 1 / 500 for gap in gaps) / len(gaps) < 0.39
    assert fmean(gaps) == pytest.approx(1 / 500, rel=0.04)


def test_arrivals_are_the_same_for_the_same_seed() -> None:
    assert arrivals(10, 5, seed=3) == arrivals(10, 5, seed=3) != arrivals(10, 5, seed=4)


def test_the_thirds_of_a_soak_are_told_by_their_medians() -> None:
    assert thirds([1, 2, 3, 50, 60, 70, 7, 9, 8]) == (2, 8)
    assert thirds([5.0]) == (5, 5)


@pytest.mark.parametrize(
    ("values", "slack", "flat"),
    [
        ([10, 10, 10, 12, 12, 12, 12.5, 12.5, 12.5], 0.0, True),  # 1.25 times
        ([10, 10, 10, 12, 12, 12, 12.6, 12.6, 12.6], 0.0, False),
        ([1, 1, 1, 1, 1, 1, 1.5, 1.5, 1.5], 0.5, True),  # more than a quarter, but 0.5 ms only
        ([1, 1, 1, 1, 1, 1, 1.6, 1.6, 1.6], 0.5, False),
        ([10, 10, 10, 5, 5, 5, 2, 2, 2], 0.0, True),  # falling is not growing
        ([0, 0, 0, 0, 0, 0, 1, 1, 1], 0.0, False),
    ],
)
def test_what_rises_by_more_than_a_quarter_was_not_flat(
    values: list[float], slack: float, flat: bool
) -> None:
    assert was_flat(values, slack=slack) is flat
