"""DELETE [base]/[type]?criteria, of one resource. http://hl7.org/fhir/R4/http.html#3.1.0.7.1"""

from typing import Any

import httpx
import pytest

from tests.interactions.sent import (
    batch,
    count,
    created,
    delete,
    get,
    identified,
    issue,
    patient,
    post,
    statuses,
    transaction,
    weight,
)

PATH = "/Patient?identifier=http://clinic.example/mrn|1"
MINE = patient(identifier=identified("1"))


async def test_the_one_resource_that_meets_a_condition_is_deleted(
    fhir: httpx.AsyncClient,
) -> None:
    """ "No matches or One Match: The server performs an ordinary delete" """
    there = await created(fhir, MINE)
    other = await created(fhir, patient(identifier=identified("2")))
    answer = await fhir.delete(PATH)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await fhir.get(f"/Patient/{there['id']}")).status_code == 410
    assert (await fhir.get(f"/Patient/{other['id']}")).status_code == 200
    assert (await fhir.delete(PATH)).status_code == 204
    history = (await fhir.get(f"/Patient/{there['id']}/_history")).json()
    assert len(history["entry"]) == 2


async def test_where_many_meet_it_none_is_deleted(fhir: httpx.AsyncClient) -> None:
    """Multiple matches: "A server may choose to delete all the matching resources, or it may choose
    to return a 412 Precondition Failed error" """
    for _ in range(2):
        await created(fhir, MINE)
    answer = await fhir.delete(PATH)
    assert answer.status_code == 412
    assert issue(answer)[0] == "multiple-matches"
    assert await count(fhir, "/Patient") == 2


@pytest.mark.parametrize(
    ("tag", "status", "left"), [('W/"1"', 204, 0), ('W/"2"', 412, 1), ("1", 400, 1)]
)
async def test_only_the_version_that_if_match_names_is_deleted(
    fhir: httpx.AsyncClient, tag: str, status: int, left: int
) -> None:
    await created(fhir, MINE)
    answer = await fhir.delete(PATH, headers={"If-Match": tag})
    assert answer.status_code == status
    assert await count(fhir, "/Patient") == left


async def test_no_version_of_nothing_is_deleted(fhir: httpx.AsyncClient) -> None:
    assert (await fhir.delete(PATH, headers={"If-Match": 'W/"1"'})).status_code == 412


@pytest.mark.parametrize("kind", [transaction, batch])
async def test_an_entry_deletes_like_a_request(fhir: httpx.AsyncClient, kind: Any) -> None:
    there = await created(fhir, MINE)
    kept = await created(fhir, weight(f"Patient/{there['id']}"))
    sent = kind(
        get("Patient?_summary=count"),
        delete(PATH.removeprefix("/")),
        delete("Patient?identifier=none"),
        post(patient()),
    )
    answer = await fhir.post("", json=sent)
    assert statuses(answer) == ["200", "204", "204", "201"]
    assert answer.json()["entry"][1] == {"response": {"status": "204"}}
    assert (await fhir.get(f"/Patient/{there['id']}")).status_code == 410
    assert (await fhir.get(f"/Observation/{kept['id']}")).status_code == 200
    assert await count(fhir, "/Patient") == 1


async def test_conditions_of_deletions_are_asked_before_anything_is_done(
    fhir: httpx.AsyncClient,
) -> None:
    """Both see both patients, whatever their order."""
    for _ in range(2):
        there = await created(fhir, MINE)
    by_name = delete(f"Patient/{there['id']}")
    for entries in ((by_name, delete(PATH[1:])), (delete(PATH[1:]), by_name)):
        answer = await fhir.post("", json=transaction(*entries))
        assert answer.status_code == 412
    assert await count(fhir, "/Patient") == 2
