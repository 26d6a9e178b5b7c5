"""Cut-offs, sides of a cut-off, and the status they give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.psychometrics.clinical_significance import (
    Status,
    cutoff_a,
    cutoff_b,
    cutoff_c,
    in_clinical_range,
    started_below_cut,
    status,
)
from service.psychometrics.reliable_change import Change
from service.psychometrics.scoring import Better

LOWER, HIGHER = Better.LOWER, Better.HIGHER


def test_cutoffs_lie_two_sds_towards_the_other_population() -> None:
    # Clinical 18 (5), functional 6 (4), lower better: 18 - 10 = 8; 6 + 8 = 14.
    assert cutoff_a(clinical_mean=18, clinical_sd=5, better=LOWER) == 8
    assert cutoff_b(functional_mean=6, functional_sd=4, better=LOWER) == 14
    # Clinical 20 (5), functional 34 (4), higher better: 20 + 10 = 30; 34 - 8 = 26.
    assert cutoff_a(clinical_mean=20, clinical_sd=5, better=HIGHER) == 30
    assert cutoff_b(functional_mean=34, functional_sd=4, better=HIGHER) == 26


def test_cutoff_c_is_equally_many_sds_from_both_means() -> None:
    # (2 * 18 + 4 * 6) / 6 = 10, which is 2 SDs of 4 below 18 and 2 SDs of 2 above 6.
    assert cutoff_c(clinical_mean=18, clinical_sd=4, functional_mean=6, functional_sd=2) == 10


def test_a_population_without_spread_has_no_cutoff() -> None:
    with pytest.raises(ValueError, match="SD of a population"):
        cutoff_a(clinical_mean=18, clinical_sd=0, better=LOWER)
    with pytest.raises(ValueError, match="SD of a population"):
        cutoff_b(functional_mean=18, functional_sd=-1, better=LOWER)
    with pytest.raises(ValueError, match="SD of a population"):
        cutoff_c(clinical_mean=18, clinical_sd=4, functional_mean=6, functional_sd=0)


def test_where_lower_is_better_the_cutoff_is_the_first_clinical_value() -> None:
    assert in_clinical_range(10, cutoff=10, better=LOWER)
    assert not in_clinical_range(9, cutoff=10, better=LOWER)


def test_where_higher_is_better_the_cutoff_is_the_first_functional_value() -> None:
    assert not in_clinical_range(25, cutoff=25, better=HIGHER)
    assert in_clinical_range(24.9, cutoff=25, better=HIGHER)


@pytest.mark.parametrize(
    ("before", "after", "change", "expected"),
    [
        (15, 5, Change.IMPROVED, Status.RECOVERED),
        (20, 12, Change.IMPROVED, Status.RELIABLY_IMPROVED),
        (9, 2, Change.IMPROVED, Status.RELIABLY_IMPROVED),
        (11, 9, Change.NONE, Status.CROSSED_WITHOUT_RELIABLE_CHANGE),
        (9, 11, Change.NONE, Status.NO_RELIABLE_CHANGE),
        (12, 13, Change.NONE, Status.NO_RELIABLE_CHANGE),
        (5, 6, Change.NONE, Status.NO_RELIABLE_CHANGE),
        (12, 20, Change.WORSE, Status.RELIABLY_WORSE),
        (1, 8, Change.WORSE, Status.RELIABLY_WORSE),
        (5, 12, Change.WORSE, Status.RELIABLY_WORSE_NOW_IN_CLINICAL_RANGE),
    ],
)
def test_status_combines_change_with_the_side_at_the_start_and_now(
    before: int, after: int, change: Change, expected: Status
) -> None:
    assert status(before, after, cutoff=10, better=LOWER, change=change) is expected


def test_the_codes_of_the_statuses_are_stable() -> None:
    assert [str(s) for s in Status] == [
        "recovered",
        "reliably-improved",
        "no-reliable-change",
        "crossed-without-reliable-change",
        "reliably-worse",
        "reliably-worse-now-in-clinical-range",
    ]


@given(st.integers(0, 27), st.integers(0, 27), st.sampled_from(Change))
def test_a_course_that_started_below_the_cut_never_recovers(
    before: int, after: int, change: Change
) -> None:
    if started_below_cut(before, cutoff=10, better=LOWER):
        found = status(before, after, cutoff=10, better=LOWER, change=change)
        assert found not in (Status.RECOVERED, Status.CROSSED_WITHOUT_RELIABLE_CHANGE)


@given(st.integers(0, 27), st.integers(0, 27), st.sampled_from(Change))
def test_reflecting_the_scale_and_its_direction_changes_nothing(
    before: int, after: int, change: Change
) -> None:
    # On whole numbers, clinical from 10 up becomes clinical from 17 down: functional from 18 up.
    plain = status(before, after, cutoff=10, better=LOWER, change=change)
    turned = status(27 - before, 27 - after, cutoff=18, better=HIGHER, change=change)
    assert turned is plain
    assert started_below_cut(before, cutoff=10, better=LOWER) is started_below_cut(
        27 - before, cutoff=18, better=HIGHER
    )
