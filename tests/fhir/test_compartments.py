"""Whose record a resource belongs to."""

from typing import Any

import pytest

from service.fhir.compartments import patient_of

BASE = "https://clinic.example/fhir"


@pytest.mark.parametrize(
    ("kind", "element"),
    [
        ("Observation", "subject"),
        ("QuestionnaireResponse", "subject"),
        ("Encounter", "subject"),
        ("EpisodeOfCare", "patient"),
    ],
)
def test_a_record_belongs_to_the_patient_it_names(kind: str, element: str) -> None:
    assert patient_of({"resourceType": kind, element: {"reference": "Patient/7"}}, BASE) == "7"


def test_a_patient_belongs_to_its_own_record() -> None:
    assert patient_of({"resourceType": "Patient", "id": "7"}, BASE) == "7"
    assert patient_of({"resourceType": "Patient"}, BASE) is None


@pytest.mark.parametrize(
    ("subject", "key"),
    [
        ({"reference": "Patient/7/_history/2"}, "7"),
        ({"reference": "https://clinic.example/fhir/Patient/7"}, "7"),
        ({"reference": "https://clinic.example/fhir/Patient/7/_history/2"}, "7"),
        ({"reference": "https://ehr.example/r4/Patient/7"}, "https://ehr.example/r4/Patient/7"),
        (
            {"reference": "https://ehr.example/r4/Patient/7/_history/2"},
            "https://ehr.example/r4/Patient/7",
        ),
        ({"reference": "urn:uuid:a"}, "urn:uuid:a"),
        ({"identifier": {"system": "https://id.example", "value": "7"}}, "https://id.example|7"),
        ({"identifier": {"value": "7"}, "type": "Patient"}, "|7"),
        ({"reference": "Patient/7", "identifier": {"value": "8"}}, "7"),
    ],
)
def test_a_patient_has_one_key_whichever_way_it_is_named(subject: dict[str, Any], key: str) -> None:
    assert patient_of({"resourceType": "Observation", "subject": subject}, BASE) == key


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Group/1"},
        {"reference": "https://ehr.example/r4/Group/1"},
        {"reference": "#contained"},
        {"reference": "Patient?identifier=https://id.example|7"},
        {"identifier": {"value": "7"}, "type": "Group"},
        {"identifier": {"system": "https://id.example"}},
        {"display": "Jane"},
        None,
        [],
    ],
)
def test_what_names_no_patient_belongs_to_none(subject: Any) -> None:
    assert patient_of({"resourceType": "Observation", "subject": subject}, BASE) is None


def test_what_is_about_no_patient_belongs_to_none() -> None:
    assert patient_of({"resourceType": "Practitioner", "id": "7"}, BASE) is None
    assert patient_of({"resourceType": ["Patient"], "id": "7"}, BASE) is None
