"""What is refused, what is stored and said, and what passes without a word."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.clinical.acceptance import Acceptance
from service.clinical.canonical import EXPRESSION, FINDING, LOINC
from service.clinical.catalogue import catalogue
from service.errors import Severity
from service.fhir.exact_json import ExactDecimal
from service.fhir.resource import Resource
from tests.clinical.sent import (
    answer_to_finding,
    coded,
    component,
    episode,
    integer,
    item,
    observation,
    phq_9,
    response,
    therapy,
    total,
)

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
accept = Acceptance(zone=ZoneInfo("Europe/Vienna"), now=lambda: NOW, catalogue=catalogue())


def refused(resource: Resource) -> list[tuple[str, str | None]]:
    return [(i.code, i.expression) for i in accept(resource) if i.severity is Severity.ERROR]


def warned(resource: Resource) -> list[str]:
    return [i.message for i in accept(resource) if i.severity is Severity.WARNING]


def test_an_interpretation_of_a_score_is_none_of_our_business() -> None:
    assert accept(total("44261-6", 12, interpretation=[{"text": "moderate"}])) == ()


@pytest.mark.parametrize(
    ("moment", "accepted"),
    [
        ("2026-05-04", True),
        ("2026-05-05", True),
        ("2026-05-05T12:00:00Z", True),
        ("2026-05-05T12:00:01Z", False),
        ("2026-05-05T14:00:01+02:00", False),
        ("2026-05-06", False),
        ("2027", False),
    ],
)
def test_a_record_lies_at_most_24_hours_in_the_future(moment: str, accepted: bool) -> None:
    at = "Observation.effective"
    expected = [] if accepted else [("business-rule", at)]
    assert refused(episode(effectiveDateTime=moment)) == expected
    assert refused(total("44261-6", 12, effectiveDateTime=moment)) == expected
    assert refused(total("44260-8", 1, effectiveInstant=moment, effectiveDateTime=None)) == expected
    period = {"effectiveDateTime": None, "effectivePeriod": {"start": moment}}
    assert refused(episode(**period)) == expected
    assert (
        refused(answer_to_finding("safety-acknowledgement", effectiveDateTime=moment)) == expected
    )
    form = refused(response(phq_9((1,) * 9), authored=moment))
    assert form == ([] if accepted else [("business-rule", "QuestionnaireResponse.authored")])


def test_what_no_rule_reads_may_lie_in_the_future() -> None:
    assert accept(observation(coded("8867-4", LOINC), effectiveDateTime="2030-01-01")) == ()


def test_a_record_without_a_date_is_stored_and_said() -> None:
    sentence = "is missing; the record is stored and not scored."
    assert warned(total("44261-6", 12, effectiveDateTime=None)) == [
        f"Observation.effective {sentence}"
    ]
    assert warned(response(phq_9((1,) * 9), authored=None)) == [
        f"QuestionnaireResponse.authored {sentence}"
    ]


def test_what_is_wrong_with_a_response_is_a_warning_by_item() -> None:
    items = [*phq_9((1, 1, 5, 1, 1, 1, 1, 1, 1)), item("x", integer(1))]
    issues = accept(response(items))
    assert {issue.severity for issue in issues} == {Severity.WARNING}
    assert [(issue.expression, "item 3" in issue.message) for issue in issues] == [
        ("QuestionnaireResponse.item[9].answer[0]", False),
        ("QuestionnaireResponse.item[2].answer[0]", True),
    ]


def test_a_total_of_the_form_that_differs_is_a_warning() -> None:
    assert warned(response([*phq_9((1,) * 9), item("44261-6", integer(10))])) == [
        "PHQ-9 total: the form says 10, its answers make 9; the answers are used."
    ]


def test_an_unknown_questionnaire_is_only_information() -> None:
    (issue,) = accept(response([], questionnaire="http://example.org/Questionnaire/mine"))
    assert (issue.severity, issue.expression) == (
        Severity.INFORMATION,
        "QuestionnaireResponse.questionnaire",
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, False),
        (27, False),
        (ExactDecimal("17.886692270767657"), False),
        (28, True),
        (-1, True),
        (ExactDecimal("27.5"), True),
    ],
)
def test_a_ready_made_total_outside_its_range_is_stored_and_said(value: Any, said: bool) -> None:
    assert (len(warned(total("44261-6", value))), refused(total("44261-6", value))) == (said, [])


def test_a_total_in_a_component_is_held_to_its_range_too() -> None:
    part = {"code": coded("44261-6", LOINC), "valueInteger": 30}
    (issue,) = accept(observation(coded("44249-1", LOINC), component=[part]))
    assert (issue.severity, issue.expression) == (
        Severity.WARNING,
        "Observation.component[0].value",
    )


def test_a_total_without_a_number_or_of_two_scales_is_said() -> None:
    assert len(warned(total("44261-6", 1, valueQuantity=None, valueString="12"))) == 1
    absent = total("44261-6", 1, valueQuantity=None, dataAbsentReason={"text": "unknown"})
    assert accept(absent) == ()
    both = total("44261-6", 12)
    both["code"]["coding"] += coded("70274-6", LOINC)["coding"]
    assert len(warned(both)) == 1


def test_other_resources_pass() -> None:
    for kind in ("Patient", "Encounter", "EpisodeOfCare", "Practitioner", "Questionnaire"):
        assert accept({"resourceType": kind}) == ()


def test_every_issue_is_one_sentence_that_names_its_place() -> None:
    sent = [
        episode(component("expression-form", valueCodeableConcept=coded("x")), category=None),
        therapy("pace-wish"),
        answer_to_finding("finding-dismissal", focus=None),
        response([item("x", integer(1)), item("1", integer(9))]),
        total("44261-6", 99),
    ]
    issues = [issue for resource in sent for issue in accept(resource)]
    assert len(issues) == 8
    for issue in issues:
        assert issue.expression is not None
        assert issue.message.endswith(".")


NAMES = st.sampled_from(
    (
        "resourceType", "code", "coding", "system", "value", "valueQuantity", "valueInteger",
        "valueCodeableConcept", "valueCoding", "component", "category", "item", "answer", "linkId",
        "questionnaire", "focus", "reference", "performer", "extension", "url", "effectivePeriod",
        "start", "authored", "comparator", "meta", "security", "target", "measure",
    )
)  # fmt: skip


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=5),
    st.sampled_from(
        [EXPRESSION, FINDING, LOINC, "44261-6", "44260-8", "expression-episode", "pace-wish", "9"]
    ),
)


JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=20,
)


@given(
    kind=st.sampled_from(["Observation", "QuestionnaireResponse", "Goal", "Group", "Patient"]),
    body=st.dictionaries(NAMES, JSON, max_size=8),
    code=st.sampled_from([EXPRESSION, FINDING, LOINC]),
)
def test_nothing_that_is_malformed_makes_it_fail(
    kind: str, body: dict[str, Any], code: str
) -> None:
    """Validation refuses such resources; this is asked about them all the same."""
    accept(body | {"resourceType": kind})
    accept(observation(coded("expression-episode", code)) | body | {"resourceType": kind})
    accept(response(phq_9((1,) * 9)) | body | {"resourceType": kind})
