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


@pytest.mark.parametrize("rule", [CHANGE, STATUS])
def test_a_score_outside_the_clinical_range_reassures_without_any_change(rule: str) -> None:
    given = (ready_made(1, "gad-7", 5), ready_made(2, "gad-7", 5))
    assert says(one(rule, *given)).endswith(SILENT)
    assert "Open safety review" in says(about("GAD-7", rule, *given, item9(1, 1)))


@pytest.mark.parametrize("rule", [CHANGE, STATUS])
def test_no_change_inside_the_clinical_range_reassures_nobody_and_stands_alone(rule: str) -> None:
    given = (ready_made(1, "gad-7", 12), ready_made(2, "gad-7", 11))
    found = about("GAD-7", rule, *given, item9(1, 1), phq9(1, 8), phq9(2, 15))
    assert "Open safety review" not in says(found)
    assert "PHQ-9" not in says(found)
    assert SILENT not in says(one(rule, *given))


def test_a_score_still_outside_the_clinical_range_is_no_comfort_after_a_change() -> None:
    rose = (ready_made(1, "gad-7", 1), ready_made(2, "gad-7", 7))
    assert "below the cut-off of 8" in says(one(STATUS, *rose))
    assert "Open safety review" in says(about("GAD-7", STATUS, *rose, item9(1, 1)))
    assert "Open safety review" not in says(about("GAD-7", CHANGE, *rose, item9(1, 1)))


def test_a_return_of_the_alliance_and_a_course_without_strain_name_it_too() -> None:
    calm = [wai(n, 48) for n in range(1, 5)]
    assert "Open safety review" in says(one("alliance-strain", *calm, item9(2, 1)))
    fallen = [wai(n, points) for n, points in enumerate((48, 48, 48, 32, 48), start=1)]
    assert "Open safety review" in says(one("alliance-return", *fallen, item9(2, 1)))


def test_an_alliance_score_is_never_read_as_an_answer_about_suicide() -> None:
    calm = [wai(n, 48) for n in range(1, 5)]
    assert SILENT not in says(one("alliance-strain", *calm))


def test_several_scales_are_named_in_one_sentence_each_with_its_threshold() -> None:
    worse = (ready_made(1, "aaq-ii", 20), ready_made(4, "aaq-ii", 30), phq9(1, 8), phq9(4, 15))
    assert says(about("GAD-7", CHANGE, *GAD_BETTER, *worse)).endswith(
        "The AAQ-II total is 10 points higher than at the start (threshold: more than 7.82); the "
        "PHQ-9 total is 7 points higher than at the start (threshold 6)."
    )


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
