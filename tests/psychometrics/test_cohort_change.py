"""Indices of change for cohorts, worked by hand on one pair of scores: 30, then 18.

The cohort: before, mean 25 and SD 10; after, mean 20 and SD 8; reliability .84 before.
"""

import math
from typing import Any

import pytest

from service.psychometrics import cohort_change as cohort

BEFORE: dict[str, Any] = {"mean_before": 25, "sd_before": 10, "reliability": 0.84}


def test_the_later_score_is_compared_with_the_predicted_one() -> None:
    """Predicted .84 * 5 + 25 = 29.2; error 10 * sqrt(1 - .7056) = 5.425864; -11.2 / 5.425864."""
    assert cohort.gulliksen_lord_novick(30, 18, **BEFORE) == pytest.approx(-2.064188, abs=1e-6)


def test_the_cohort_s_own_change_may_be_taken_off() -> None:
    """(18 - 20) - .84 * 5 = -6.2; -6.2 / 5.425864."""
    found = cohort.hsu_linn_lindley(30, 18, mean_after=20, **BEFORE)
    assert found == pytest.approx(-1.142675, abs=1e-6)


def test_the_true_score_before_may_be_estimated() -> None:
    """Standard error of measurement 10 * sqrt(.16) = 4; -11.2 / 4."""
    assert cohort.edwards_nunnally(30, 18, **BEFORE) == pytest.approx(-2.8)


def test_both_occasions_may_have_an_error_of_their_own() -> None:
    """100 * .7056 * .16 = 11.2896 and 64 * .25 = 16; -11.2 / sqrt(27.2896) = -11.2 / 5.223945."""
    found = cohort.nunnally_kotsch(
        30, 18, mean_before=25, sd_before=10, sd_after=8,
        reliability_before=0.84, reliability_after=0.75,
    )  # fmt: skip
    assert found == pytest.approx(-2.143974, abs=1e-6)


def arrindell(**changes: Any) -> float | None:
    given = {**BEFORE, "mean_after": 20, "sd_after": 8, "correlation": 0.5, **changes}
    return cohort.hageman_arrindell(30, 18, **given)


def test_the_true_change_may_be_estimated() -> None:
    """The differences: variance 100 + 64 - 80 = 84, of it 84 + 48 - 80 = 52 true, R = 52 / 84.

    -12 * 52/84 - 5 * 32/84 = -9.333333; sqrt(52/84) * sqrt(2) * 4 = 4.450789.
    """
    assert arrindell() == pytest.approx(-2.097006, abs=1e-5)


def test_differences_that_hold_no_more_than_error_say_nothing() -> None:
    """With a correlation of .9 their variance is 100 + 64 - 144 = 20, and error alone makes 32."""
    assert arrindell(correlation=0.9) is None


def test_an_average_patient_of_the_cohort_did_not_change_beyond_prediction() -> None:
    assert cohort.gulliksen_lord_novick(25, 25, **BEFORE) == 0
    assert cohort.hsu_linn_lindley(25, 20, mean_after=20, **BEFORE) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"sd_before": 0.0},
        {"sd_before": math.nan},
        {"reliability": 1.0},
        {"reliability": 1.2},
        {"sd_after": 0.0},
        {"correlation": -1.1},
    ],
)
def test_impossible_figures_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"SD|reliability|correlation"):
        arrindell(**wrong)


def test_no_error_leaves_nothing_to_compare_with() -> None:
    perfect = BEFORE | {"reliability": 1.0}
    for index in (cohort.gulliksen_lord_novick, cohort.edwards_nunnally):
        with pytest.raises(ValueError, match="reliability of 1"):
            index(30, 18, **perfect)
