"""POST [base]/[type]. http://hl7.org/fhir/R4/http.html#create"""

import re
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from tests.interactions.sent import count, created, issue, patient, prefer, said, weight


async def test_a_created_resource_says_where_it_is_and_which_version(
    fhir: httpx.AsyncClient,
) -> None:
    answer = await fhir.post("/Patient", json=patient())
    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == (
        f"http://clinic.test/fhir/Patient/{body['id']}/_history/1"
    )
    assert answer.headers["etag"] == 'W/"1"'
    assert parsedate_to_datetime(answer.headers["last-modified"]).tzinfo is not None
    assert body["meta"]["versionId"] == "1"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["meta"]["lastUpdated"])


async def test_the_server_decides_id_version_and_time_and_keeps_the_rest_of_meta(
    fhir: httpx.AsyncClient,
) -> None:
    tag = {"system": "http://clinic.example/tags", "code": "imported"}
    sent = patient(
        id="mine",
        meta={"versionId": "77", "lastUpdated": "1999-01-01T00:00:00Z", "tag": [tag]},
    )
    body = await created(fhir, sent)
    assert body["id"] != "mine"
    assert body["meta"]["versionId"] == "1"
    assert not body["meta"]["lastUpdated"].startswith("1999")
    assert body["meta"]["tag"] == [tag]
    assert (await fhir.get("/Patient/mine")).status_code == 404


async def test_a_patient_created_with_an_id_is_found_by_the_one_it_got(
    fhir: httpx.AsyncClient,
) -> None:
    body = await created(fhir, patient(id="mine"))
    assert await count(fhir, f"/Patient?_id={body['id']}") == 1
    assert await count(fhir, "/Patient?_id=mine") == 0


@pytest.mark.parametrize(
    "element",
    [
        b'"valueQuantity":{"value":1.50,"unit":"kg"}',
        b'"valueQuantity":{"value":0.0100}',
        b'"valueQuantity":{"value":1E3}',
        b'"valueQuantity":{"value":-0}',
        b'"valueQuantity":{"value":12345678901234567890.5}',
        b'"effectiveDateTime":"2026-05-03T10:00:00+05:30"',
        b'"effectiveDateTime":"2026-05"',
        b'"effectiveInstant":"2026-05-03T10:00:00.000-00:00"',
        b'"valueString":"\xf0\x9f\x98\xa2 \xc5\x81\xc3\xb3d\xc5\xba \xe2\x80\x8b"',
        b'"valueInteger":5,"_valueInteger":{"extension":[{"url":"urn:x","valueDecimal":1.000}]}',
        b'"_valueString":{"extension":[{"url":"http://a.example/x","valueBoolean":true}]}',
        b'"extension":[{"url":"http://a.example/x","extension":[{"url":"y","valueCode":"z"}]}]',
        b'"contained":[{"resourceType":"Practitioner","id":"p"}],"performer":[{"reference":"#p"}]',
        b'"note":[{"text":"a\\tb\\u00e9"}]',
    ],
)
async def test_what_was_sent_comes_back_to_the_letter(
    fhir: httpx.AsyncClient, element: bytes
) -> None:
    sent = b'{"resourceType":"Observation","status":"final","code":{"text":"x"},' + element + b"}"
    answer = await fhir.post(
        "/Observation", content=sent, headers={"Content-Type": "application/fhir+json"}
    )
    assert answer.status_code == 201, answer.text
    stored = await fhir.get(f"/Observation/{answer.json()['id']}")
    expected = element.replace(b"\\u00e9", "é".encode())
    assert expected in stored.content
    assert stored.content == answer.content


REFUSED: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("an unknown element", patient(shoeSize=42), "structure", "Patient.shoeSize"),
    ("a missing element", {"resourceType": "Observation", "code": {"text": "x"}}, "required",
     "Observation.status"),
    ("a code outside its binding", weight(status="banana"), "code-invalid", "Observation.status"),
    ("an empty string", patient(language=""), "value", "Patient.language"),
    ("an empty array", patient(address=[]), "value", "Patient.address"),
    ("an empty object", patient(maritalStatus={}), "value", "Patient.maritalStatus"),
    ("a null", patient(gender=None), "value", "Patient.gender"),
    ("no such day", patient(birthDate="2026-02-30"), "value", "Patient.birthDate"),
    ("a broken invariant", weight(valueInteger=1, dataAbsentReason={"text": "x"}), "invariant",
     "Observation.dataAbsentReason"),
    ("a NUL", patient(name=[{"family": "a\x00b"}]), "value", "Patient.name[0].family"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("resource", "code", "expression"),
    [row[1:] for row in REFUSED],
    ids=[row[0] for row in REFUSED],
)
async def test_an_invalid_resource_is_refused_with_the_path_of_what_is_wrong(
    fhir: httpx.AsyncClient, resource: dict[str, Any], code: str, expression: str
) -> None:
    answer = await fhir.post(f"/{resource['resourceType']}", json=resource)
    assert answer.status_code == 422
    issues = answer.json()["issue"]
    assert expression in [path for each in issues for path in each["expression"]]
    assert await count(fhir, f"/{resource['resourceType']}") == 0


async def test_every_fault_of_a_resource_is_said_at_once(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.post("/Patient", json=patient(gender="x", birthDate="y", shoeSize=1))
    paths = {issue["expression"][0] for issue in answer.json()["issue"]}
    assert paths == {"Patient.gender", "Patient.birthDate", "Patient.shoeSize"}


async def test_a_resource_of_another_type_than_the_address_is_a_bad_request(
    fhir: httpx.AsyncClient,
) -> None:
    answer = await fhir.post("/Observation", json=patient())
    assert answer.status_code == 400
    assert "resourceType must be Observation" in said(answer)


@pytest.mark.parametrize("body", [b"", b"   "])
async def test_without_a_body_nothing_is_created(fhir: httpx.AsyncClient, body: bytes) -> None:
    answer = await fhir.post("/Patient", content=body)
    assert answer.status_code == 400


PREFERENCES = (
    ("", "Patient"),
    ("return=representation", "Patient"),
    ("return=minimal", None),
    ("return=OperationOutcome", "OperationOutcome"),
    ('return="minimal"', None),
    ("handling=lenient; return=minimal", None),
    ("return=nonsense, wait=10", "Patient"),
)


@pytest.mark.parametrize(("preference", "kind"), PREFERENCES)
async def test_the_client_chooses_what_a_write_answers_with(
    fhir: httpx.AsyncClient, preference: str, kind: str | None
) -> None:
    answer = await fhir.post("/Patient", json=patient(), headers=prefer(preference))
    assert answer.status_code == 201
    assert answer.headers["location"]
    assert answer.headers["etag"] == 'W/"1"'
    assert (answer.json()["resourceType"] if answer.content else None) == kind


async def test_a_preference_may_come_in_several_headers(fhir: httpx.AsyncClient) -> None:
    headers = [("Prefer", "handling=lenient"), ("Prefer", "return=minimal")]
    answer = await fhir.post("/Patient", json=patient(), headers=headers)
    assert answer.status_code == 201
    assert answer.content == b""


async def test_what_is_only_said_is_refused_where_the_client_is_strict(
    fhir: httpx.AsyncClient,
) -> None:
    """An Observation that claims a profile of US Core and says nothing (us-core-2)."""
    profile = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-clinical-result"
    sent = weight(meta={"profile": [profile]})
    wish = prefer("return=OperationOutcome")
    loose = await fhir.post("/Observation", json=sent, headers=wish)
    assert loose.status_code == 201
    assert [i["severity"] for i in loose.json()["issue"]] == ["warning"]
    strict = await fhir.post("/Observation", json=sent, headers=prefer("handling=strict"))
    assert strict.status_code == 422
    assert issue(strict) == ("invariant", ["Observation"])
    assert await count(fhir, "/Observation") == 1
