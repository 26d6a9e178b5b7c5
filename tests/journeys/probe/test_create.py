"""create: http://hl7.org/fhir/R4/http.html#create"""

import json
from email.utils import parsedate_to_datetime

import pytest

from tests.journeys.probe.resources import observation, patient, weighed
from tests.journeys.probe.speech import Json, Probe, expressions, outcome, versioned


def test_a_create_answers_201_and_says_where_the_version_is(probe: Probe, mark: str) -> None:
    answer = probe.create(patient(mark))
    assert answer.status_code == 201
    assert answer.headers["location"].startswith(f"{probe.base}/Patient/")
    type_name, id_, version = versioned(answer)
    read = probe.read(f"{type_name}/{id_}/_history/{version}")
    assert read.json()["identifier"][0]["value"] == mark


def test_a_create_tells_version_and_time_in_headers(probe: Probe, mark: str) -> None:
    answer = probe.create(patient(mark))
    stored = probe.read("/".join(versioned(answer)[:2])).json()["meta"]
    assert answer.headers["etag"] == f'W/"{stored["versionId"]}"'
    modified = parsedate_to_datetime(answer.headers["last-modified"])
    assert modified.strftime("%Y-%m-%dT%H:%M:%S") == stored["lastUpdated"][:19]


def test_the_id_and_version_and_time_that_a_client_sends_are_ignored(
    probe: Probe, mark: str
) -> None:
    meta = {"versionId": "77", "lastUpdated": "2001-01-01T00:00:00Z"}
    stored = probe.created(patient(mark, id=mark, meta=meta))
    assert stored["id"] != mark
    assert stored["meta"]["versionId"] != "77"
    assert not stored["meta"]["lastUpdated"].startswith("2001")


def test_tags_profiles_and_labels_are_kept(probe: Probe, mark: str) -> None:
    meta = {
        "profile": ["http://probe.example/StructureDefinition/p"],
        "tag": [{"system": "http://probe.example/tags", "code": "t"}],
        "security": [
            {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
        ],
    }
    stored = probe.created(patient(mark, meta=meta))["meta"]
    assert {name: stored[name] for name in meta} == meta


def test_minimal_means_no_body(probe: Probe, mark: str) -> None:
    answer = probe.create(patient(mark), Prefer="return=minimal")
    assert answer.status_code == 201
    assert answer.content == b""
    assert answer.headers["location"]


def test_a_representation_is_the_resource_as_stored(probe: Probe, mark: str) -> None:
    answer = probe.create(patient(mark), Prefer="return=representation")
    assert answer.json() == probe.read("/".join(versioned(answer)[:2])).json()


def test_an_outcome_is_answered_where_it_is_preferred(probe: Probe, mark: str) -> None:
    answer = probe.create(patient(mark), Prefer="return=OperationOutcome")
    assert answer.status_code == 201
    assert answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    "written",
    ["1.50", "0.000", "1.0", "100", "-0.10", "6.02E23", "1e-7", "12345678901234567.89"],
)
def test_a_decimal_keeps_its_digits(probe: Probe, mark: str, written: str) -> None:
    """Implementations SHALL preserve the precision.

    http://hl7.org/fhir/R4/datatypes.html#precision
    """
    body = json.dumps(weighed(mark, valueQuantity={"value": "HERE"})).replace('"HERE"', written)
    answer = probe.ask("POST", "Observation", body.encode())
    assert answer.status_code == 201, answer.text
    read = probe.read("/".join(versioned(answer)[:2])).text
    assert read.replace(" ", "").find(f'"value":{written}}}') > 0, read


@pytest.mark.parametrize(
    "written",
    ["2026", "2026-05", "2026-05-03", "2026-05-03T10:00:00+05:30", "2026-05-03T10:00:00.120Z",
     "2026-05-03T23:59:59-00:00"],
)  # fmt: skip
def test_a_date_keeps_its_letters(probe: Probe, mark: str, written: str) -> None:
    stored = probe.created(weighed(mark, effectiveDateTime=written))
    read = probe.read(f"Observation/{stored['id']}").json()
    assert read["effectiveDateTime"] == written


KEPT: dict[str, Json] = {
    "extension": {
        "extension": [{"url": "http://probe.example/e", "valueDecimal": 1.5}],
    },
    "nested extension": {
        "extension": [
            {"url": "http://probe.example/e",
             "extension": [{"url": "inner", "valueCodeableConcept": {"text": "x"}}]},
        ],
    },
    "modifier extension": {
        "modifierExtension": [{"url": "http://probe.example/m", "valueBoolean": True}],
    },
    "extension of a primitive": {
        "birthDate": "1970-03-30",
        "_birthDate": {
            "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime",
                 "valueDateTime": "1970-03-30T14:35:45-05:00"},
            ],
        },
    },
    "primitive without a value": {
        "_gender": {
            "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                 "valueCode": "asked-declined"},
            ],
        },
    },
    "extension within a list of primitives": {
        "name": [
            {"given": ["Anna", "Maria"],
             "_given": [None, {"extension": [{"url": "http://probe.example/e",
                                              "valueCode": "middle"}]}]},
        ],
    },
    "contained resource": {
        "contained": [{"resourceType": "Organization", "id": "o", "name": "Clinic"}],
        "managingOrganization": {"reference": "#o"},
    },
    "Unicode": {"name": [{"text": "Zoë 😢 Ωμέγα — “quoted” 漢字", "family": "a\tb c"}]},
    "narrative": {
        "text": {
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>a &lt; b &#233;</p></div>',
        },
    },
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_what_is_sent_comes_back(probe: Probe, mark: str, name: str) -> None:
    stored = probe.created(patient(mark, **KEPT[name]))
    read = probe.read(f"Patient/{stored['id']}").json()
    assert {element: read.get(element) for element in KEPT[name]} == KEPT[name]


def test_a_resource_of_another_type_than_the_address_is_refused(probe: Probe, mark: str) -> None:
    outcome(probe.ask("POST", "Observation", patient(mark)), 400)


@pytest.mark.parametrize(
    ("place", "resource"),
    [
        ("Patient.favouriteColour", {"resourceType": "Patient", "favouriteColour": "blue"}),
        ("Observation.status", {"resourceType": "Observation", "code": {"text": "x"}}),
        ("Observation.code", {"resourceType": "Observation", "status": "final"}),
        ("Patient.gender", {"resourceType": "Patient", "gender": "banana"}),
        ("Patient.name[0].family", {"resourceType": "Patient", "name": [{"family": ""}]}),
        ("Patient.name", {"resourceType": "Patient", "name": []}),
        ("Patient.name[0]", {"resourceType": "Patient", "name": [{}]}),
        ("Patient.birthDate", {"resourceType": "Patient", "birthDate": "2026-13-01"}),
        ("Patient.active", {"resourceType": "Patient", "active": "true"}),
        ("Patient.name", {"resourceType": "Patient", "name": {"family": "a"}}),
        ("Patient.contact[0]", {"resourceType": "Patient", "contact": [{"gender": "male"}]}),
    ],
)
def test_invalid_content_is_refused_and_the_place_is_named(
    probe: Probe, place: str, resource: Json
) -> None:
    """422: the resource violated rules; http://hl7.org/fhir/R4/http.html#create"""
    answer = probe.create(resource)
    outcome(answer, 422)
    assert place in expressions(answer)


def test_two_choices_of_one_element_are_refused(probe: Probe, mark: str) -> None:
    answer = probe.create(weighed(mark, valueString="x", valueInteger=1))
    outcome(answer, 422)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"resourceType":"Patient"',
        b'{"resourceType":"Patient","active":true,"active":false}',
        b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueInteger":NaN}',
        b'{"resourceType":"Patient","multipleBirthInteger":Infinity}',
        b'{"resourceType":"Patient","x":' + b"[" * 65 + b"]" * 65 + b"}",
        b"[]",
        b'"Patient"',
        b'{"active":true}',
        b"\xff\xfe",
    ],
    ids=["nothing", "brace", "unclosed", "duplicate-key", "nan", "infinity", "deep", "array",
         "string", "no-type", "not-utf-8"],
)  # fmt: skip
def test_what_is_no_resource_in_json_is_refused(probe: Probe, body: bytes) -> None:
    outcome(probe.ask("POST", "Patient", body), 400)


@pytest.mark.parametrize("type_", ["text/plain", "application/fhir+xml", "application/pdf"])
def test_a_content_type_that_is_not_spoken_is_415(probe: Probe, mark: str, type_: str) -> None:
    outcome(probe.create(patient(mark), Content_Type=type_), 415)


@pytest.mark.parametrize(
    "type_",
    ["application/json", "application/fhir+json; charset=utf-8",
     "application/fhir+json; fhirVersion=4.0", "application/json;charset=UTF-8"],
)  # fmt: skip
def test_the_names_of_json_are_understood(probe: Probe, mark: str, type_: str) -> None:
    assert probe.create(patient(mark), Content_Type=type_).status_code == 201


def test_a_type_that_fhir_does_not_know_is_404(probe: Probe) -> None:
    outcome(probe.create({"resourceType": "Nonsense"}), 404)


def test_a_reference_to_nothing_on_this_server_is_refused(probe: Probe, mark: str) -> None:
    answer = probe.create(observation(f"Patient/{mark}"))
    assert "Observation.subject" in outcome(answer, 422)


@pytest.mark.parametrize("slip", ["patient/{id}", "/Patient/{id}", "Patient/{id}/", "{id}"])
def test_a_slip_in_a_reference_is_refused_and_not_stored_as_a_loose_end(
    probe: Probe, mark: str, slip: str
) -> None:
    """http://hl7.org/fhir/R4/references.html#literal: [type]/[id]"""
    stored = probe.created(patient(mark))
    outcome(probe.create(observation(slip.format(id=stored["id"]))), 422)


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "http://elsewhere.example/fhir/Patient/1"},
        {"identifier": {"system": "http://elsewhere.example/mrn", "value": "1"}},
        {"display": "Somebody"},
        {"reference": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
    ],
    ids=["absolute", "logical", "display", "urn"],
)
def test_a_reference_to_elsewhere_is_kept(probe: Probe, mark: str, subject: Json) -> None:
    stored = probe.created(weighed(mark, subject=subject))
    assert probe.read(f"Observation/{stored['id']}").json()["subject"] == subject


def test_a_refused_create_stores_nothing(probe: Probe, mark: str) -> None:
    outcome(probe.create(patient(mark, gender="banana")), 422)
    assert probe.matches(f"Patient?identifier={mark}") == set()
