"""References. http://hl7.org/fhir/R4/search.html#reference"""

from typing import Any

import pytest

from tests.fhir.search.asked import BASE, found, observation


def about(reference: str, **more: str) -> dict[str, Any]:
    return observation(subject={"reference": reference, **more})


ELSEWHERE = "http://other.example/fhir/Patient/1"
ROWS = [
    ("Patient/1", "subject=Patient/1", True, "as it stands"),
    ("Patient/1", "subject=1", True, "the id of any type"),
    ("Group/1", "subject=1", True, "the id of any type"),
    ("Patient/1", "subject:Patient=1", True, "the id of this type"),
    ("Group/1", "subject:Patient=1", False, "the id of another type"),
    ("Patient/1", "subject:Patient=Patient/1", True, "type said twice"),
    ("Patient/1", f"subject={BASE}/Patient/1", True, "absolute, of this server"),
    (f"{BASE}/Patient/1", "subject=Patient/1", True, "stored as absolute"),
    (f"{BASE}/Patient/1", "patient=1", True, "stored as absolute"),
    ("Patient/1/_history/3", "subject=Patient/1", True, "stored with a version"),
    ("Patient/1", "subject=Patient/1/_history/2", True, "asked with a version"),
    (ELSEWHERE, f"subject={ELSEWHERE}", True, "of another server"),
    (ELSEWHERE, "subject=Patient/1", False, "relative means this server"),
    (ELSEWHERE, f"patient={ELSEWHERE}", True, "a Patient of another server"),
    ("Patient/1", f"subject={ELSEWHERE}", False, "this server is not the other"),
    ("Patient/12", "subject=1", False, "a part of an id is no id"),
    ("Group/1", "patient=1", False, "patient means Patients only"),
    ("Patient/1", "patient=Group/1", False, "patient means Patients only"),
    ("Patient/1", "subject=x,Patient/1", True, "one of the alternatives"),
    ("urn:uuid:7", "subject=urn:uuid:7", True, "any absolute name"),
    (f"{ELSEWHERE}/_history/2", f"subject={ELSEWHERE}", True, "elsewhere, with a version"),
    (ELSEWHERE, f"subject={ELSEWHERE}/_history/9", True, "asked with a version"),
    (f"{BASE}/Patient/1/_history/3", "subject:Patient=1", True, "absolute, with a version"),
    (ELSEWHERE, f"subject:Patient={ELSEWHERE}", True, "the type is in the address"),
    ("Location/1", "subject=Patient/1,Location/1", True, "alternatives of several types"),
    ("#contained", "subject:missing=true", True, "what is contained cannot be searched"),
    ("Patient/1", "encounter:missing=true", True, "no encounter"),
]


@pytest.mark.parametrize(("stored", "asked", "expected", "why"), ROWS)
def test_a_reference_is_found_however_it_is_written(
    stored: str, asked: str, expected: bool, why: str
) -> None:
    assert found(about(stored), asked) is expected, why


def test_the_stated_type_tells_where_the_reference_does_not() -> None:
    assert found(about("urn:uuid:7", type="Patient"), "patient=urn:uuid:7")
    assert not found(about("urn:uuid:7", type="Group"), "patient=urn:uuid:7")
    assert found(about("urn:uuid:7", type="Group"), "subject=urn:uuid:7")


def test_a_reference_is_found_by_its_identifier() -> None:
    named = observation(subject={"identifier": {"system": "urn:mrn", "value": "12"}})
    assert found(named, "subject:identifier=urn:mrn|12")
    assert found(named, "patient:identifier=12")
    assert not found(named, "subject:identifier=urn:mrn|1")
    assert found(named, "subject:missing=false")


def test_a_reference_to_any_type_is_found_by_id() -> None:
    assert found(observation(focus=[{"reference": "Observation/9"}]), "focus=9")
    assert found(observation(focus=[{"reference": "Observation/9"}]), "focus:Observation=9")


ANSWERED = [
    ("http://a.example/Q|1.0", "http://a.example/Q|1.0", True, "this version"),
    ("http://a.example/Q|1.0", "http://a.example/Q", True, "any version"),
    ("http://a.example/Q|1.0", "http://a.example/Q|2.0", False, "another version"),
    ("http://a.example/Q", "http://a.example/Q|1.0", False, "no version is not this one"),
    ("Questionnaire/7", "7", True, "by id, where it is so referred to"),
]


@pytest.mark.parametrize(("stored", "asked", "expected", "why"), ANSWERED)
def test_a_canonical_is_found_with_and_without_its_version(
    stored: str, asked: str, expected: bool, why: str
) -> None:
    response = {"resourceType": "QuestionnaireResponse", "questionnaire": stored}
    assert found(response, f"questionnaire={asked}".replace("|", r"\|")) is expected, why
    assert found(response, f"questionnaire={asked}") is expected, why
