"""Strain and return: hand-worked courses and properties.

Alliance scores from 1 to 5, higher better, session-to-session SD 0.4 unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.psychometrics.scoring import Better
from service.psychometrics.strain import Level, Return, Strain, falls, strains

HIGHER, LOWER = Better.HIGHER, Better.LOWER
# Quarters are exact in binary, so that reflection is exact too.
quarters = st.integers(4, 20).map(lambda n: n / 4)
courses = st.lists(st.none() | quarters, max_size=16)


def raised(scores: Sequence[float | None]) -> tuple[Strain, ...]:
    return strains(scores, session_sd=0.4, better=HIGHER)


def test_a_fall_is_compared_with_the_persons_own_scores() -> None:
    # k = 4, mean 4; d = 0, 0, 0, so nu = 2 and df = 8.
    # s^2 = (6 * .16 + 0) / 8 = .12, s = .34641.
    # t = 1.2 / (.34641 * sqrt(1.25)) = 1.2 / .387298 = 3.09839; P(T8 > 3.09839) = .00735.
    (fall,) = falls([4, 4, 4, 4, 2.8], session_sd=0.4, better=HIGHER)[-1:]
    assert (fall.session, fall.score, fall.reference, fall.reference_count) == (5, 2.8, 4, 4)
    assert fall.s == pytest.approx(0.34641, abs=1e-5)
    assert fall.df == 8
    assert fall.t == pytest.approx(3.09839, abs=1e-5)
    assert fall.p == pytest.approx(0.00735, abs=1e-5)
    assert fall.level is Level.POSSIBLE


def test_own_ups_and_downs_widen_the_yardstick() -> None:
    # d = -.5, 1, -.5: sum of squares 1.5; 2/3 * 1.5 / 2 = .5; s^2 = (.96 + .5) / 8 = .1825.
    # s = .42720; t = 1.5 / (.42720 * 1.118034) = 3.14054.
    fall = falls([4, 3.5, 4.5, 4, 2.5], session_sd=0.4, better=HIGHER)[-1]
    assert fall.s == pytest.approx(0.42720, abs=1e-5)
    assert fall.t == pytest.approx(3.14054, abs=1e-5)
    assert fall.level is Level.POSSIBLE


def test_a_larger_fall_is_marked() -> None:
    # t = 1.6 / .387298 = 4.13118; P(T8 > 4.13118) = .00165.
    (strain,) = raised([4, 4, 4, 4, 2.4])
    assert strain.level is Level.MARKED
    assert strain.fall.p == pytest.approx(0.00165, abs=1e-5)


def test_three_earlier_scores_are_enough() -> None:
    # k = 3; d = 0, 0: nu = 4/3, df = 7.33 rounded 7; s^2 = .96 / 7.3333 = .130909, s = .361814.
    # 2.7: t = 1.3 / (.361814 * 1.154701) = 3.11164, p = .00852. 2.8: t = 2.87228, p = .01196.
    (strain,) = raised([4, 4, 4, 2.7])
    assert strain.fall.df == 7
    assert strain.fall.t == pytest.approx(3.11164, abs=1e-5)
    assert strain.fall.p == pytest.approx(0.00852, abs=1e-5)
    assert raised([4, 4, 4, 2.8]) == ()


def test_nothing_can_be_seen_in_the_first_three_sessions() -> None:
    assert falls([5, 5, 1], session_sd=0.4, better=HIGHER) == ()
    assert falls([5, None, 5, None, 1], session_sd=0.4, better=HIGHER) == ()


def test_the_reference_is_the_last_five_scores() -> None:
    fall = falls([1, 3, 4, 4, None, 4, 5, 4], session_sd=0.4, better=HIGHER)[-1]
    assert (fall.session, fall.reference, fall.reference_count) == (8, 4, 5)


def test_no_difference_bridges_a_missed_session() -> None:
    # Differences 1-2 and 4-5 only: nu = 4/3, df 7, s = .361814 as above, but k = 4.
    # t = 1.2 / (.361814 * 1.118034) = 2.96648, p = .01046: not raised, though it is without a gap.
    fall = falls([4, 4, None, 4, 4, 2.8], session_sd=0.4, better=HIGHER)[-1]
    assert (fall.session, fall.df) == (6, 7)
    assert fall.t == pytest.approx(2.96648, abs=1e-5)
    assert fall.level is None
    # A jump across the gap does not widen the yardstick either.
    jumped = falls([4, 4, None, 5, 5, 3], session_sd=0.4, better=HIGHER)[-1]
    assert jumped.s == fall.s


def test_all_earlier_differences_count_and_not_only_those_of_the_reference() -> None:
    # d = 1, then six zeros before session 9: 2/3 * 1 / 2 = 1/3, nu = 14/3.
    # s^2 = (.96 + .33333) / 10.66667 = .12125, s = .348210; df 10.67 rounded 11.
    fall = falls([3, 4, 4, 4, 4, 4, 4, 4, 4], session_sd=0.4, better=HIGHER)[-1]
    assert fall.s == pytest.approx(0.348210, abs=1e-6)
    assert fall.df == 11


def test_a_score_one_s_below_the_reference_has_returned() -> None:
    # Bound 4 - .34641 = 3.65359.
    (strain,) = raised([4, 4, 4, 4, 2.8, 3.6, 3.7])
    assert strain.return_bound == pytest.approx(3.65359, abs=1e-5)
    assert (strain.outcome, strain.returned_at) == (Return.RETURNED, 7)


def test_the_bound_is_met_when_reached() -> None:
    # 28 equal scores have 27 differences: nu = 18, s^2 = .96 / 24 = .04, s = .2, bound 3.8.
    (strain,) = raised([4.0] * 28 + [2.8, 3.8])
    assert strain.fall.s == pytest.approx(0.2, abs=1e-12)
    assert (strain.outcome, strain.returned_at) == (Return.RETURNED, 30)


def test_return_has_five_sessions_missed_ones_included() -> None:
    fifth = raised([4, 4, 4, 4, 2.8, 3, None, 3, 3, 4])
    assert [(s.outcome, s.returned_at) for s in fifth] == [(Return.RETURNED, 10)]
    sixth = raised([4, 4, 4, 4, 2.8, 3, None, 3, 3, 3, 4])
    assert [(s.outcome, s.returned_at) for s in sixth] == [(Return.NOT_YET_RETURNED, None)]


def test_without_a_later_score_nothing_is_said_of_return() -> None:
    assert [s.outcome for s in raised([4, 4, 4, 4, 2.8])] == [Return.NO_LATER_SCORE]
    assert [s.outcome for s in raised([4, 4, 4, 4, 2.8, None])] == [Return.NO_LATER_SCORE]
    assert [s.outcome for s in raised([4, 4, 4, 4, 2.8, 3])] == [Return.NOT_YET_RETURNED]


def test_scores_that_come_only_after_five_sessions_are_not_a_return() -> None:
    (strain,) = raised([4, 4, 4, 4, 2.8, None, None, None, None, None, 4])
    assert strain.outcome is Return.NOT_YET_RETURNED


def test_no_new_strain_is_raised_before_return() -> None:
    # Session 6 falls further; session 10 is the fifth after the first and still closed.
    assert [s.fall.session for s in raised([4, 4, 4, 4, 2.5, 1])] == [5]
    closed = [4, 4, 4, 4, 2.5, 2.5, 2.5, 2.5, 2.5, 1.0]
    assert [s.fall.session for s in raised(closed)] == [5]


def test_after_five_sessions_a_new_strain_can_be_raised() -> None:
    # Session 11: mean of 6 to 10 is 2.5; d = 0 (eight times) and -1.5: 2/3 * 2.25 / 2 = .75.
    # s^2 = (.96 + .75) / 12 = .1425; t = 1.5 / (.377492 * 1.095445) = 3.62738; df 12, p = .00173.
    scores = [4, 4, 4, 4, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 1.0]
    first, second = raised(scores)
    assert (first.fall.session, first.outcome) == (5, Return.NOT_YET_RETURNED)
    assert (second.fall.session, second.level) == (11, Level.MARKED)
    assert second.fall.p == pytest.approx(0.00173, abs=1e-5)


def test_after_return_a_new_strain_can_be_raised() -> None:
    scores = [4, 4, 4, 4, 2.8, 4, 4, 4, 4, 4, 4, 4, 2]
    assert [s.fall.session for s in raised(scores)] == [5, 13]


def test_flagged_scores_stay_in_the_reference() -> None:
    fall = falls([4, 4, 4, 4, 2, 4], session_sd=0.4, better=HIGHER)[-1]
    assert fall.reference == pytest.approx(3.6)


def test_a_rise_is_no_strain() -> None:
    assert raised([2, 2, 2, 2, 5]) == ()
    assert falls([2, 2, 2, 2, 5], session_sd=0.4, better=HIGHER)[-1].p > 0.99


@pytest.mark.parametrize("session_sd", [0, -0.4, float("nan"), float("inf")])
def test_an_impossible_session_sd_is_refused(session_sd: float) -> None:
    with pytest.raises(ValueError, match="session-to-session SD"):
        falls([4, 4, 4, 4], session_sd=session_sd, better=HIGHER)


@given(courses)
def test_reflecting_the_scale_and_its_direction_changes_nothing(
    scores: list[float | None],
) -> None:
    turned = [None if score is None else 6 - score for score in scores]
    plain = raised(scores)
    mirrored = strains(turned, session_sd=0.4, better=LOWER)
    assert [(s.fall.session, s.level, s.outcome, s.returned_at) for s in mirrored] == [
        (s.fall.session, s.level, s.outcome, s.returned_at) for s in plain
    ]
    assert [s.return_bound for s in mirrored] == pytest.approx([6 - s.return_bound for s in plain])


@given(st.lists(quarters, min_size=4, max_size=12), quarters)
def test_a_worse_latest_score_never_removes_its_strain(scores: list[float], drop: float) -> None:
    seen = [s.fall.session for s in raised(list(scores))]
    worse = [s.fall.session for s in raised([*scores[:-1], scores[-1] - drop])]
    assert len(scores) not in seen or len(scores) in worse


@given(courses, quarters)
def test_later_scores_never_change_an_earlier_comparison(
    scores: list[float | None], later: float
) -> None:
    before = falls(scores, session_sd=0.4, better=HIGHER)
    after = falls([*scores, later], session_sd=0.4, better=HIGHER)
    assert after[: len(before)] == before
    kept = [s.fall for s in raised([*scores, later])][: len(raised(scores))]
    assert kept == [s.fall for s in raised(scores)]


@given(st.lists(st.sampled_from([None, 4.0]), max_size=20))
def test_a_missing_score_never_counts_as_0(scores: list[float | None]) -> None:
    assert raised(scores) == ()
    assert all(fall.reference == 4 for fall in falls(scores, session_sd=0.4, better=HIGHER))


@given(courses)
def test_strains_are_apart(scores: list[float | None]) -> None:
    found = raised(scores)
    for earlier, later in pairwise(found):
        assert later.fall.session > (earlier.returned_at or earlier.fall.session + 5)
