"""PHQ-9: clinical from 10, reliable from 6. ORS: clinical below 25, reliable from 5."""

import pytest

from tests.clinical.patient_facts import form, of, one, part, phq9, ready_made, says, value, wai

RULE = "clinical-status"


@pytest.mark.parametrize(
    ("before", "after", "expected", "below"),
    [
        (15, 9, "recovered", False),
        (16, 10, "reliably-improved", False),
        (12, 9, "crossed-without-reliable-change", False),
        (12, 10, "no-reliable-change", False),
        (9, 3, "reliably-improved", True),
        (9, 15, "reliably-worse-now-in-clinical-range", True),
        (12, 18, "reliably-worse", False),
        (3, 9, "reliably-worse", True),
        (9, 10, "no-reliable-change", True),
    ],
)
def test_every_status_at_its_boundary(before: int, after: int, expected: str, below: bool) -> None:
    found = one(RULE, phq9(1, before), phq9(2, after))
    assert value(found) == expected
    assert part(found, "started-below-cut") is below


@pytest.mark.parametrize(
    ("last", "expected"),
    [(6.1, "recovered"), (6.0, "reliably-improved")],
)
def test_where_higher_is_better_the_cutoff_is_the_first_value_outside(
    last: float, expected: str
) -> None:
    # From 19.9 to 6.3 + 6.3 + 6.3 + 6.1 = 25.0, or to 24.9.
    before = form("ors", 1, {1: 4.9, 2: 5.0, 3: 5.0, 4: 5.0})
    after = form("ors", 2, {1: 6.3, 2: 6.3, 3: 6.3, 4: last})
    assert value(one(RULE, before, after)) == expected


def test_the_text_gives_the_side_and_the_difference_and_no_verdict() -> None:
    assert says(one(RULE, phq9(1, 16), phq9(2, 9))) == (
        "PHQ-9 total 9 on 12 January 2026: below the cut-off of 10 (Kroenke 2001), 7 points lower "
        "than at the start (threshold 6, Gyani 2013; 3.9 computed)."
    )


def test_a_scale_without_a_published_cutoff_has_no_reference() -> None:
    found = one(RULE, ready_made(1, "aaq-ii", 30), ready_made(2, "aaq-ii", 20))
    assert value(found) == "no-reference"
    assert "no single cut-off is published" in says(found)


def test_one_score_is_too_little() -> None:
    found = one(RULE, phq9(1, 16))
    assert value(found) is None
    assert found["dataAbsentReason"]["text"] == "1 of 2 scores"


def test_an_alliance_scale_has_no_clinical_status() -> None:
    assert of(RULE, wai(1, 48), wai(2, 48)) == []
