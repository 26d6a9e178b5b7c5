"""$validate. http://hl7.org/fhir/R4/resource-operation-validate.html"""

from typing import Any

import httpx
import pytest

from service.fhir.validation import validate as validated
from tests.interactions.sent import Json, entry, patient, said, weight

BASE = "http://clinic.test/fhir"
DEFINITION = "http://hl7.org/fhir/StructureDefinition/"
PHQ_9_TOTAL = {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]}


def parameters(**given: Any) -> Json:
    def one(name: str, value: Any) -> Json:
        kind = "resource" if name == "resource" else {"mode": "valueCode"}.get(name, "valueUri")
        return {"name": name, kind: value}

    return {
        "resourceType": "Parameters",
        "parameter": [one(name, value) for name, value in given.items()],
    }


def issues(answer: httpx.Response) -> list[tuple[str, str, str | None]]:
    """Severity, code and place of each; the answer is 200 whatever they are."""
    assert answer.status_code == 200, answer.text
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    assert validated(outcome) == ()
    return [
        (each["severity"], each["code"], each.get("expression", [None])[0])
        for each in outcome["issue"]
    ]


ALL_OK = [("information", "informational", None)]
CODE_SYSTEM = {"resourceType": "CodeSystem", "status": "draft", "content": "complete"}


async def stored(fhir: httpx.AsyncClient) -> int:
    return int((await fhir.get("?_summary=count")).json()["total"])


@pytest.mark.parametrize("sent", [patient(), parameters(resource=patient())])
async def test_a_valid_resource_is_all_ok_and_is_not_stored(
    fhir: httpx.AsyncClient, sent: Json
) -> None:
    before = await stored(fhir)
    own = f"profile={DEFINITION}Patient"
    for query in ("", "?mode=create", f"?{own}", f"?mode=create&{own}|4.0.1"):
        answer = await fhir.post(f"/Patient/$validate{query}", json=sent)
        assert issues(answer) == ALL_OK
        assert said(answer) == "All OK."
    assert await stored(fhir) == before
    assert (await fhir.get("/Patient/_history")).json()["total"] == 0


WRONG: tuple[tuple[Json, tuple[str, str, str]], ...] = (
    ({**patient(), "banana": 1}, ("error", "structure", "Patient.banana")),
    ({**patient(), "gender": "x"}, ("error", "code-invalid", "Patient.gender")),
    ({**patient(), "birthDate": "2026-02-30"}, ("error", "value", "Patient.birthDate")),
    ({**patient(), "name": []}, ("error", "value", "Patient.name")),
    ({**patient(), "active": ""}, ("error", "value", "Patient.active")),
    (
        {**patient(), "generalPractitioner": [{"reference": "Practitioner/none"}]},
        ("error", "not-found", "Patient.generalPractitioner[0].reference"),
    ),
    (
        {"resourceType": "Observation", "status": "final", "code": PHQ_9_TOTAL, "valueInteger": 99},
        ("error", "value", "Observation.value"),
    ),
    (
        {"resourceType": "Observation", "code": {"text": "x"}},
        ("error", "required", "Observation.status"),
    ),
    (
        weight(meta={"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-bmi"]}),
        ("error", "invariant", "Observation"),
    ),
    (
        {"resourceType": "Observation", "status": "final", "code": {"coding": [
            {"system": "https://attune-outcomes.org/fhir/CodeSystem/finding", "code": "pace"}]}},
        ("error", "forbidden", "Observation.code"),
    ),
)  # fmt: skip
"""What a write is refused for, or under `handling=strict` would be."""


async def test_what_a_write_would_be_refused_for_is_said(fhir: httpx.AsyncClient) -> None:
    before = await stored(fhir)
    for sent, expected in WRONG:
        type_name = sent["resourceType"]
        answer = await fhir.post(f"/{type_name}/$validate", json=sent)
        found = issues(answer)
        assert expected in found, (expected, found)
        refused = await fhir.post(f"/{type_name}", json=sent, headers={"Prefer": "handling=strict"})
        assert refused.status_code in (403, 422), sent
        assert set(issues_of(refused)) <= {(code, place) for _, code, place in found}
    assert await stored(fhir) == before


def issues_of(answer: httpx.Response) -> list[tuple[str, str | None]]:
    return [
        (each["code"], each.get("expression", [None])[0])
        for each in answer.json()["issue"]
        if each["severity"] == "error"
    ]


async def test_every_problem_is_said_at_once(fhir: httpx.AsyncClient) -> None:
    sent = patient(gender="x", generalPractitioner=[{"reference": "Practitioner/none"}])
    found = issues(await fhir.post("/Patient/$validate", json=sent))
    assert [place for _, _, place in found] == [
        "Patient.gender", "Patient.generalPractitioner[0].reference"
    ]  # fmt: skip


async def test_a_resource_of_another_type_is_said_so(fhir: httpx.AsyncClient) -> None:
    found = issues(await fhir.post("/Practitioner/$validate", json=patient()))
    assert found == [("error", "invalid", "resourceType")]


async def test_a_type_that_is_not_served_can_still_be_judged_wrong(
    fhir: httpx.AsyncClient,
) -> None:
    found = issues(await fhir.post("/Patient/$validate", json={"resourceType": "Nonsense"}))
    assert ("error", "invalid", "resourceType") in found


MODES = (
    # "checks that it would accept it as an update against the nominated resource"
    ("/Patient/p/$validate", {"mode": "update", "resource": patient(id="p")}, ALL_OK),
    ("/Patient/new/$validate", {"mode": "update", "resource": patient(id="new")}, ALL_OK),
    ("/Patient/p/$validate", {"mode": "update", "resource": patient()},
     [("error", "invalid", "Patient.id")]),
    ("/Patient/p/$validate", {"mode": "update", "resource": patient(id="q")},
     [("error", "invalid", "Patient.id")]),
    ("/Patient/p/$validate", {"mode": "create", "resource": patient(id="q")}, ALL_OK),
    ("/Patient/p/$validate", {"resource": patient()}, ALL_OK),
    # "ignores the content, and checks that the resource is allowed to be deleted"
    ("/Patient/p/$validate", {"mode": "delete"}, ALL_OK),
    ("/Patient/p/$validate", {"mode": "delete", "resource": {"resourceType": "x"}}, ALL_OK),
    ("/Patient/never/$validate", {"mode": "delete"}, ALL_OK),
    ("/Library/d/$validate", {"mode": "delete"}, [("error", "not-supported", None)]),
    # "checks an existing resource as valid against the nominated profile"
    ("/Patient/p/$validate", {"mode": "profile", "profile": f"{DEFINITION}Patient"}, ALL_OK),
    ("/Patient/p/$validate", {"mode": "profile", "profile": f"{DEFINITION}Encounter"},
     [("error", "invalid", "meta.profile")]),
    # "it SHALL return an error" where it cannot validate against the profile
    ("/Patient/p/$validate", {"profile": "http://clinic.example/profile"},
     [("error", "not-supported", "meta.profile")]),
    ("/Patient/$validate", {"profile": "Patient", "resource": patient()},
     [("error", "not-supported", "meta.profile")]),
    ("/Patient/$validate", {"profile": f"{DEFINITION}Nonsense", "resource": patient()},
     [("error", "not-supported", "meta.profile")]),
    # what clients do not write
    ("/CodeSystem/$validate", {"resource": CODE_SYSTEM}, ALL_OK),
    ("/CodeSystem/$validate", {"mode": "create", "resource": CODE_SYSTEM},
     [("error", "not-supported", None)]),
)  # fmt: skip


async def test_a_mode_says_what_is_to_be_checked(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    for path, given, expected in MODES:
        answer = await fhir.post(path, json=parameters(**given))
        assert issues(answer) == expected, (path, given)
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'


async def test_what_is_stored_can_be_validated_where_it_stands(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    assert issues(await fhir.get("/Patient/p/$validate")) == ALL_OK
    assert issues(await fhir.post("/Patient/p/$validate")) == ALL_OK
    profile = f"{DEFINITION}Encounter"
    found = issues(await fhir.get("/Patient/p/$validate", params={"profile": profile}))
    assert found == [("error", "invalid", "meta.profile")]
    # what a lenient day let in, a strict look finds
    await fhir.put("/Observation/o", json={
        "resourceType": "Observation", "id": "o", "status": "final", "code": PHQ_9_TOTAL,
        "effectiveDateTime": "2026-05-03", "valueInteger": 99})  # fmt: skip
    (found,) = issues(await fhir.get("/Observation/o/$validate"))
    assert found == ("error", "value", "Observation.value")


async def test_everything_that_ships_with_the_service_is_valid(fhir: httpx.AsyncClient) -> None:
    for type_name in (
        "CodeSystem", "Device", "OperationDefinition", "Questionnaire", "StructureDefinition",
        "ValueSet",
    ):  # fmt: skip
        for each in (await fhir.get(f"/{type_name}?_count=1000")).json()["entry"]:
            place = f"/{type_name}/{each['resource']['id']}"
            assert issues(await fhir.get(f"{place}/$validate")) == ALL_OK, place


async def test_what_the_service_derives_can_be_neither_updated_nor_deleted(
    fhir: httpx.AsyncClient,
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    total = {
        "resourceType": "Observation", "status": "final", "code": PHQ_9_TOTAL, "valueInteger": 20,
        "subject": {"reference": "Patient/p"}, "effectiveDateTime": "2026-05-03",
    }  # fmt: skip
    assert (await fhir.post("/Observation", json=total)).status_code == 201
    found = (await fhir.get("/Observation?patient=p&code:not=44261-6")).json()["entry"]
    derived = found[0]["resource"]
    path = f"/Observation/{derived['id']}/$validate"
    forbidden = ("error", "forbidden", None)
    assert issues(await fhir.post(path, json=parameters(mode="delete"))) == [forbidden]
    update = await fhir.post(path, json=parameters(mode="update", resource=derived))
    assert forbidden in issues(update)


async def test_a_resource_that_stays_or_goes_is_answered_as_a_read_would(
    fhir: httpx.AsyncClient,
) -> None:
    assert (await fhir.get("/Patient/never/$validate")).status_code == 404
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.delete("/Patient/p")
    assert (await fhir.get("/Patient/p/$validate")).status_code == 410


REFUSED: tuple[tuple[str, str, bytes | Json | None], ...] = (
    ("GET", "/Patient/$validate", None),
    ("POST", "/Patient/$validate", None),
    ("POST", "/Patient/$validate", b"{"),
    ("POST", "/Patient/$validate", b"[]"),
    ("POST", "/Patient/$validate", b"{}"),
    ("POST", "/Patient/$validate", b'{"resourceType":"Patient","resourceType":"Patient"}'),
    ("POST", "/Patient/$validate", parameters(mode="create")),
    ("POST", "/Patient/$validate", parameters(resource="x")),
    ("POST", "/Patient/$validate", parameters(resource={"id": "p"})),
    ("POST", "/Patient/$validate", parameters(mode="nonsense", resource=patient())),
    ("POST", "/Patient/$validate", parameters(mode="update", resource=patient(id="p"))),
    ("POST", "/Patient/$validate", parameters(mode="delete")),
    ("POST", "/Patient/$validate", parameters(mode="profile", profile="http://a.example")),
    ("POST", "/Patient/p/$validate", parameters(mode="profile")),
    ("POST", "/Patient/p/$validate",
     parameters(mode="profile", profile="http://a.example", resource=patient())),
    ("POST", "/Patient/$validate", parameters(nonsense="x", resource=patient())),
    ("POST", "/Patient/$validate?nonsense=1", patient()),
)  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), REFUSED)
async def test_where_there_is_nothing_to_validate_the_request_is_refused(
    fhir: httpx.AsyncClient, method: str, path: str, body: bytes | Json | None
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    if isinstance(body, dict):
        answer = await fhir.request(method, path, json=body)
    else:
        answer = await fhir.request(method, path, content=body)
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("kind", ["batch", "transaction"])
async def test_it_can_be_asked_in_a_bundle(fhir: httpx.AsyncClient, kind: str) -> None:
    sent = {"resourceType": "Bundle", "type": kind,
            "entry": [entry("POST", "Patient/$validate", patient(gender="x"))]}  # fmt: skip
    answer = await fhir.post("", json=sent)
    (reply,) = answer.json()["entry"]
    assert reply["response"]["status"] == "200"
    assert reply["resource"]["issue"][0]["expression"] == ["Patient.gender"]
    assert (await fhir.get("/Patient?_summary=count")).json()["total"] == 0
