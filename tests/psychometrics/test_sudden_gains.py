"""Sudden gains and losses beyond the golden vectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.psychometrics.scoring import Better
from service.psychometrics.sudden_gains import (
    Criterion,
    Interval,
    Outcome,
    gain_criteria,
    loss_criteria,
    sudden_gains,
    sudden_losses,
)

LOWER, HIGHER = Better.LOWER, Better.HIGHER
courses = st.lists(st.none() | st.integers(0, 40), max_size=12)


def met(intervals: tuple[Interval, ...]) -> list[tuple[int, int]]:
    return [(i.before_session, i.after_session) for i in intervals if i.outcome is Outcome.MET]


def test_every_pair_of_neighbours_is_answered_for() -> None:
    intervals = sudden_gains([30, 29, 31, 18], cut=7, better=LOWER)
    assert [(i.before_session, i.after_session) for i in intervals] == [(1, 2), (2, 3), (3, 4)]
    assert sudden_gains([], cut=7, better=LOWER) == ()
    assert sudden_gains([30], cut=7, better=LOWER) == ()


def test_the_first_and_the_last_pair_are_never_testable() -> None:
    intervals = sudden_gains([30, 29, 31, 18, 17, 19], cut=7, better=LOWER)
    assert [i.outcome for i in intervals] == [
        Outcome.NOT_TESTABLE,
        Outcome.NOT_MET,
        Outcome.MET,
        Outcome.NOT_MET,
        Outcome.NOT_TESTABLE,
    ]


def test_what_is_not_met_has_neither_magnitude_nor_reversal() -> None:
    for interval in sudden_gains([30, 29, 31, 18, 17, 19], cut=7, better=LOWER):
        if interval.outcome is not Outcome.MET:
            assert interval.magnitude is None
            assert interval.reversed_at is None


def test_windows_count_sessions_and_not_scores() -> None:
    # Before 3 -> 4: sessions 1 to 3 hold only 31. The 30s before them are out of reach.
    scores = [30, 30, None, None, 31, 18, 17, 19]
    assert sudden_gains(scores, cut=7, better=LOWER)[4].outcome is Outcome.NOT_TESTABLE


def test_a_gain_is_reversed_when_more_than_half_of_it_is_lost() -> None:
    # 31 -> 18 is 13, half is 6.5: 24 is not above 24.5, 25 is.
    kept = sudden_gains([30, 29, 31, 18, 17, 19, 24], cut=7, better=LOWER)[2]
    lost = sudden_gains([30, 29, 31, 18, 17, 19, 24, None, 25, 12], cut=7, better=LOWER)[2]
    assert (kept.magnitude, kept.reversed_at) == (13, None)
    assert (lost.magnitude, lost.reversed_at) == (13, 9)


def test_a_return_to_exactly_half_is_no_reversal() -> None:
    # 30 -> 20 is 10: 25 is exactly half.
    scores = [30, 30, 30, 20, 20, 20, 25, 25]
    assert sudden_gains(scores, cut=7, better=LOWER)[2].reversed_at is None


def test_the_session_after_the_gain_can_already_reverse_it() -> None:
    # Means 30 and (18 + 25 + 18) / 3 = 20.33; difference 9.67. SD 0 and 4.04, pooled 2.86,
    # times 2.776 is 7.93.
    assert sudden_gains([30, 30, 30, 18, 25, 18], cut=7, better=LOWER)[2].reversed_at == 5


def test_several_gains_are_all_reported() -> None:
    scores = [36, 36, 36, 26, 26, 26, 16, 16, 16]
    assert met(sudden_gains(scores, cut=7, better=LOWER)) == [(3, 4), (6, 7)]


def test_a_loss_is_a_rise_of_a_quarter_of_the_score_before_it() -> None:
    # 28 -> 35 is 7 and exactly 25 %; 29 -> 36 is 7 and 24.1 %.
    assert met(sudden_losses([28, 28, 28, 35, 35, 35], cut=7, better=LOWER)) == [(3, 4)]
    assert met(sudden_losses([29, 29, 29, 36, 36, 36], cut=7, better=LOWER)) == []


def test_a_loss_is_reversed_when_more_than_half_of_it_is_regained() -> None:
    # 18 -> 31 is 13; strictly below 24.5.
    loss = sudden_losses([18, 17, 18, 31, 30, 31, 25, 24], cut=7, better=LOWER)[2]
    assert (loss.outcome, loss.magnitude, loss.reversed_at) == (Outcome.MET, 13, 8)


def test_a_gain_is_no_loss() -> None:
    assert met(sudden_losses([30, 29, 31, 18, 17, 19], cut=7, better=LOWER)) == []


def test_the_t_test_form_asks_for_less() -> None:
    # Before 30, 22, 30: mean 27.33, SD 4.62. After 20, 16, 20: mean 18.67, SD 2.31. Difference
    # 8.67; pooled 3.65; times 2.776 is 10.14; times sqrt(2/3) is 8.28.
    scores = [30, 22, 30, 20, 16, 20]
    assert met(sudden_gains(scores, cut=7, better=LOWER)) == []
    assert met(sudden_gains(scores, cut=7, better=LOWER, criterion=Criterion.T_TEST)) == [(3, 4)]


def test_a_stricter_level_asks_for_more() -> None:
    # Before 40, 36, 40, after 26, 22, 26: means 38.67 and 24.67, SD 2.31 for
    # both; 14 against 2.776 * 2.31 = 6.41, and at .001 against 8.610 * 2.31 = 19.88.
    scores = [40, 36, 40, 26, 22, 26]
    assert met(sudden_gains(scores, cut=7, better=LOWER)) == [(3, 4)]
    assert met(sudden_gains(scores, cut=7, better=LOWER, alpha=0.001)) == []


def test_higher_better_scores_need_their_range() -> None:
    with pytest.raises(ValueError, match="needs its range"):
        sudden_gains([10, 11, 30], cut=5, better=HIGHER)


def test_tenths_that_reach_the_cut_meet_it() -> None:
    # 32.3 - 23.3 is 8.999999999999996 in binary.
    scores = [32.3, 32.3, 32.3, 23.3, 23.3, 23.3]
    assert met(sudden_gains(scores, cut=9, better=LOWER)) == [(3, 4)]


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"cut": 0}, "cut"), ({"cut": 7, "alpha": 0}, "level"), ({"cut": 7, "alpha": 1}, "level")],
)
def test_impossible_settings_are_refused(settings: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sudden_gains([1, 2], better=LOWER, **settings)


@given(courses)
def test_reflecting_the_scale_and_its_direction_changes_nothing(
    scores: list[int | None],
) -> None:
    turned = [None if score is None else 40 - score for score in scores]
    for judge in (sudden_gains, sudden_losses):
        plain = judge(scores, cut=7, better=LOWER)
        assert judge(turned, cut=7, better=HIGHER, low=0, high=40) == plain


@given(courses)
def test_a_pair_with_a_missing_score_is_never_judged(scores: list[int | None]) -> None:
    for interval in sudden_gains(scores, cut=7, better=LOWER):
        pair = scores[interval.before_session - 1], scores[interval.after_session - 1]
        if None in pair:
            assert interval.outcome is Outcome.NOT_TESTABLE


@given(courses)
def test_no_pair_is_a_gain_and_a_loss(scores: list[int | None]) -> None:
    gains = met(sudden_gains(scores, cut=7, better=LOWER))
    assert not set(gains) & set(met(sudden_losses(scores, cut=7, better=LOWER)))


def test_the_criteria_are_told_with_their_numbers() -> None:
    """Before 32, 31, 33, after 5, 6, 7: means 32 and 6, SD 1 and 1, t 2.776 with 4 degrees."""
    criteria = gain_criteria([32, 31, 33, 5, 6, 7], before_session=3, better=LOWER)
    assert criteria is not None
    assert (criteria.step, criteria.least_share, criteria.lasting) == (28, 8.25, 26)
    assert (criteria.before, criteria.after, criteria.pooled) == ((32, 31, 33), (5, 6, 7), 1)
    assert criteria.t == pytest.approx(2.776, abs=5e-4)
    assert criteria.margin == pytest.approx(2.776, abs=5e-4)
    assert criteria.met(28)
    assert not criteria.met(28.5)


def test_missing_scores_leave_fewer_degrees_of_freedom() -> None:
    """Before -, 31, 33, after 5, -, 7 at alpha .01: t 9.925 with 2 degrees of freedom."""
    scores = [None, 31, 33, 5, None, 7]
    criteria = gain_criteria(scores, before_session=3, better=LOWER, alpha=0.01)
    assert criteria is not None
    assert criteria.t == pytest.approx(9.925, abs=5e-4)
    assert criteria.pooled == pytest.approx(2**0.5)


def test_the_form_of_a_t_test_narrows_the_margin() -> None:
    """Three scores on either side: sqrt(1/3 + 1/3) = 0.8165; 2.7764 * 0.8165 = 2.267."""
    scores = [32, 31, 33, 5, 6, 7]
    criteria = gain_criteria(scores, before_session=3, better=LOWER, criterion=Criterion.T_TEST)
    assert criteria is not None
    assert criteria.margin == pytest.approx(2.267, abs=5e-4)


def test_a_pair_that_cannot_be_tested_has_no_criteria() -> None:
    assert gain_criteria([32, None, 33, 5], before_session=2, better=LOWER) is None
    assert loss_criteria([32, 33, 5], before_session=1, better=LOWER) is None


def test_the_criteria_of_a_loss_count_rises_and_reflection_swaps_the_two() -> None:
    """10 to 18 is a rise of 8; turned round in 0-40 it is a fall from 30 to 22."""
    loss = loss_criteria([10, 10, 18, 18], before_session=2, better=LOWER)
    gain = gain_criteria([10, 10, 18, 18], before_session=2, better=HIGHER, low=0, high=40)
    assert loss is not None
    assert gain is not None
    assert (loss.step, loss.least_share) == (8, 2.5)
    assert (gain.step, gain.least_share) == (8, 7.5)
