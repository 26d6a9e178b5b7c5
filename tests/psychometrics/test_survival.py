"""Kaplan and Meier's curve on the remission times of Freireich et al. (1963), Blood 21, 699-716.

Weeks of remission under 6-mercaptopurine and under placebo; the curve of the first is printed in
most textbooks, such as Collett, Modelling Survival Data in Medical Research.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.psychometrics.survival import kaplan_meier, median_time

TREATED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
LEFT = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
PRINTED = (
    (6, 21, 3, 0.857), (7, 17, 1, 0.807), (10, 15, 1, 0.753), (13, 12, 1, 0.690),
    (16, 11, 1, 0.627), (22, 7, 1, 0.538), (23, 6, 1, 0.448),
)  # fmt: skip


def test_the_printed_curve_is_found() -> None:
    times = (*TREATED, *LEFT)
    curve = kaplan_meier(times, [*(True for _ in TREATED), *(False for _ in LEFT)])
    assert [(s.time, s.at_risk, s.events, round(s.survival, 3)) for s in curve] == list(PRINTED)
    assert median_time(curve) == 23


def test_without_anyone_leaving_it_is_the_share_that_remains() -> None:
    curve = kaplan_meier(PLACEBO, [True] * 21)
    assert (curve[0].time, curve[0].survival) == (1, pytest.approx(19 / 21))
    assert curve[-1].survival == 0
    assert median_time(curve) == 8


def test_a_median_beyond_what_was_watched_is_not_known() -> None:
    assert median_time(kaplan_meier((3, 8, 8, 8), (True, False, False, False))) is None
    assert kaplan_meier((), ()) == ()
    assert kaplan_meier((4, 5), (False, False)) == ()
    assert median_time(()) is None


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=40))
def test_the_order_never_matters_and_the_curve_never_rises(
    watched: list[tuple[int, bool]],
) -> None:
    curve = kaplan_meier([t for t, _ in watched], [e for _, e in watched])
    turned = watched[::-1]
    assert kaplan_meier([t for t, _ in turned], [e for _, e in turned]) == curve
    shares = [1.0, *(step.survival for step in curve)]
    assert shares == sorted(shares, reverse=True)
    assert sum(step.events for step in curve) == sum(event for _, event in watched)


@pytest.mark.parametrize(
    ("times", "happened"), [((1, 2), (True,)), ((-1.0,), (True,)), ((float("nan"),), (True,))]
)
def test_what_is_no_time_is_refused(times: tuple[float, ...], happened: tuple[bool, ...]) -> None:
    with pytest.raises(ValueError, match="time"):
        kaplan_meier(times, happened)
