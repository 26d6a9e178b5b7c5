"""Reliable change of one person: thresholds, direction, confirmation, crossings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.psychometrics.reliable_change import (
    Change,
    Crossing,
    change_points,
    classify,
    confirmed,
    difference_sd,
    earlier_crossings,
    reliable_change_index,
    standard_error_of_measurement,
)
from service.psychometrics.scoring import Better

LOWER, HIGHER = Better.LOWER, Better.HIGHER
phq_scores = st.integers(0, 27)
phq_courses = st.lists(st.none() | phq_scores, max_size=12)


def test_a_published_threshold_is_met_when_reached() -> None:
    assert classify(15, 9, better=LOWER, published=6) is Change.IMPROVED
    assert classify(9, 15, better=LOWER, published=6) is Change.WORSE
    assert classify(15, 10, better=LOWER, published=6) is Change.NONE


def test_a_published_threshold_is_met_by_tenths_that_reach_it() -> None:
    # 32.3 - 27.3 is 4.999999999999996 in binary.
    assert classify(27.3, 32.3, better=HIGHER, published=5) is Change.IMPROVED
    assert classify(27.3, 32.2, better=HIGHER, published=5) is Change.NONE


def test_a_published_threshold_takes_precedence_over_sd_and_reliability() -> None:
    # PHQ-9: 1.96 * 3.52 * sqrt(2) * sqrt(.16) = 3.90, published 6.
    figures = {"sd": 3.52, "reliability": 0.84}
    assert classify(15, 10, better=LOWER, **figures) is Change.IMPROVED
    assert classify(15, 10, better=LOWER, **figures, published=6) is Change.NONE


def test_a_computed_index_has_to_exceed_its_critical_value() -> None:
    # sd 5, r .5: S_diff = 5 * sqrt(2) * sqrt(.5) = 5, so 9.8 points are exactly 1.96.
    assert classify(0, 9.8, better=LOWER, sd=5, reliability=0.5) is Change.NONE
    assert classify(0, 9.81, better=LOWER, sd=5, reliability=0.5) is Change.WORSE


def test_improvement_is_read_with_the_direction_of_the_scale() -> None:
    assert classify(20, 30, better=HIGHER, published=5) is Change.IMPROVED
    assert classify(20, 30, better=LOWER, published=5) is Change.WORSE


def test_without_any_reference_nothing_is_classified() -> None:
    with pytest.raises(ValueError, match="needs a published value"):
        classify(1, 9, better=LOWER)
    with pytest.raises(ValueError, match="needs a published value"):
        classify(1, 9, better=LOWER, sd=3)


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ({"sd": 0, "reliability": 0.8}, "SD of a scale"),
        ({"sd": -1, "reliability": 0.8}, "SD of a scale"),
        ({"sd": float("nan"), "reliability": 0.8}, "SD of a scale"),
        ({"sd": 5, "reliability": 1.1}, "reliability lies from 0 to 1"),
        ({"sd": 5, "reliability": -0.1}, "reliability lies from 0 to 1"),
        ({"sd": 5, "reliability": 1}, "leaves no error"),
        ({"published": 0}, "above 0"),
    ],
)
def test_impossible_figures_are_refused(figures: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        classify(1, 9, better=LOWER, **figures)


def test_a_perfectly_reliable_scale_has_no_error() -> None:
    assert standard_error_of_measurement(sd=5, reliability=1) == 0
    assert difference_sd(sd=5, reliability=1) == 0
    assert change_points(sd=5, reliability=1) == 0


def test_two_agreeing_scores_confirm_a_change() -> None:
    # First 16, mean of the first two 15.5; 9 and 8 are 7 and 8 below the first, 6.5 and 7.5 below
    # the mean: all at least 6.
    assert confirmed([16, 15, 9, 8], better=LOWER, published=6) is Change.IMPROVED
    assert confirmed([9, 9, 16, 15], better=LOWER, published=6) is Change.WORSE


def test_one_score_alone_confirms_nothing() -> None:
    assert confirmed([16, 15, 14, 8], better=LOWER, published=6) is Change.NONE
    assert confirmed([16, 15, 8, 14], better=LOWER, published=6) is Change.NONE


def test_an_unusual_first_score_confirms_nothing() -> None:
    # 4 is 6 below the first score, but only 4 below the mean of the first two, which is 8.
    assert confirmed([10, 6, 4, 4], better=LOWER, published=6) is Change.NONE


def test_changes_in_opposite_directions_confirm_nothing() -> None:
    assert confirmed([14, 14, 7, 21], better=LOWER, published=6) is Change.NONE


def test_fewer_than_three_scores_confirm_nothing() -> None:
    assert confirmed([], better=LOWER, published=6) is Change.NONE
    assert confirmed([20, None], better=LOWER, published=6) is Change.NONE
    assert confirmed([20, 5], better=LOWER, published=6) is Change.NONE


def test_earlier_crossings_are_listed_by_session() -> None:
    # From 15: 22 is 7 worse (session 3), 21 is the same run, 15 none, 8 is 7 better (session 7);
    # the latest, 14, is the status and not listed.
    scores = [15, None, 22, 21, 15, None, 8, 14]
    assert earlier_crossings(scores, better=LOWER, published=6) == (
        Crossing(session=3, change=Change.WORSE),
        Crossing(session=7, change=Change.IMPROVED),
    )


def test_a_turn_from_worse_to_better_is_two_crossings() -> None:
    assert earlier_crossings([15, 22, 8, 8], better=LOWER, published=6) == (
        Crossing(session=2, change=Change.WORSE),
        Crossing(session=3, change=Change.IMPROVED),
    )


def test_the_latest_score_is_no_earlier_crossing() -> None:
    assert earlier_crossings([15, 22], better=LOWER, published=6) == ()
    assert earlier_crossings([], better=LOWER, published=6) == ()


@given(phq_scores, phq_scores)
def test_reflecting_the_scale_and_its_direction_changes_nothing(before: int, after: int) -> None:
    plain = classify(before, after, better=LOWER, published=6)
    assert classify(27 - before, 27 - after, better=HIGHER, published=6) is plain
    computed = classify(before, after, better=LOWER, sd=5, reliability=0.8)
    turned = classify(27 - before, 27 - after, better=HIGHER, sd=5, reliability=0.8)
    assert turned is computed


@given(phq_courses)
def test_reflection_changes_neither_confirmation_nor_crossings(
    scores: list[int | None],
) -> None:
    turned = [None if score is None else 27 - score for score in scores]
    assert confirmed(scores, better=LOWER, published=6) is confirmed(
        turned, better=HIGHER, published=6
    )
    assert earlier_crossings(scores, better=LOWER, published=6) == earlier_crossings(
        turned, better=HIGHER, published=6
    )


@given(phq_scores, phq_scores, phq_scores)
def test_a_worse_latest_score_never_removes_a_worsening(first: int, latest: int, rise: int) -> None:
    if classify(first, latest, better=LOWER, published=6) is Change.WORSE:
        assert classify(first, latest + rise, better=LOWER, published=6) is Change.WORSE


@given(st.lists(phq_scores, min_size=3, max_size=8), phq_scores)
def test_a_worse_latest_score_never_removes_a_confirmed_worsening(
    scores: list[int], rise: int
) -> None:
    if confirmed(scores, better=LOWER, published=6) is Change.WORSE:
        longer = [*scores, scores[-1] + rise]
        assert confirmed(longer, better=LOWER, published=6) is Change.WORSE


@given(phq_courses, st.integers(0, 12))
def test_a_session_without_a_score_changes_no_confirmation(
    scores: list[int | None], place: int
) -> None:
    gapped = [*scores[:place], None, *scores[place:]]
    assert confirmed(gapped, better=LOWER, published=6) is confirmed(
        scores, better=LOWER, published=6
    )


@given(phq_scores, phq_scores)
def test_swapping_the_scores_changes_only_the_sign_of_the_index(before: int, after: int) -> None:
    forth = reliable_change_index(before, after, sd=5, reliability=0.8)
    back = reliable_change_index(after, before, sd=5, reliability=0.8)
    assert forth == -back
