"""Depression and anxiety together, by the NHS's values: PHQ-9 10 and 6, GAD-7 8 and 4."""

import pytest

from service.psychometrics.paired_status import PairedStatus, paired_status, together
from service.psychometrics.reliable_change import Change

IMPROVED, WORSE, NONE = Change.IMPROVED, Change.WORSE, Change.NONE


def nhs(before: tuple[float, float], after: tuple[float, float]) -> PairedStatus:
    return paired_status(before, after, caseness=(10, 8), reliable_changes=(6, 4))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((IMPROVED, NONE), IMPROVED),
        ((IMPROVED, IMPROVED), IMPROVED),
        ((NONE, WORSE), WORSE),
        ((IMPROVED, WORSE), NONE),
        ((NONE, NONE), NONE),
    ],
)
def test_one_direction_counts_and_both_are_none(
    changes: tuple[Change, Change], expected: Change
) -> None:
    assert together(changes) is expected


def test_recovery_is_from_either_case_to_below_both() -> None:
    """10 is a case of the PHQ-9, 7 none of the GAD-7; 9 and 7 are below both."""
    status = nhs((10, 7), (9, 7))
    assert (status.case_at_start, status.below_both_now, status.recovery) == (True, True, True)
    assert not status.reliable_recovery
    assert not nhs((9, 7), (4, 3)).recovery
    assert not nhs((15, 12), (9, 8)).recovery


def test_reliable_recovery_needs_one_reliable_improvement_and_no_reliable_worsening() -> None:
    """PHQ-9 15 to 9 is 6; GAD-7 3 to 7 is 4 against it; 3 to 6 is 3."""
    assert nhs((15, 7), (9, 7)).reliable_recovery
    assert nhs((15, 3), (9, 6)).reliable_recovery
    against = nhs((15, 3), (9, 7))
    assert against.recovery
    assert against.change is NONE
    assert not against.reliable_recovery


def test_the_values_themselves_are_met() -> None:
    assert nhs((10, 0), (10, 0)).case_at_start
    assert not nhs((10, 0), (10, 0)).below_both_now
    assert nhs((16, 0), (10, 0)).change is IMPROVED
    assert nhs((16, 0), (11, 0)).change is NONE


def test_measures_must_come_in_the_same_number() -> None:
    with pytest.raises(ValueError, match="argument"):
        paired_status((10,), (9, 8), caseness=(10, 8), reliable_changes=(6, 4))
