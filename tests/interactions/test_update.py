"""PUT [base]/[type]/[id]. http://hl7.org/fhir/R4/http.html#update"""

from typing import Any

import httpx
import pytest

from tests.interactions.sent import count, created, issue, patient, prefer, said, weight


async def test_an_update_makes_the_next_version(fhir: httpx.AsyncClient) -> None:
    before = await created(fhir, patient(active=True))
    answer = await fhir.put(f"/Patient/{before['id']}", json=before | {"active": False})
    assert answer.status_code == 200
    assert answer.headers["etag"] == 'W/"2"'
    assert answer.headers["location"].endswith(f"/fhir/Patient/{before['id']}/_history/2")
    assert answer.json()["meta"]["versionId"] == "2"
    assert answer.json()["meta"]["lastUpdated"] > before["meta"]["lastUpdated"]
    assert (await fhir.get(f"/Patient/{before['id']}")).json() == answer.json()


async def test_a_client_may_choose_the_id(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.put("/Patient/my-id.1", json=patient(id="my-id.1"))
    assert answer.status_code == 201
    assert answer.headers["location"] == "http://clinic.test/fhir/Patient/my-id.1/_history/1"
    assert (await fhir.get("/Patient/my-id.1")).json()["id"] == "my-id.1"


async def test_the_version_and_time_that_a_client_sends_are_ignored(
    fhir: httpx.AsyncClient,
) -> None:
    meta = {"versionId": "41", "lastUpdated": "1999-01-01T00:00:00Z"}
    for number in (1, 2):
        answer = await fhir.put("/Patient/p", json=patient(id="p", meta=meta))
        assert answer.json()["meta"]["versionId"] == str(number)
        assert not answer.json()["meta"]["lastUpdated"].startswith("1999")


WRONG_PLACE: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("another id", "/Patient/p", patient(id="q"), 400),
    ("no id", "/Patient/p", patient(), 400),
    ("an id that is no string", "/Patient/1", patient(id=1), 400),
    ("another type", "/Patient/p", weight(id="p"), 400),
    ("no type", "/Patient/p", {"id": "p"}, 400),
    ("an id too long", "/Patient/" + "a" * 65, patient(id="a" * 65), 400),
    ("an id with a blank", "/Patient/a%20b", patient(id="a b"), 400),
    ("an id with an underscore", "/Patient/a_b", patient(id="a_b"), 400),
    ("an id with a NUL", "/Patient/a%00", patient(id="a\x00"), 400),
    ("a type that is not served", "/Condition/c", {"resourceType": "Condition", "id": "c"}, 404),
)


@pytest.mark.parametrize(
    ("path", "resource", "status"),
    [row[1:] for row in WRONG_PLACE],
    ids=[row[0] for row in WRONG_PLACE],
)
async def test_a_body_that_belongs_elsewhere_is_refused(
    fhir: httpx.AsyncClient, path: str, resource: dict[str, Any], status: int
) -> None:
    answer = await fhir.put(path, json=resource)
    assert answer.status_code == status
    assert await count(fhir, "/Patient") == 0


@pytest.mark.parametrize("tag", ['W/"2"', '"2"', ' W/"2" '])
async def test_an_update_of_the_version_that_stands_is_stored(
    fhir: httpx.AsyncClient, tag: str
) -> None:
    for _ in range(2):
        await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.put("/Patient/p", json=patient(id="p"), headers={"If-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["etag"] == 'W/"3"'


@pytest.mark.parametrize("tag", ['W/"1"', 'W/"3"', 'W/"0"', '"abc"', 'W/"99999999999"', '""'])
async def test_an_update_of_another_version_changes_nothing(
    fhir: httpx.AsyncClient, tag: str
) -> None:
    for _ in range(2):
        await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.put(
        "/Patient/p", json=patient(id="p", active=False), headers={"If-Match": tag}
    )
    assert answer.status_code == 412
    stored = await fhir.get("/Patient/p")
    assert stored.headers["etag"] == 'W/"2"'
    assert "active" not in stored.json()


@pytest.mark.parametrize("tag", ["2", "*", "W/2", 'W/"1", W/"2"', ""])
async def test_if_match_takes_one_etag(fhir: httpx.AsyncClient, tag: str) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.put("/Patient/p", json=patient(id="p"), headers={"If-Match": tag})
    assert answer.status_code == 400
    assert 'W/"1"' in said(answer)


async def test_a_version_of_what_is_not_there_does_not_match(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.put("/Patient/p", json=patient(id="p"), headers={"If-Match": 'W/"1"'})
    assert answer.status_code == 412
    assert (await fhir.get("/Patient/p")).status_code == 404


async def test_an_update_brings_back_what_was_deleted(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.delete("/Patient/p")
    answer = await fhir.put("/Patient/p", json=patient(id="p"))
    assert answer.status_code == 201
    assert answer.headers["etag"] == 'W/"3"'
    assert (await fhir.get("/Patient/p")).status_code == 200
    assert await count(fhir, "/Patient?_id=p") == 1


async def test_an_invalid_update_changes_nothing(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.put("/Patient/p", json=patient(id="p", gender="banana"))
    assert answer.status_code == 422
    assert issue(answer) == ("code-invalid", ["Patient.gender"])
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'


async def test_search_follows_an_update(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p", gender="female"))
    await fhir.put("/Patient/p", json=patient(id="p", gender="male"))
    assert await count(fhir, "/Patient?gender=female") == 0
    assert await count(fhir, "/Patient?gender=male") == 1


@pytest.mark.parametrize("status", [201, 200])
async def test_the_client_chooses_what_an_update_answers_with(
    fhir: httpx.AsyncClient, status: int
) -> None:
    if status == 200:
        await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.put("/Patient/p", json=patient(id="p"), headers=prefer("return=minimal"))
    assert (answer.status_code, answer.content) == (status, b"")
    told = prefer("return=OperationOutcome")
    outcome = await fhir.put("/Patient/p", json=patient(id="p"), headers=told)
    assert outcome.json()["issue"][0]["severity"] == "information"
