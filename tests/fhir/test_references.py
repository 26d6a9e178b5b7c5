"""References are found, read and replaced wherever they stand."""

import pytest

from service.fhir.references import local, references, rewritten
from service.fhir.resource import Identity

BASE = "https://clinic.example/fhir"
URN = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"


def test_every_reference_is_found_with_its_place() -> None:
    resource = {
        "resourceType": "Observation",
        "subject": {"reference": "Patient/1"},
        "performer": [{"display": "x"}, {"reference": "Practitioner/2"}],
        "note": [{"authorReference": {"reference": "Patient/1"}, "text": "reference"}],
        "extension": [{"url": "u", "valueReference": {"reference": "#p"}}],
        "characteristic": [{"valueReference": {"reference": "Group/4"}}],
        "contained": [{"resourceType": "Encounter", "subject": {"reference": "Patient/3"}}],
    }
    assert list(references(resource)) == [
        ("Observation.subject.reference", "Patient/1"),
        ("Observation.performer[1].reference", "Practitioner/2"),
        ("Observation.note[0].author.reference", "Patient/1"),
        ("Observation.extension[0].value.reference", "#p"),
        ("Observation.characteristic[0].value.reference", "Group/4"),
        ("Observation.contained[0].subject.reference", "Patient/3"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Patient/a-1.b",
        "Patient/a-1.b/_history/3",
        "https://clinic.example/fhir/Patient/a-1.b",
        "https://clinic.example/fhir/Patient/a-1.b/_history/3",
    ],
)
def test_a_reference_to_this_server_is_local_whatever_its_version(text: str) -> None:
    assert local(text, BASE) == Identity(type="Patient", id="a-1.b")
    assert local(text, BASE + "/") == Identity(type="Patient", id="a-1.b")


@pytest.mark.parametrize(
    "text",
    [
        "#p",
        "",
        URN,
        "Patient",
        "Patient/",
        "Patient/a_b",
        "patient/1",
        f"Patient/{'a' * 65}",
        "Patient/1/_history/",
        "Patient/1/Observation/2",
        "Patient?identifier=a|1",
        "https://elsewhere.example/fhir/Patient/1",
        "https://clinic.example/fhirPatient/1",
        "http://clinic.example/fhir/Patient/1",
    ],
)
def test_any_other_reference_is_not_local(text: str) -> None:
    assert local(text, BASE) is None


def test_links_are_replaced_everywhere_and_nothing_else_is() -> None:
    resource = {
        "resourceType": "Observation",
        "subject": {"reference": URN, "display": URN},
        "note": [{"text": URN}],
        "valueString": URN,
        "identifier": [{"system": URN, "value": URN}],
        "meta": {"profile": [URN, "https://a.example"]},
        "extension": [
            {"url": URN, "valueUri": URN},
            {"url": "u", "valueAttachment": {"url": URN, "title": URN}},
            {"url": "u", "valueCanonical": URN},
            {"url": "u", "valueOid": URN},
            {"url": "u", "valueUuid": URN},
            {"url": "u", "valueMarkdown": URN},
        ],
        "policy": [URN],
        "measure": URN,
        "channel": {"endpoint": URN, "payload": URN},
        "text": {
            "status": "generated",
            "div": f"<div><a href=\"{URN}\">{URN}</a><img src='{URN}'/><a href='x'>y</a></div>",
        },
    }
    assert rewritten(resource, {URN: "Patient/1"}) == {
        "resourceType": "Observation",
        "subject": {"reference": "Patient/1", "display": URN},
        "note": [{"text": URN}],
        "valueString": URN,
        "identifier": [{"system": "Patient/1", "value": URN}],
        "meta": {"profile": ["Patient/1", "https://a.example"]},
        "extension": [
            {"url": "Patient/1", "valueUri": "Patient/1"},
            {"url": "u", "valueAttachment": {"url": "Patient/1", "title": URN}},
            {"url": "u", "valueCanonical": "Patient/1"},
            {"url": "u", "valueOid": "Patient/1"},
            {"url": "u", "valueUuid": "Patient/1"},
            {"url": "u", "valueMarkdown": URN},
        ],
        "policy": ["Patient/1"],
        "measure": "Patient/1",
        "channel": {"endpoint": "Patient/1", "payload": URN},
        "text": {
            "status": "generated",
            "div": f'<div><a href="Patient/1">{URN}</a><img src="Patient/1"/>'
            "<a href='x'>y</a></div>",
        },
    }
    assert resource["subject"] == {"reference": URN, "display": URN}
