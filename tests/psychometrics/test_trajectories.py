"""Recent mean, ceiling and slope."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.psychometrics.trajectories import at_ceiling, mean_of_last_three, trend


def test_the_recent_mean_is_that_of_the_last_three_scores() -> None:
    assert mean_of_last_three([1, 4, None, 4.5, 5, None]) == 4.5


def test_two_scores_have_no_recent_mean() -> None:
    assert mean_of_last_three([4, None, 5]) is None


def test_three_equal_maxima_in_a_row_are_a_ceiling() -> None:
    assert at_ceiling([4, 5, None, 5, 5], maximum=5)
    assert not at_ceiling([5, 5, 5, 4.9], maximum=5)
    assert not at_ceiling([5, 5], maximum=5)


def test_the_slope_is_least_squares_with_a_widened_error() -> None:
    # x 1..6, y 1, 2, 3, 4, 5, 7: Sxx 17.5, Sxy 97 - 77 = 20, slope 1.142857.
    # Syy 104 - 80.6667 = 23.3333; residual 23.3333 - 400 / 17.5 = .476190; / 4 / 17.5 = .00680272.
    # Square root .0824786, times 1.36 is .112171; t(.995, 4) = 4.604095, margin .516446.
    line = trend([1, 2, 3, 4, 5, 7])
    assert line is not None
    assert line.slope == pytest.approx(1.142857, abs=1e-6)
    assert line.standard_error == pytest.approx(0.112171, abs=1e-6)
    assert (line.low, line.high) == (
        pytest.approx(0.626412, abs=2e-6),
        pytest.approx(1.659303, abs=2e-6),
    )
    assert line.n == 6
    assert line.shown


def test_missed_sessions_are_counted() -> None:
    # x 1, 3, 4, 5, 6, 7 on the line y = x.
    line = trend([1, None, 3, 4, 5, 6, 7])
    assert line is not None
    assert line.slope == pytest.approx(1)
    assert line.n == 6


def test_five_scores_have_no_trend() -> None:
    assert trend([1, 2, None, 3, 4, 5]) is None


def test_scattered_scores_show_no_trend() -> None:
    line = trend([4, 3, 5, 3.5, 4.5, 4])
    assert line is not None
    assert line.low < 0 < line.high
    assert not line.shown


@given(st.sampled_from([0.1, 3.3, 4.1, 4.9166666667]), st.integers(6, 30))
def test_equal_scores_have_exactly_no_slope(score: float, sessions: int) -> None:
    line = trend([score] * sessions)
    assert line is not None
    assert (line.slope, line.low, line.high) == (0, 0, 0)
    assert not line.shown


@given(st.lists(st.none() | st.integers(4, 20).map(lambda n: n / 4), max_size=16))
def test_reflecting_the_scale_turns_the_slope(scores: list[float | None]) -> None:
    plain = trend(scores)
    turned = trend([None if score is None else 6 - score for score in scores])
    assert (plain is None) == (turned is None)
    if plain is not None and turned is not None:
        assert turned.slope == pytest.approx(-plain.slope, abs=1e-12)
        assert turned.high == pytest.approx(-plain.low, abs=1e-12)
        assert turned.shown is plain.shown
