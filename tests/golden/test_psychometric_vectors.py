"""Worked examples of change, cut-offs and sudden gains, as literals."""

from __future__ import annotations

import pytest

from service.psychometrics.clinical_significance import (
    Status,
    cutoff_a,
    cutoff_b,
    cutoff_c,
    started_below_cut,
    status,
)
from service.psychometrics.distributions import t_quantile
from service.psychometrics.reliable_change import (
    Change,
    change_points,
    classify,
    difference_sd,
    reliable_change_index,
    standard_error_of_measurement,
)
from service.psychometrics.scoring import Better, total
from service.psychometrics.sudden_gains import Outcome, sudden_gains, sudden_losses

LOWER, HIGHER = Better.LOWER, Better.HIGHER

# Cohort of V6: r .85, sample M 15.666667, s 5.399214; functional M 6, s 4.
BEFORE = (18, 22, 15, 11, 9, 25, 14, 20, 12, 16, 7, 19)
AFTER = (8, 10, 12, 5, 14, 24, 16, 9, 12, 4, 15, 21)
COHORT_SD = 5.399214


def test_v1_jacobson_and_truax_example() -> None:
    assert standard_error_of_measurement(sd=7.5, reliability=0.80) == pytest.approx(
        3.3541, abs=5e-5
    )
    assert difference_sd(sd=7.5, reliability=0.80) == pytest.approx(4.7434, abs=5e-5)
    assert reliable_change_index(32.5, 47.5, sd=7.5, reliability=0.80) == pytest.approx(
        3.1623, abs=5e-5
    )
    assert change_points(sd=7.5, reliability=0.80) == pytest.approx(9.2971, abs=5e-5)


def test_v1_cutoffs_where_higher_is_better() -> None:
    assert cutoff_a(clinical_mean=40, clinical_sd=7.5, better=HIGHER) == 55
    assert cutoff_b(functional_mean=60, functional_sd=7.5, better=HIGHER) == 45
    assert cutoff_c(clinical_mean=40, clinical_sd=7.5, functional_mean=60, functional_sd=7.5) == 50


def test_v2_a_highly_reliable_scale() -> None:
    figures = {"sd": 10.5, "reliability": 0.961}
    assert standard_error_of_measurement(**figures) == pytest.approx(2.073584, abs=5e-7)
    assert difference_sd(**figures) == pytest.approx(2.93249, abs=5e-6)
    assert change_points(**figures) == pytest.approx(5.747681, abs=5e-7)


@pytest.mark.parametrize(
    ("change", "expected"),
    [(-8, -2.529822), (-4, -1.264911), (0, 0), (4, 1.264911), (8, 2.529822)],
)
def test_v3_the_sign_of_the_index_is_that_of_the_change(change: int, expected: float) -> None:
    index = reliable_change_index(20, 20 + change, sd=5, reliability=0.80)
    assert index == pytest.approx(expected, abs=5e-7)


def test_v4_a_step_between_two_full_windows_is_a_gain() -> None:
    assert t_quantile(0.975, df=4) == pytest.approx(2.776, abs=5e-4)
    assert t_quantile(0.975, df=3) == pytest.approx(3.182, abs=5e-4)
    assert t_quantile(0.975, df=2) == pytest.approx(4.303, abs=5e-4)
    interval = sudden_gains([32, 31, 33, 5, 6, 7], cut=7, better=LOWER)[2]
    assert (interval.outcome, interval.magnitude) == (Outcome.MET, 28)


def test_v4_missing_scores_inside_the_windows_cost_degrees_of_freedom() -> None:
    # Means 32 and 6, SD sqrt(2) both: 26 against 9.925 * 1.4142 = 14.04.
    assert t_quantile(0.995, df=2) == pytest.approx(9.925, abs=5e-4)
    interval = sudden_gains([None, 31, 33, 5, None, 7], cut=7, better=LOWER, alpha=0.01)[2]
    assert (interval.outcome, interval.magnitude) == (Outcome.MET, 28)


def test_v5_phq_9_total() -> None:
    answers = dict(enumerate((2, 2, 2, 2, 1, 1, 2, 0, 0), start=1))
    ranges = dict.fromkeys(range(1, 10), (0.0, 3.0))
    assert total(answers, items=range(1, 10), ranges=ranges) == 12


def test_v5_core_10_with_two_answers_has_no_score() -> None:
    scored = total(
        {1: 2, 6: 1},
        items=range(1, 11),
        ranges=dict.fromkeys(range(1, 11), (0.0, 4.0)),
        reversed_items=(2, 3),
        allowed_missing=1,
        never_imputed=(6,),
    )
    assert scored is None


def test_v5_wsas_without_its_first_item_is_32_of_32() -> None:
    answers = dict.fromkeys((2, 3, 4, 5), 8.0)
    ranges = dict.fromkeys((2, 3, 4, 5), (0.0, 8.0))
    assert total(answers, items=(2, 3, 4, 5), ranges=ranges) == 32


def test_v6_cutoffs_of_a_cohort() -> None:
    assert cutoff_a(clinical_mean=15.666667, clinical_sd=COHORT_SD, better=LOWER) == pytest.approx(
        4.868238, abs=2e-6
    )
    assert cutoff_b(functional_mean=6, functional_sd=4, better=LOWER) == 14.0
    assert cutoff_c(
        clinical_mean=15.666667, clinical_sd=COHORT_SD, functional_mean=6, functional_sd=4
    ) == pytest.approx(10.113819, abs=1e-6)


def test_v6_reliable_change_of_a_cohort() -> None:
    expected = (
        *(-3.3815, -4.0578, -1.0144, -2.0289, 1.6907, -0.3381),
        *(0.6763, -3.7196, 0, -4.0578, 2.7052, 0.6763),
    )
    found = [
        reliable_change_index(before, after, sd=COHORT_SD, reliability=0.85)
        for before, after in zip(BEFORE, AFTER, strict=True)
    ]
    assert found == pytest.approx(expected, abs=5e-5)


def cohort_statuses(cutoff: float) -> dict[int, Status]:
    return {
        case: status(
            before,
            after,
            cutoff=cutoff,
            better=LOWER,
            change=classify(before, after, better=LOWER, sd=COHORT_SD, reliability=0.85),
        )
        for case, (before, after) in enumerate(zip(BEFORE, AFTER, strict=True), start=1)
    }


def test_v6_statuses_of_a_cohort_by_cutoff_c() -> None:
    found = cohort_statuses(10.113819)
    assert [case for case, s in found.items() if s is Status.RECOVERED] == [1, 2, 4, 8, 10]
    worse = Status.RELIABLY_WORSE_NOW_IN_CLINICAL_RANGE
    assert [case for case, s in found.items() if s is worse] == [11]
    rest = {found[case] for case in (3, 5, 6, 7, 9, 12)}
    assert rest == {Status.NO_RELIABLE_CHANGE}


def test_v6_cases_that_started_below_cutoff_b_never_recover() -> None:
    below = [
        case
        for case, before in enumerate(BEFORE, start=1)
        if started_below_cut(before, cutoff=14.0, better=LOWER)
    ]
    assert below == [4, 5, 9, 11]
    found = cohort_statuses(14.0)
    assert Status.RECOVERED not in {found[case] for case in below}
    assert found[4] is Status.RELIABLY_IMPROVED
    assert classify(11, 5, better=LOWER, sd=COHORT_SD, reliability=0.85) is Change.IMPROVED


@pytest.mark.parametrize(
    ("scores", "gains", "magnitudes"),
    [
        pytest.param((30, 29, 31, 18, 17, 19, 16, 15, 14, 15), [3], [13], id="A"),
        pytest.param((30, 28, 15, 16, 14, 15, 15, 14, 15, 14), [2], [13], id="B"),
        pytest.param((24, 25, 24, 17, 17, 16, 17, 16, 17, 16), [3], [7], id="C exactly the cut"),
        pytest.param((28, 28, 28, 21, 21, 21, 21, 21, 21, 21), [3], [7], id="D exactly 25 %"),
        pytest.param((40, 40, 40, 32, 32, 32, 32, 32, 32, 32), [], [], id="E 20 %"),
        pytest.param((36, 20, 34, 22, 35, 18, 33, 21, 20, 19), [], [], id="F criterion 3"),
        pytest.param((30, None, 31, 18, 17, 19, 16, 15, 14, 15), [3], [13], id="G a gap before"),
        pytest.param((30, 29, None, 18, 17, 19, 16, 15, 14, 15), [], [], id="J a gap at the step"),
    ],
)
def test_v7_sudden_gains(
    scores: tuple[float | None, ...], gains: list[int], magnitudes: list[float]
) -> None:
    met = [i for i in sudden_gains(scores, cut=7, better=LOWER) if i.outcome is Outcome.MET]
    assert [i.before_session for i in met] == gains
    assert [i.magnitude for i in met] == magnitudes
    assert [i.reversed_at for i in met] == [None] * len(gains)


def test_v7_steps_at_a_gap_are_not_testable() -> None:
    g = sudden_gains((30, None, 31, 18, 17, 19, 16, 15, 14, 15), cut=7, better=LOWER)
    assert g[1].outcome is Outcome.NOT_TESTABLE
    j = sudden_gains((30, 29, None, 18, 17, 19, 16, 15, 14, 15), cut=7, better=LOWER)
    assert [j[1].outcome, j[2].outcome] == [Outcome.NOT_TESTABLE] * 2


def test_v8_a_rise_of_a_fifth_is_no_sudden_loss() -> None:
    scores = (40, 41, 40, 48, 49, 48, 49, 48, 49, 48)
    found = sudden_losses(scores, cut=7, better=LOWER)
    assert found[2].outcome is Outcome.NOT_MET
    assert Outcome.MET not in {interval.outcome for interval in found}
