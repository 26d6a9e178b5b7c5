"""What the service derives can be read and not written. It is a finding like any other."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.interactions.sent import (
    Json,
    batch,
    binary,
    delete,
    parameters,
    patch,
    put,
    statuses,
    transaction,
)

EXAMPLES = Path(__file__).parents[2] / "openapi" / "examples"
FINDING = "https://attune-outcomes.org/fhir/CodeSystem/finding"


def example(name: str) -> Json:
    return dict(json.loads((EXAMPLES / f"{name}.json").read_bytes()))


@pytest_asyncio.fixture(loop_scope="session")
async def score(fhir: httpx.AsyncClient) -> Json:
    """The score that follows from the example of a response."""
    for name in ("practitioner", "patient", "episode-of-care", "encounter"):
        resource = example(name)
        place = f"/{resource['resourceType']}/{resource['id']}"
        assert (await fhir.put(place, json=resource)).is_success
    answer = await fhir.post("/QuestionnaireResponse", json=example("phq-9-response"))
    assert answer.status_code == 201
    found = await fhir.get("/Observation?code=http://loinc.org|44261-6")
    (only,) = found.json()["entry"]
    return dict(only["resource"])


async def test_a_derived_resource_is_neither_replaced_nor_deleted(
    fhir: httpx.AsyncClient, score: Json
) -> None:
    place = f"/Observation/{score['id']}"
    other = {
        "resourceType": "Observation", "id": score["id"], "status": "final", "code": {"text": "x"}
    }  # fmt: skip
    for answer in (
        await fhir.put(place, json=score),
        await fhir.put(place, json=other),
        await fhir.put(place, json=other, headers={"If-Match": 'W/"1"'}),
        await fhir.delete(place),
        await fhir.delete(place, headers={"If-Match": 'W/"1"'}),
        await fhir.patch(place, json=[]),
        await fhir.patch(place, json=[{"op": "remove", "path": "/nonsense"}]),
        await fhir.put(f"/Observation?_id={score['id']}", json=other),
        await fhir.patch(f"/Observation?_id={score['id']}", json=[]),
        await fhir.delete(f"/Observation?_id={score['id']}"),
        await fhir.post("", json=transaction(put(other))),
        await fhir.post("", json=transaction(delete(place))),
        await fhir.post("", json=transaction(patch(place, binary()))),
    ):
        assert answer.status_code == 403
        assert answer.json()["issue"][0]["code"] == "forbidden"
    mixed = await fhir.post("", json=batch(put(other), delete(place), patch(place, binary())))
    assert statuses(mixed) == ["403", "403", "403"]
    assert (await fhir.get(place)).json() == score


async def test_what_follows_from_a_resource_follows_its_patch(
    fhir: httpx.AsyncClient, score: Json
) -> None:
    """Two of the nine answers are raised by one, and the total by two."""
    (response,) = (await fhir.get("/QuestionnaireResponse")).json()["entry"]
    raised = parameters(
        *(
            {
                "type": "replace",
                "path": f"QuestionnaireResponse.item.where(linkId='{number}').answer.value",
                "value": {"valueInteger": 3},
            }
            for number in (1, 2)
        )
    )
    answer = await fhir.patch(f"/QuestionnaireResponse/{response['resource']['id']}", json=raised)
    assert answer.status_code == 200
    after = (await fhir.get(f"/Observation/{score['id']}")).json()
    assert after["meta"]["versionId"] == "2"
    assert after["valueQuantity"]["value"] == score["valueQuantity"]["value"] + 2


async def test_nothing_is_patched_into_a_finding(fhir: httpx.AsyncClient, score: Json) -> None:
    await fhir.put(
        "/Observation/mine", json=coded("safety-review") | {"code": {"text": "x"}, "id": "mine"}
    )
    coding = [{"system": FINDING, "code": "safety-review"}]
    made = [{"op": "replace", "path": "/code", "value": {"coding": coding}}]
    answer = await fhir.patch("/Observation/mine", json=made)
    assert answer.status_code == 403
    assert answer.json()["issue"][0]["code"] == "forbidden"
    assert (await fhir.get("/Observation/mine")).json()["code"] == {"text": "x"}


def coded(code: str) -> Json:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": FINDING, "code": code}]},
        "subject": {"reference": "Patient/example-patient"},
        "effectiveDateTime": "2026-05-03",
    }


@pytest.mark.parametrize("code", ["safety-review", "reliable-change", "pace", "first-expression"])
async def test_a_client_makes_no_findings(fhir: httpx.AsyncClient, score: Json, code: str) -> None:
    sent = coded(code)
    for answer in (
        await fhir.post("/Observation", json=sent),
        await fhir.put("/Observation/mine", json=sent | {"id": "mine"}),
        await fhir.post("", json=transaction(put(sent | {"id": "mine"}))),
    ):
        assert answer.status_code == 403
        issues = answer.json()["issue"]
        assert issues[0]["code"] == "forbidden"
        assert issues[0]["expression"][0].endswith("code")
    assert (await fhir.get("/Observation/mine")).status_code == 404


READ_ONLY = ("CodeSystem", "ValueSet")


@pytest.mark.parametrize("type_name", READ_ONLY)
async def test_what_ships_with_the_service_is_read_and_searched_and_not_written(
    fhir: httpx.AsyncClient, type_name: str
) -> None:
    found = (await fhir.get(f"/{type_name}")).json()["entry"]
    shipped: dict[str, Any] = found[0]["resource"]
    place = f"/{type_name}/{shipped['id']}"
    assert (await fhir.get(place)).json() == shipped
    for answer in (
        await fhir.put(place, json=shipped),
        await fhir.put(f"/{type_name}/new", json=shipped | {"id": "new"}),
        await fhir.delete(place),
        await fhir.patch(place, json=[]),
        await fhir.put(f"/{type_name}?_id={shipped['id']}", json=shipped),
        await fhir.delete(f"/{type_name}?_id={shipped['id']}"),
        await fhir.post(f"/{type_name}", json=shipped),
    ):
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"
    assert (await fhir.get(place)).json() == shipped


async def test_the_device_of_the_service_stands_beside_those_of_clients_and_is_protected(
    fhir: httpx.AsyncClient,
) -> None:
    (entry,) = (await fhir.get("/Device")).json()["entry"]
    ours = dict(entry["resource"])
    place = f"/Device/{ours['id']}"
    for answer in (
        await fhir.put(place, json=ours | {"status": "inactive"}),
        await fhir.delete(place),
        await fhir.post("", json=transaction(put(ours | {"status": "inactive"}))),
        await fhir.post("", json=transaction(delete(f"Device/{ours['id']}"))),
    ):
        assert answer.status_code == 403
        assert answer.json()["issue"][0]["code"] == "forbidden"
        assert "read-only" in answer.json()["issue"][0]["diagnostics"]
    assert (await fhir.get(place)).json() == ours
    mine = {"resourceType": "Device", "id": "mine", "serialNumber": "1"}
    assert (await fhir.put("/Device/mine", json=mine)).status_code == 201
    changed = await fhir.put("/Device/mine", json=mine | {"status": "active"})
    assert changed.headers["etag"] == 'W/"2"'
    active = (await fhir.get("/Device?status=active")).json()["entry"]
    assert [each["resource"]["id"] for each in active] == [ours["id"], "mine"]
    assert (await fhir.delete("/Device/mine")).status_code == 204
    assert (await fhir.get("/Device/mine")).status_code == 410


async def test_the_course_is_computed_for_a_patient_who_is_there(
    fhir: httpx.AsyncClient, score: Json
) -> None:
    answer = await fhir.get("/Patient/example-patient/$course")
    assert answer.status_code == 200
    ids = [entry["resource"]["id"] for entry in answer.json()["entry"]]
    assert score["id"] in ids
    assert (await fhir.get("/Patient/example-patient/$course")).content == answer.content
    assert (await fhir.head("/Patient/example-patient/$course")).status_code == 200
    assert (await fhir.get("/Patient/none/$course")).status_code == 404
    await fhir.put("/Patient/p", json={"resourceType": "Patient", "id": "p"})
    empty = await fhir.get("/Patient/p/$course")
    assert empty.json() == {"resourceType": "Bundle", "type": "collection"}
    await fhir.delete("/Patient/p")
    assert (await fhir.get("/Patient/p/$course")).status_code == 410


async def test_a_finding_is_explained_with_its_inputs_steps_and_sources(
    fhir: httpx.AsyncClient, score: Json
) -> None:
    found = await fhir.get("/Observation?code=safety-review")
    (entry,) = found.json()["entry"]
    review = entry["resource"]["id"]
    address = "/Patient/example-patient/$explain"
    answer = await fhir.get(f"{address}?finding=Observation/{review}")
    assert answer.status_code == 200
    told = answer.json()
    names = [parameter["name"] for parameter in told["parameter"]]
    assert list(dict.fromkeys(names)) == [
        "finding", "method", "sentence", "input", "step", "would-change", "text",
    ]  # fmt: skip
    assert told["parameter"][0]["valueReference"] == {"reference": f"Observation/{review}"}
    body = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "finding", "valueReference": {"reference": f"Observation/{review}"}}
        ],
    }
    assert (await fhir.post(address, json=body)).json() == told
    of_score = await fhir.get(f"{address}?finding={score['id']}")
    assert "Answers" in of_score.text
    assert (await fhir.get(address)).status_code == 400
    assert (await fhir.get(f"{address}?finding=Patient/example-patient")).status_code == 400
    assert (await fhir.get(f"{address}?finding=Observation/none")).status_code == 404
    assert (await fhir.get(f"/Patient/none/$explain?finding={review}")).status_code == 404
    await fhir.put("/Patient/p", json={"resourceType": "Patient", "id": "p"})
    assert (await fhir.get(f"/Patient/p/$explain?finding={review}")).status_code == 404
