"""No status that could reassure stands without what speaks against it."""

import pytest

from service.clinical import facts
from tests.clinical.patient_facts import (
    about,
    answer_to,
    form,
    moment,
    of,
    one,
    phq9,
    ready_made,
    says,
    sources,
    wai,
    week,
)

CHANGE, STATUS = "reliable-change", "clinical-status"
GAD_BETTER = (ready_made(1, "gad-7", 15), ready_made(4, "gad-7", 5))
SILENT = "No form in this course asks about suicide."


def item9(number: float, answer: float) -> facts.Answers:
    return form("phq-9", number, {9: answer})


@pytest.mark.parametrize("rule", [CHANGE, STATUS])
def test_an_open_safety_review_is_named_with_the_fall_of_another_scale(rule: str) -> None:
    found = about("GAD-7", rule, *GAD_BETTER, item9(2, 1), item9(3, 2))
    assert says(found).endswith(
        "Open safety review: PHQ-9 item 9 was answered 2 on 19 January 2026 (and 1 more); needs a "
        "conversation."
    )
    assert "QuestionnaireResponse/phq-9-3" in sources(found)
    assert found["effectiveDateTime"] == week(4)["effective"]


def test_an_open_review_of_an_earlier_course_is_named_too() -> None:
    later = [
        ready_made(n, "gad-7", points, **moment(week(60 + n)["day"]))
        for n, points in ((1, 15), (2, 5))
    ]
    found = about("GAD-7", CHANGE, item9(1, 1), *later)
    assert "Open safety review: PHQ-9 item 9 was answered 1 on 5 January 2026" in says(found)


def test_an_acknowledged_review_is_not_named() -> None:
    raised = item9(2, 1)
    answered = answer_to(one("safety-review", raised), "safety-acknowledgement", 2)
    found = about("GAD-7", CHANGE, *GAD_BETTER, raised, answered)
    assert "Open safety review" not in says(found)


def test_an_unanswered_risk_item_is_named() -> None:
    found = about("GAD-7", CHANGE, *GAD_BETTER, form("phq-9", 2, {1: 0.0}))
    assert says(found).endswith("PHQ-9 item 9 was not answered on 12 January 2026.")


def test_a_total_without_its_risk_item_is_named() -> None:
    found = one(CHANGE, ready_made(1, "phq-9", 16), ready_made(2, "phq-9", 6))
    assert "PHQ-9 item 9 was not received with the total on 12 January 2026 (and 1 more)" in says(
        found
    )


def test_a_scale_that_changed_against_its_better_direction_is_named() -> None:
    found = about("GAD-7", STATUS, *GAD_BETTER, phq9(1, 8), phq9(4, 15))
    assert "The PHQ-9 total is 7 points higher than at the start (threshold 6" in says(found)
    assert len(sources(found)) == 4


def test_where_no_form_asks_about_suicide_the_text_says_so() -> None:
    assert says(one(CHANGE, *GAD_BETTER)).endswith(SILENT)
    assert SILENT not in says(about("GAD-7", CHANGE, *GAD_BETTER, phq9(2, 3)))


def test_no_change_reassures_no_more_than_a_change_does() -> None:
    given = (ready_made(1, "gad-7", 5), ready_made(2, "gad-7", 5))
    assert says(one(CHANGE, *given)).endswith(SILENT)
    assert says(one(STATUS, *given)).endswith(SILENT)


def test_a_return_of_the_alliance_and_a_course_without_strain_name_it_too() -> None:
    calm = [wai(n, 48) for n in range(1, 5)]
    assert "Open safety review" in says(one("alliance-strain", *calm, item9(2, 1)))
    fallen = [wai(n, points) for n, points in enumerate((48, 48, 48, 32, 48), start=1)]
    assert "Open safety review" in says(one("alliance-return", *fallen, item9(2, 1)))


def test_the_labels_of_what_is_named_are_inherited() -> None:
    label = (("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "V"),)
    raised = form("phq-9", 2, {9: 1.0}, labels=label)
    found = about("GAD-7", CHANGE, *GAD_BETTER, raised)
    assert found["meta"]["security"][0]["code"] == "V"
    assert "meta" in found


def test_a_change_for_the_other_direction_needs_nothing_beside_it() -> None:
    given = (ready_made(1, "gad-7", 5), ready_made(2, "gad-7", 15))
    assert SILENT not in says(one(CHANGE, *given))
    assert of(STATUS, *given)
