"""One finding for each course: sessions with their dates, attendance, and scores of each scale."""

from typing import Any

from service.clinical import facts
from service.clinical.canonical import SCALE
from service.clinical.indicators.course import INDICATOR
from service.fhir.validation import validate
from tests.clinical.patient_facts import (
    charts,
    episode,
    expressed,
    form,
    met,
    of,
    one,
    part,
    parts,
    phq9,
    remark,
    says,
    sources,
    value,
    wai,
)

RULE = "course"
ROW = "https://attune-outcomes.org/fhir/StructureDefinition/course-session"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def rows(finding: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Number, start and Encounter of each session, read as an analyst would."""
    found = []
    for extension in finding["extension"]:
        assert extension["url"] == ROW
        held = {part["url"]: part for part in extension["extension"]}
        encounter = held.get("encounter", {}).get("valueReference", {}).get("reference")
        found.append((held["number"]["valueInteger"], held["start"]["valueDateTime"], encounter))
    return found


def scores(finding: dict[str, Any]) -> dict[str, int]:
    return {
        coding["code"]: component["valueInteger"]
        for component in finding["component"]
        for coding in component["code"]["coding"]
        if coding["system"] == SCALE
    }


def test_it_lists_sessions_with_number_start_and_encounter() -> None:
    found = one(RULE, met(1), phq9(1, 12), phq9(2, 12), met(3))
    assert value(found) == 3
    assert (part(found, "start"), part(found, "latest-session")) == ("2026-01-05", "2026-01-19")
    assert rows(found) == [
        (1, "2026-01-05T10:00:00+00:00", "Encounter/e1"),
        (2, "2026-01-12", None),
        (3, "2026-01-19T10:00:00+00:00", "Encounter/e3"),
    ]
    assert validate(found) == ()


def test_it_counts_the_sessions_that_each_scale_has_a_score_in() -> None:
    again = phq9(2, 9, reference="QuestionnaireResponse/again", encounter="e2")
    incomplete = form("gad-7", 2, {1: 1.0}, encounter="e2")
    found = one(
        RULE, phq9(1, 12), met(2), phq9(2, 12, encounter="e2"), again, wai(3, 48), incomplete
    )
    assert scores(found) == {"gad-7": 0, "phq-9": 2, "wai-sr": 1}
    assert says(found) == (
        "3 sessions from 5 January 2026 to 19 January 2026; scores: GAD-7 total 0, PHQ-9 total 2, "
        "WAI-SR mean 1."
    )


def test_attendance_and_ending_are_as_people_coded_them() -> None:
    given = (
        phq9(1, 12),
        remark(1, "session-attendance", "attended"),
        remark(2, "session-attendance", "did-not-attend"),
        remark(3, "course-ending", "client-ended"),
    )
    found = one(RULE, *given)
    assert value(found) == 1
    assert (part(found, "attended"), part(found, "did-not-attend")) == (1, 1)
    assert part(found, "ending") == "client-ended"
    assert parts(one(RULE, phq9(1, 12)), "attended") == []


def test_what_was_expressed_is_neither_named_nor_counted() -> None:
    """A session of nothing but such records is a session, with its day and without its hour."""
    found = one(RULE, phq9(1, 12), expressed(2, "tears"), remark(2, "pace-felt", number=3))
    assert value(found) == 2
    assert rows(found)[1] == (2, "2026-01-12", None)
    assert sources(found) == ["QuestionnaireResponse/phq-9-1"]
    assert "expression" not in str(found)
    assert found["category"][0]["coding"][0]["code"] == "survey"


def test_a_course_of_nothing_but_such_records_still_stands() -> None:
    found = one(RULE, expressed(1, "tears"))
    assert value(found) == 1
    assert "derivedFrom" not in found
    assert found["effectiveDateTime"] == "2026-01-05"


def test_another_expression_record_in_a_session_changes_nothing() -> None:
    given = (met(1), phq9(1, 12, encounter="e1"))
    assert one(RULE, *given, expressed(1, "tears")) == one(RULE, *given)


def test_it_names_its_episode_of_care_and_is_dated_by_its_latest_session() -> None:
    spell = episode("a", phq9(1).day)
    found = one(RULE, met(1), met(2), spell)
    assert found["focus"] == [{"reference": "EpisodeOfCare/a"}]
    assert found["effectiveDateTime"] == "2026-01-12T10:00:00+00:00"


def test_each_course_has_its_own() -> None:
    assert [value(o) for o in of(RULE, phq9(1, 12), phq9(2, 12), phq9(41, 12))] == [2, 1]


def test_it_is_as_strictly_labelled_as_all_that_it_counts() -> None:
    """The second form of the session is not named, and counted."""
    given = (phq9(1, 12), wai(1, 48, labels=((CONFIDENTIALITY, "R"),)), phq9(2, 12))
    assert one(RULE, *given)["meta"]["security"] == [{"system": CONFIDENTIALITY, "code": "R"}]


def test_a_record_of_expression_lends_it_no_label() -> None:
    private = expressed(1, "tears")
    private = type(private)(
        reference="Observation/x",
        presence="tears",
        labels=((CONFIDENTIALITY, "V"),),
        effective=private.effective,
        at=private.at,
        day=private.day,
    )
    assert "security" not in one(RULE, phq9(1, 12), private)["meta"]


def test_a_thousand_sessions_and_more_can_be_stored() -> None:
    """An Observation is searched by its components, and by no more than 1,000 of them."""
    many: list[facts.AnyFact] = [met(n) for n in range(1, 1102)]
    found = one(RULE, *many)
    assert value(found) == 1101
    assert len(found["component"]) == 2


def test_no_session_is_no_course() -> None:
    assert of(RULE, episode("a", phq9(1).day)) == []


def test_it_is_explained_by_its_counts() -> None:
    (chart,) = charts(phq9(1, 12), phq9(2, 12), wai(2, 48))
    (found,) = INDICATOR.find(chart)
    said = INDICATOR.explain(chart, found)
    assert [step.working for step in said.steps] == [
        "2 sessions, the first on 5 January 2026, the latest on 12 January 2026",
        "2 of 2 sessions",
        "1 of 2 sessions",
    ]
    assert said.would_change == ("One more session would make it 3.",)
