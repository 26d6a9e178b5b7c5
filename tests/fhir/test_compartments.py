"""Whose record a resource belongs to."""

from typing import Any

import pytest

from service.fhir.compartments import SUBJECTS, patient_of
from service.fhir.search.parameters import TABLE
from tests.fhir.definitions import read

BASE = "https://clinic.example/fhir"


@pytest.mark.parametrize(
    ("kind", "element"),
    [
        ("Observation", "subject"),
        ("QuestionnaireResponse", "subject"),
        ("Encounter", "subject"),
        ("EpisodeOfCare", "patient"),
        ("Goal", "subject"),
        ("MeasureReport", "subject"),
        ("Basic", "subject"),
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


PATIENT, OTHER = {"reference": "Patient/7"}, {"reference": "Patient/8"}
OBSERVATION = {"reference": "Observation/1"}
ELSEWHERE = {"reference": "https://clinic.example/fhir/Patient/7/_history/2"}


@pytest.mark.parametrize(
    ("resource", "key"),
    [
        ({"resourceType": "Provenance", "target": [OBSERVATION, PATIENT, ELSEWHERE]}, "7"),
        ({"resourceType": "Provenance", "target": [OBSERVATION]}, None),
        ({"resourceType": "Provenance", "target": [PATIENT, OTHER]}, None),
        ({"resourceType": "Provenance", "agent": [{"who": PATIENT}]}, None),
        ({"resourceType": "AuditEvent", "agent": [{"who": {}}, {"who": PATIENT}]}, "7"),
        ({"resourceType": "AuditEvent", "entity": [{"what": OBSERVATION}, {"what": PATIENT}]}, "7"),
        (
            {
                "resourceType": "AuditEvent",
                "agent": [{"who": PATIENT}],
                "entity": [{"what": OTHER}],
            },
            None,
        ),
        ({"resourceType": "Group", "member": [{"entity": PATIENT}]}, None),
        ({"resourceType": "Goal", "subject": {"reference": "Organization/1"}}, None),
    ],
)
def test_what_names_many_belongs_to_one_where_only_one_patient_is_among_them(
    resource: dict[str, Any], key: str | None
) -> None:
    assert patient_of(resource, BASE) == key


LEFT_OUT = {
    ("Basic", "author"): "the one who wrote it is not the one it is about",
    ("Observation", "performer"): "the one who observed is not the one it is about",
    ("QuestionnaireResponse", "author"): "the one who wrote it is not the one it is about",
    ("Group", "member"): "a group is of many",
    ("Patient", "link"): "a patient is the key of its own record",
}
"""Parameters by which R4 lets a type be in the compartment of a patient too, and why they do not
say whose record it is."""


def test_the_record_is_the_compartment_that_r4_defines() -> None:
    official = {
        (type_name, name)
        for type_name, names in read("patient_compartment").items()
        for name in names
    }
    assert LEFT_OUT.keys() < official
    for type_name, name in official - LEFT_OUT.keys():
        assert set(SUBJECTS[type_name]) == set(TABLE[type_name][name].paths)
    assert SUBJECTS.keys() == {type_name for type_name, _ in official - LEFT_OUT.keys()}


def test_what_is_about_no_patient_belongs_to_none() -> None:
    assert patient_of({"resourceType": "Practitioner", "id": "7"}, BASE) is None
    assert patient_of({"resourceType": ["Patient"], "id": "7"}, BASE) is None
