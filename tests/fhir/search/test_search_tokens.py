"""Tokens. http://hl7.org/fhir/R4/search.html#token"""

from typing import Any

import pytest

from tests.fhir.search.asked import found, observation

LOINC = "http://loinc.org"
PHQ_9 = {"system": LOINC, "code": "44261-6", "display": "PHQ-9 total score"}
LOCAL = {"code": "phq"}


def coded(*codings: dict[str, str], **more: Any) -> dict[str, Any]:
    return observation(code={"coding": list(codings), **more})


FORMS = [
    ("44261-6", True, "the code in any system"),
    (f"{LOINC}|44261-6", True, "the code in its system"),
    ("urn:other|44261-6", False, "another system"),
    ("|44261-6", False, "only without a system"),
    ("|phq", True, "without a system"),
    ("phq", True, "with or without a system"),
    (f"{LOINC}|", True, "any code of the system"),
    ("urn:other|", False, "no code of that system"),
    ("44261", False, "a part of a code is no code"),
    ("PHQ", False, "case matters"),
    ("x,44261-6", True, "one of the alternatives"),
]


@pytest.mark.parametrize(("asked", "expected", "why"), FORMS)
def test_a_token_is_found_by_code_and_system(asked: str, expected: bool, why: str) -> None:
    assert found(coded(PHQ_9, LOCAL), f"code={asked}") is expected, why


def test_system_and_code_must_be_of_one_coding() -> None:
    assert not found(coded(PHQ_9, {"system": "urn:x", "code": "y"}), f"code={LOINC}|y")


def test_repeated_parameters_must_all_hold() -> None:
    assert found(coded(PHQ_9, LOCAL), "code=phq", "code=44261-6")
    assert not found(coded(PHQ_9), "code=phq", "code=44261-6")


ESCAPES = [
    (r"a\,b", "a,b"),
    (r"a\|b", "a|b"),
    (r"a\$b", "a$b"),
    (r"a\\b", "a\\b"),
    (r"urn:x\|y|a\,b", "a,b"),
]


@pytest.mark.parametrize(("asked", "code"), ESCAPES)
def test_a_backslash_takes_a_separator_for_itself(asked: str, code: str) -> None:
    assert found(coded({"system": "urn:x|y", "code": code}), f"code={asked}")


def test_not_includes_resources_without_a_value() -> None:
    assert found(observation(), "category:not=survey")
    assert found(observation(category=[{"coding": [{"code": "therapy"}]}]), "category:not=survey")
    both = [{"coding": [{"code": "therapy"}]}, {"coding": [{"code": "survey"}]}]
    assert not found(observation(category=both), "category:not=survey")
    assert not found(observation(category=both), "category:not=x,survey")


NEGATED = [
    # ":not: Reverse the code matching described in the paragraph above: return all resources that
    # do not have a matching item."
    (f"code:not={LOINC}|44261-6", False, "it has the code in that system"),
    ("code:not=urn:other|44261-6", True, "it has the code in another system only"),
    ("code:not=|44261-6", True, "it has no such code without a system"),
    (f"code:not={LOINC}|", False, "it has a code of that system"),
    ("code:not=x", True, "it has another code"),
    ("code:not=x,44261-6", False, "it has one of the alternatives"),
]


@pytest.mark.parametrize(("asked", "expected", "why"), NEGATED)
def test_not_reverses_whatever_is_asked(asked: str, expected: bool, why: str) -> None:
    assert found(coded(PHQ_9), asked) is expected, why


def test_missing_tells_whether_there_is_a_code_or_text() -> None:
    assert found(observation(), "method:missing=true")
    assert not found(observation(method={"coding": [LOCAL]}), "method:missing=true")
    assert found(observation(method={"text": "by hand"}), "method:missing=false")


def test_text_reads_what_is_said_of_a_code_from_its_beginning() -> None:
    """http://hl7.org/fhir/R4/search.html#modifiers: like a string, on text and display."""
    assert found(coded(PHQ_9), "code:text=phq-9 TOTAL")
    assert found(coded(LOCAL, text="Fragebogen für Müdigkeit"), "code:text=fragebogen fur mud")
    assert not found(coded(PHQ_9), "code:text=44261-6")
    assert not found(coded(PHQ_9), "code:text=score")


def test_the_text_of_an_identifier_is_the_text_of_its_type() -> None:
    patient = {
        "resourceType": "Patient",
        "identifier": [{"value": "1", "type": {"text": "Clinic number"}}],
    }
    assert found(patient, "identifier:text=clinic")


STATUS = "http://hl7.org/fhir/observation-status"


def test_a_plain_code_is_in_the_system_that_its_element_is_bound_to() -> None:
    assert found(observation(), "status=final")
    assert found(observation(), f"status={STATUS}|final")
    assert found(observation(), "status=|final")
    assert found(observation(), f"status={STATUS}|")
    assert not found(observation(), "status=urn:x|final")


def test_a_boolean_is_a_token() -> None:
    patient = {"resourceType": "Patient", "active": False}
    assert found(patient, "active=false")
    assert not found(patient, "active=true")


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({}, False),
        ({"deceasedBoolean": False}, False),
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2026-01-01"}, True),
    ],
)
def test_deceased_is_true_for_the_dead_and_false_for_everybody_else(
    element: dict[str, Any], expected: bool
) -> None:
    patient = {"resourceType": "Patient", **element}
    assert found(patient, "deceased=true") is expected
    assert found(patient, "deceased=false") is not expected


def test_a_contact_point_is_in_the_system_of_its_kind() -> None:
    patient = {
        "resourceType": "Patient",
        "telecom": [
            {"system": "phone", "value": "555"},
            {"system": "email", "value": "a@b.example"},
        ],
    }
    assert found(patient, "telecom=555")
    assert found(patient, "telecom=phone|555")
    assert found(patient, "phone=555")
    assert not found(patient, "email=555")
    assert found(patient, "email=a@b.example")


def test_meta_is_searched_in_every_type() -> None:
    tagged = {
        "resourceType": "Patient",
        "id": "7",
        "meta": {
            "tag": [{"system": "urn:t", "code": "demo"}],
            "security": [{"code": "R"}],
            "profile": ["http://a.example/P"],
            "lastUpdated": "2026-05-03T10:00:00.123Z",
        },
    }
    assert found(tagged, "_tag=urn:t|demo")
    assert found(tagged, "_security=R")
    assert found(tagged, "_profile=http://a.example/P")
    assert found(tagged, "_id=6,7")
    assert not found(tagged, "_id=6")
    assert found(tagged, "_id:not=6")
    assert found(tagged, "_lastUpdated=ge2026-05-03")
    assert found(tagged, "_lastUpdated=2026-05-03T10:00:00Z")
