"""What an explanation says is what the finding says, worked out by hand."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from service.clinical import wording
from service.clinical.facts import AnyFact
from service.clinical.operations.explain import explain
from service.errors import BadRequest, NotFound
from service.fhir.resource import Resource
from service.fhir.validation import validate
from tests.clinical.generated import COURSES
from tests.clinical.patient_facts import (
    ENGINE,
    PATIENT,
    about,
    answer_to,
    derived,
    expressed,
    form,
    met,
    of,
    one,
    part,
    phq9,
    records,
    remark,
    says,
    sources,
    value,
    wai,
)

BASE_URL = "https://clinic.example/fhir"
RECORDS = ("Observation/", "QuestionnaireResponse/")
"""What `derivedFrom` can name; a course rests on Encounters, too."""


def explained(finding: Resource | str, *facts: AnyFact) -> Resource:
    place = finding if isinstance(finding, str) else f"Observation/{finding['id']}"
    return explain(
        {"finding": (place,)},
        derivation=ENGINE,
        patient=PATIENT,
        records=records(facts),
        base_url=BASE_URL,
    )


def told(explanation: Resource, name: str) -> list[Any]:
    """The values of the parameters of that name; parts as a mapping of names to values."""
    return [
        {part["name"]: held(part) for part in parameter["part"]}
        if "part" in parameter
        else held(parameter)
        for parameter in explanation["parameter"]
        if parameter["name"] == name
    ]


def held(parameter: Resource) -> Any:
    """Its value; of a reference the text."""
    found = value(parameter)
    return found["reference"] if isinstance(found, dict) else found


def workings(explanation: Resource) -> dict[str, str]:
    return {step["title"]: step["working"] for step in told(explanation, "step")}


def text(explanation: Resource) -> str:
    (found,) = told(explanation, "text")
    return str(found)


def phq9s(*totals: int) -> list[AnyFact]:
    return [phq9(n, total) for n, total in enumerate(totals, start=1)]


@given(COURSES)
def test_everything_derived_is_explained_with_every_input(course: list[AnyFact]) -> None:
    for finding in derived(*course):
        explanation = explained(finding, *course)
        assert [i for i in validate(explanation) if i.severity == "error"] == []
        assert told(explanation, "step")
        assert told(explanation, "would-change")
        inputs = [p["reference"] for p in told(explanation, "input")]
        named = [i for i in dict.fromkeys(inputs) if i.startswith(RECORDS)]
        assert named == sources(finding)
        assert all(step["working"] and step["formula"] for step in told(explanation, "step"))


@given(COURSES)
def test_no_explanation_uses_a_word_that_findings_do_not(course: list[AnyFact]) -> None:
    for finding in derived(*course):
        explanation = explained(finding, *course)
        said = [
            *(step[name] for step in told(explanation, "step") for name in ("title", "formula")),
            *(step["working"] for step in told(explanation, "step")),
            *told(explanation, "would-change"),
        ]
        assert [o for line in said for o in wording.objections(line, finding=True)] == []


def test_a_reliable_change_is_worked_out_step_by_step() -> None:
    """PHQ-9, SD 3.52, reliability .84: 3.52 * sqrt(2) * sqrt(.16) = 1.9912; 7 / 1.9912 = 3.5154;
    1.96 * 1.9912 = 3.9028."""
    course = phq9s(12, 14, 19)
    finding = about("PHQ-9", "reliable-change", *course)
    explanation = explained(finding, *course)
    steps = workings(explanation)
    assert steps["Scores that count"] == "12 (session 1), 14 (session 2), 19 (session 3)"
    assert steps["Change"] == "19 - 12 = 7"
    assert steps["SD of a difference without true change"].startswith(
        "3.52 * sqrt(2) * sqrt(1 - 0.84) = 1.9912"
    )
    assert steps["Reliable change, computed"].startswith("1.96 * 1.9912 = 3.9028 points")
    assert steps["Reliable change index"] == "7 / 1.9912 = 3.5154"
    assert part(finding, "change-index") == pytest.approx(3.5154, abs=5e-5)
    assert steps["Comparison with the reliable change"] == "7 >= 6: yes"
    assert steps["Confirmation"] == (
        "14 - 12 = 2, 14 - 13 = 1, 19 - 12 = 7, 19 - 13 = 6: not confirmed"
    )
    (sentence,) = told(explanation, "sentence")
    assert sentence == says(finding)


@pytest.mark.parametrize(
    ("latest", "code"),
    [(6, "reliably-improved"), (7, "no-reliable-change"), (17, "no-reliable-change"),
     (18, "reliably-worse")],
)  # fmt: skip
def test_what_would_change_a_reliable_change_is_so(latest: int, code: str) -> None:
    """From 12 the published threshold of 6 is met at 6 and at 18."""
    course = phq9s(12, 10)
    explanation = explained(about("PHQ-9", "reliable-change", *course), *course)
    assert told(explanation, "would-change") == [
        "A latest score of 6 or lower is a reliable change in the scale's better direction.",
        "A latest score of 18 or higher is a reliable change against the scale's better direction.",
        "Any other latest score shows no reliable change.",
    ]
    assert value(about("PHQ-9", "reliable-change", *phq9s(12, latest))) == code


def test_a_change_that_the_scale_has_no_room_for_is_said_to_have_none() -> None:
    course = phq9s(4, 5)
    explanation = explained(about("PHQ-9", "reliable-change", *course), *course)
    assert told(explanation, "would-change")[0] == (
        "A reliable change in the scale's better direction cannot be shown: from 4 the scale ends "
        "before it, at 0."
    )


def test_one_score_waits_for_another() -> None:
    explanation = explained(about("PHQ-9", "reliable-change", phq9(1, 12)), phq9(1, 12))
    assert workings(explanation) == {"What there is": "1 of 2 scores"}
    assert told(explanation, "would-change") == ["1 more score of the PHQ-9 total in this course."]


def strained(last: int) -> list[AnyFact]:
    """WAI-SR sums: 50, 51, 50, 51 make the means 4.1667, 4.25, 4.1667, 4.25."""
    return [wai(n, points) for n, points in enumerate((50, 51, 50, 51, last), start=1)]


def test_a_strain_is_worked_out_step_by_step() -> None:
    """Reference 4.2083; d 0.0833 three times, sum of squares 0.0208;
    s = sqrt((6 * .16 + (2/3) * .0208 / 2) / 8) = .3477; a score of 2.5 is 1.7083 below;
    t = 1.7083 / (.3477 * sqrt(1.25)) = 4.395 with 8 degrees of freedom."""
    finding = one("alliance-strain", *strained(30))
    steps = workings(explained(finding, *strained(30)))
    assert steps["Session looked at"] == "session 5, score 2.5"
    assert steps["Reference"].endswith("= 4.2083")
    assert steps["s, the session-to-session SD"] == "SD 0.4, n 3, sum(d^2) 0.0208: s = 0.3477"
    assert steps["t"] == "1.7083 / (0.3477 * sqrt(1 + 1 / 4)) = 4.395"
    assert steps["p"].startswith("p 0.0012 with 8 degrees of freedom")
    assert part(finding, "probability") == pytest.approx(0.0012, abs=5e-5)


@pytest.mark.parametrize(("points", "code"), [(36, "possible-strain"), (37, "no-strain-shown")])
def test_the_score_at_which_a_strain_begins_is_the_one_named(points: int, code: str) -> None:
    """3.0825 lies between 36 / 12 = 3 and 37 / 12 = 3.0833."""
    explanation = explained(one("alliance-strain", *strained(30)), *strained(30))
    assert told(explanation, "would-change")[0] == (
        "A score of 3.0825 or lower in session 5 is a possible strain; anything else is none."
    )
    assert value(one("alliance-strain", *strained(points))) == code


def test_where_no_strain_was_shown_the_nearest_to_one_is_explained() -> None:
    """Session 4 against the first three: 38 / 12 = 3.1667 below 4.1944."""
    course = [wai(n, points) for n, points in enumerate((50, 51, 50, 48, 51), start=1)]
    explanation = explained(one("alliance-strain", *course), *course)
    assert workings(explanation)["Session looked at"] == "session 4, score 4"


def test_a_return_names_its_bound_and_the_scores_after_the_fall() -> None:
    """4.2083 - .3477 = 3.8607."""
    course = [*strained(30), wai(6, 40), wai(7, 50)]
    steps = workings(explained(one("alliance-return", *course), *course))
    assert steps["Score that counts as a return"] == "4.2083 - 0.3477 = 3.8607"
    assert steps["Scores after the fall"] == "3.3333 (session 6), 4.1667 (session 7)"
    assert steps["Return"] == "session 7"


def test_the_three_criteria_of_a_step_are_told() -> None:
    """19, 20, 21 against 9, 8, 9: step 12, a quarter of 21 is 5.25; means 20 and 8.6667;
    pooled SD sqrt((2 * 1 + 2 * .3333) / 4) = .8165; 2.7764 * .8165 = 2.267."""
    course = phq9s(19, 20, 21, 9, 8, 9)
    steps = workings(explained(one("sudden-gain", *course), *course))
    assert steps["Criterion 1: size"] == "12 >= 6: yes"
    assert steps["Criterion 2: share"] == "12 >= 5.25: yes"
    assert steps["Criterion 3: lasting"] == (
        "19, 20, 21 against 9, 8, 9: 11.3333 > 2.7764 * 0.8165 = 2.267: yes"
    )


def test_where_no_step_was_shown_the_largest_is_explained() -> None:
    course = phq9s(14, 15, 14, 12, 13, 12)
    steps = workings(explained(one("sudden-gain", *course), *course))
    assert steps["Criterion 1: size"] == "2 >= 6: no"


def test_a_scale_that_is_better_higher_is_reflected_first() -> None:
    """ORS 10 to 22 in 0-40: reflected 30 to 18, a quarter of 30 is 7.5."""
    answers = ([2.5] * 4, [2.5] * 4, [2.5] * 4, [5.5] * 4, [5.5] * 4, [5.5] * 4)
    course = [
        form("ors", n, dict(enumerate(given, start=1))) for n, given in enumerate(answers, start=1)
    ]
    steps = workings(explained(about("ORS", "sudden-gain", *course), *course))
    assert steps["Reflection"] == "40 + 0 - score, below"
    assert steps["Criterion 2: share"] == "12 >= 7.5: yes"


def gad7(session: int, total: int) -> AnyFact:
    values = {i: float(min(3, max(0, total - 3 * (i - 1)))) for i in range(1, 8)}
    return form("gad-7", session, values)


def test_both_measures_of_a_paired_status_are_told() -> None:
    course = [*phq9s(15, 8), gad7(1, 6), gad7(2, 12)]
    explanation = explained(one("paired-status", *course), *course)
    steps = workings(explanation)
    assert steps["PHQ-9 total: at or above its value"] == "start 15: yes; now 8: no"
    assert steps["PHQ-9 total: reliable change"] == "8 - 15 = -7: yes"
    assert steps["GAD-7 total: at or above its value"] == "start 6: no; now 12: yes"
    assert steps["Both together"] == "No reliable change"
    assert told(explanation, "would-change")[1] == (
        "GAD-7 total: a reliable change at 2 or lower and at 10 or higher; below its value under 8."
    )


def test_a_trend_names_its_interval() -> None:
    """Sums 48, 48, 48, 42, 36, 30 in twelfths: x from 1 to 6, y 4, 4, 4, 3.5, 3, 2.5.

    mean x 3.5, mean y 3.5; sum (x - mean x)(y - mean y) = -5.5; sum (x - mean x)^2 = 17.5;
    slope -.3143; residuals squared sum to 2.0 - 5.5^2 / 17.5 = .2714;
    1.36 * sqrt(.2714 / 4 / 17.5) = .0847; t(.995, 4) = 4.6041; margin .3899."""
    course = [wai(n, points) for n, points in enumerate((48, 48, 48, 42, 36, 30), start=1)]
    steps = workings(explained(one("alliance-trend", *course), *course))
    assert steps["Slope"] == "-0.3143 points per session"
    assert steps["Standard error"] == "0.0847, n = 6"
    assert steps["99 % interval"] == "-0.3143 -/+ 0.3899 = -0.7042 to 0.0756; 0 lies inside"


def test_a_safety_review_says_that_only_a_person_closes_it() -> None:
    course = [form("phq-9", 1, dict.fromkeys(range(1, 10), 1.0))]
    finding = one("safety-review", *course)
    explanation = explained(finding, *course)
    assert workings(explanation) == {
        "Answer": "1", "Conversation": "1 >= 1: yes", "The same day": "no: at the next contact",
    }  # fmt: skip
    assert told(explanation, "would-change")[0].startswith("An acknowledgement by a person;")
    answered = [*course, answer_to(finding, "safety-acknowledgement", 1)]
    after = explained(finding, *answered)
    assert told(after, "would-change") == [
        "It stays acknowledged unless the record itself was entered in error."
    ]
    assert [p["use"] for p in told(after, "input")] == ["measured", "beside"]


def test_first_tears_list_what_people_recorded_and_conclude_nothing() -> None:
    course = [
        *(expressed(n, "none") for n in (1, 2, 3)),
        expressed(4, "tears", patient_meaning=("facing-pain",)),
    ]
    explanation = explained(one("first-expression", *course), *course)
    steps = workings(explanation)
    assert steps["Earlier sessions with a record"] == "3: sessions 1, 2, 3"
    assert steps["Acceptance"] == "facing pain, session 4"
    assert steps["Trust"] == "not recorded"
    (last,) = [p for p in told(explanation, "input") if "expression-4" in p["reference"]]
    assert last["value"] == "Presence of expression: tears; Meaning to the patient: facing pain"


def test_pace_is_a_count_that_nothing_is_compared_with() -> None:
    course = [
        expressed(1, "none"), expressed(2, "tears-held-back"), expressed(3, "prefer-not-to-record"),
        remark(3, "pace-wish", "slower"), remark(4, "pace-wish", "stop", by_patient=True),
    ]  # fmt: skip
    steps = workings(explained(one("pace", *course), *course))
    assert steps["Sessions with a record"] == "2: sessions 1, 2"
    assert steps["Sessions with a recorded expression"] == "1: sessions 2"
    assert steps["What is shown before the next session"].startswith("The patient's wish")


def test_a_pace_check_names_the_act_and_what_speaks_for_asking_first() -> None:
    course = [
        expressed(1, "none", therapist_act_before=("pressed-for-expression",)),
        remark(2, "pace-wish", "slower"),
    ]
    steps = workings(explained(one("pace-check", *course), *course))
    assert steps["Act recorded"] == "pressed for expression"
    assert steps["What speaks for asking first"] == "the wish for the pace in session 2 was: slower"


def test_a_score_is_explained_by_its_answers_and_its_missing_rule() -> None:
    """2 + 2 + 2 + 2 + 1 + 1 + 2 + 0 = 12 from eight answers: 12 * 9 / 8 = 13.5, half up 14."""
    values = dict(enumerate((2.0, 2.0, 2.0, 2.0, 1.0, 1.0, 2.0), start=1)) | {9: 0.0}
    course = [form("phq-9", 1, values)]
    (score,) = [o for o in derived(*course) if "44261-6" in str(o["code"])]
    assert value(score) == 14
    explanation = explained(score, *course)
    steps = workings(explanation)
    assert steps["Not answered"] == "item 8"
    assert steps["Score"] == (
        "2 + 2 + 2 + 2 + 1 + 1 + 2 + 0 = 12 from 8 answers of 9 items; score 14"
    )
    (form_,) = told(explanation, "input")
    assert form_["value"].startswith("item 1: 2; item 2: 2;")


def test_a_score_that_is_withheld_says_why() -> None:
    course = [form("phq-9", 1, {1: 2.0, 9: 0.0})]
    (score,) = [o for o in derived(*course) if "44261-6" in str(o["code"])]
    assert workings(explained(score, *course))["Score"] == (
        "no score. Not answered: 7 of 9 items; at most 2 may be missing."
    )


def test_reversed_items_are_shown_turned() -> None:
    """HAQ-II items 4, 8, 11, 16, 19 are reversed: 1 + 6 - 2 = 5."""
    course = [form("haq-ii", 1, dict.fromkeys(range(1, 20), 2.0))]
    (score,) = [o for o in derived(*course) if "haq-ii" in {c["code"] for c in o["code"]["coding"]}]
    steps = workings(explained(score, *course))
    assert steps["Reversed items"] == "item 4: 5, item 8: 5, item 11: 5, item 16: 5, item 19: 5"


def test_the_text_tells_all_of_it_in_order() -> None:
    course = phq9s(12, 19)
    said = text(explained(about("PHQ-9", "reliable-change", *course), *course))
    headings = ["What it rests on", "How it was worked out", "What would change it", "Sources"]
    assert [line for line in said.splitlines() if line in headings] == headings
    assert "- 5 January 2026, PHQ-9 total: 12 (Observation/" in said
    assert re.search(r"^\[1\] Kocalevent, Hinz & Brähler \(2013\)", said, re.MULTILINE)
    assert "   8 - " not in said


def test_a_record_of_another_course_that_is_named_beside_is_an_input() -> None:
    """An open review of the form of 5 January is named beside a favourable change a year later."""
    open_ = form("phq-9", 1, dict.fromkeys(range(1, 10), 1.0))
    course = [open_, phq9(60, 20), phq9(61, 9)]
    finding = next(o for o in of("reliable-change", *course) if value(o) == "reliably-improved")
    explanation = explained(finding, *course)
    (beside,) = [p for p in told(explanation, "input") if p["use"] == "beside"]
    assert beside["date"] == f"{date(2026, 1, 5).isoformat()}T10:00:00+00:00"
    assert beside["title"].startswith("Patient Health Questionnaire")


@pytest.mark.parametrize("place", ["Observation/{id}", "{id}", BASE_URL + "/Observation/{id}"])
def test_a_finding_is_named_by_reference_id_or_address(place: str) -> None:
    course = phq9s(12, 19)
    finding = about("PHQ-9", "reliable-change", *course)
    explanation = explained(place.format(id=finding["id"]), *course)
    (reference,) = told(explanation, "finding")
    assert reference == f"Observation/{finding['id']}"


@pytest.mark.parametrize("place", ["Patient/p", "not an id", "", "Observation/"])
def test_what_names_no_observation_is_refused(place: str) -> None:
    with pytest.raises(BadRequest, match="takes Observation/"):
        explained(place, *phq9s(12))


def test_what_does_not_stand_is_not_found() -> None:
    with pytest.raises(NotFound, match="entered-in-error"):
        explained("Observation/none", *phq9s(12), met(2))


def test_a_finding_must_be_named() -> None:
    with pytest.raises(BadRequest, match="'finding' is needed"):
        explain({}, derivation=ENGINE, patient=PATIENT, records=(), base_url=BASE_URL)
