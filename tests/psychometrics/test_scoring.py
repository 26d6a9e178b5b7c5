"""Totals, rounding and reflection."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.psychometrics.scoring import (
    difference,
    percent_of_range,
    reflect,
    round_half_up,
    total,
)

PHQ_9 = tuple(range(1, 10))
PHQ_RANGES = dict.fromkeys(PHQ_9, (0.0, 3.0))


def phq_9(answers: dict[int, float]) -> float | None:
    return total(answers, items=PHQ_9, ranges=PHQ_RANGES, allowed_missing=2, never_imputed=(9,))


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (2.5, 3),
        (3.5, 4),
        (-2.5, -2),
        (-2.6, -3),
        (2.4999999999, 2),
        (0.49999999999999994, 0),
        (4503599627370497.0, 4503599627370497),
        (7, 7),
    ],
)
def test_a_half_is_rounded_up(x: float, expected: int) -> None:
    assert round_half_up(x) == expected
    assert isinstance(round_half_up(x), int)


def test_what_is_not_a_number_is_not_rounded() -> None:
    with pytest.raises(ValueError, match="NaN"):
        round_half_up(math.nan)


def test_a_difference_carries_no_binary_noise() -> None:
    assert difference(3.3, 8.3) == 5
    assert difference(8.3, 3.3) == -5


def test_reflection_turns_the_range_round() -> None:
    assert reflect(0, low=0, high=40) == 40
    assert reflect(24.9, low=0, high=40) == 15.1
    assert reflect(2, low=1, high=7) == 6


def test_a_score_outside_its_range_is_not_reflected() -> None:
    with pytest.raises(ValueError, match="41"):
        reflect(41, low=0, high=40)


@given(st.integers(-20, 60))
def test_reflecting_twice_changes_nothing(score: int) -> None:
    assert reflect(reflect(score, low=-20, high=60), low=-20, high=60) == score


def test_missing_items_take_the_mean_of_the_answered_ones() -> None:
    # Eight answers sum to 8: 8 * 9 / 8 = 9. Seven sum to 8: 8 * 9 / 7 = 10.2857, rounded 10.
    assert phq_9({1: 2, 2: 2, 3: 1, 4: 1, 5: 1, 6: 1, 7: 0, 9: 0}) == 9
    assert phq_9({1: 2, 2: 2, 3: 1, 4: 1, 5: 1, 6: 1, 9: 0}) == 10


def test_one_missing_item_too_many_gives_no_total() -> None:
    assert phq_9({1: 2, 2: 2, 3: 1, 4: 1, 5: 1, 9: 0}) is None


def test_a_missing_risk_item_gives_no_total() -> None:
    assert phq_9(dict.fromkeys(range(1, 9), 1.0)) is None


def test_an_imputed_half_is_rounded_up() -> None:
    # Eight answers sum to 4; 4 * 9 / 8 = 4.5.
    assert phq_9({1: 2, 2: 2, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0, 9: 0}) == 5


def test_rounding_can_be_left_to_the_instrument() -> None:
    answers = {1: 2.0, 2: 2.0, 3: 0.0, 4: 0.0, 5: 0.0, 6: 0.0, 7: 0.0, 9: 0.0}
    unrounded = total(answers, items=PHQ_9, ranges=PHQ_RANGES, allowed_missing=1, rounded=False)
    assert unrounded == 4.5


def test_no_answers_give_no_score_however_many_may_be_missing() -> None:
    assert total({}, items=(1, 2), ranges={1: (0, 3), 2: (0, 3)}, allowed_missing=2) is None


def test_reversed_items_are_turned_within_their_own_range() -> None:
    # 2 turned in 1-7 is 6; 0 turned in 0-4 is 4; 3 as it is: 13.
    ranges = {1: (1.0, 7.0), 2: (0.0, 4.0), 3: (0.0, 4.0)}
    assert total({1: 2, 2: 0, 3: 3}, items=(1, 2, 3), ranges=ranges, reversed_items=(1, 2)) == 13


def test_an_imputed_item_takes_the_mean_after_reversal() -> None:
    # 4 turned is 0, and 2: mean 1, three items: 3.
    ranges = dict.fromkeys((1, 2, 3), (0.0, 4.0))
    scored = total(
        {1: 4, 2: 2}, items=(1, 2, 3), ranges=ranges, reversed_items=(1,), allowed_missing=1
    )
    assert scored == 3


def test_a_mean_scale_is_the_unrounded_mean_of_the_answered_items() -> None:
    ranges = dict.fromkeys((3, 5, 7, 9), (1.0, 5.0))
    items = (3, 5, 7, 9)
    assert total({3: 4, 5: 4, 7: 5, 9: 4}, items=items, ranges=ranges, mean=True) == 4.25
    three = {3: 4.0, 5: 4.0, 7: 5.0}
    assert total(three, items=items, ranges=ranges, mean=True) is None
    partial = total(three, items=items, ranges=ranges, mean=True, allowed_missing=1)
    assert partial == pytest.approx(4.333333, abs=1e-6)


def test_tenths_are_summed_exactly() -> None:
    ranges = dict.fromkeys((1, 2, 3, 4), (0.0, 10.0))
    answers = {1: 0.1, 2: 0.2, 3: 0.3, 4: 8.1}
    assert total(answers, items=(1, 2, 3, 4), ranges=ranges) == 8.7


def test_answers_to_other_scales_are_left_out() -> None:
    assert total({1: 1, 2: 3}, items=(2,), ranges={2: (0, 3)}) == 3


def test_an_answer_outside_its_range_is_refused_by_item() -> None:
    with pytest.raises(ValueError, match="The answer 4 to item 2 is outside 0-3"):
        total({2: 4}, items=(2,), ranges={2: (0, 3)})


def test_a_scale_without_items_is_refused() -> None:
    with pytest.raises(ValueError, match="without items"):
        total({}, items=(), ranges={})


@given(st.dictionaries(st.sampled_from(PHQ_9), st.integers(0, 3)), st.randoms())
def test_the_order_of_answers_never_matters(answers: dict[int, int], random: object) -> None:
    shuffled = list(answers.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert phq_9(dict(shuffled)) == phq_9(dict(answers))


@given(st.dictionaries(st.sampled_from(PHQ_9), st.integers(1, 3)))
def test_a_missing_answer_never_counts_as_0(answers: dict[int, int]) -> None:
    scored = phq_9(dict(answers))
    assert scored is None or scored >= 9


@given(st.lists(st.integers(0, 4), min_size=5, max_size=5))
def test_reversing_every_item_reflects_the_total(values: list[int]) -> None:
    items = (1, 2, 3, 4, 5)
    ranges = dict.fromkeys(items, (0.0, 4.0))
    answers = dict(zip(items, values, strict=True))
    plain = total(answers, items=items, ranges=ranges)
    turned = total(answers, items=items, ranges=ranges, reversed_items=items)
    assert plain is not None
    assert turned == 20 - plain


def test_a_difference_is_told_in_per_cent_of_the_range() -> None:
    """70 - 49 = 21 points of 84 - 12 = 72 are 29.1667 %."""
    assert percent_of_range(21, low=12, high=84) == pytest.approx(29.1667, abs=5e-5)
    assert percent_of_range(-40, low=0, high=40) == -100
    with pytest.raises(ValueError, match="no range from 5 to 5"):
        percent_of_range(1, low=5, high=5)
