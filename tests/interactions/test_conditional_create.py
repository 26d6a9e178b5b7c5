"""If-None-Exist. http://hl7.org/fhir/R4/http.html#ccreate"""

import httpx
import pytest

from tests.interactions.sent import (
    count,
    created,
    identified,
    issue,
    patient,
    post,
    statuses,
    transaction,
    weight,
)

CONDITION = "identifier=http://clinic.example/mrn|1"
MINE = patient(identifier=identified("1"))


async def test_where_nothing_meets_the_condition_a_resource_is_created(
    fhir: httpx.AsyncClient,
) -> None:
    await created(fhir, patient(identifier=identified("2")))
    answer = await fhir.post("/Patient", json=MINE, headers={"If-None-Exist": CONDITION})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "condition",
    [
        CONDITION,
        f"?{CONDITION}",
        "identifier=http%3A%2F%2Fclinic.example%2Fmrn%7C1",
        "family=doe&identifier=1",
        "identifier=1&_count=0",
    ],
)
async def test_where_one_resource_meets_it_that_one_is_answered(
    fhir: httpx.AsyncClient, condition: str
) -> None:
    first = await fhir.post("/Patient", json=MINE)
    again = await fhir.post("/Patient", json=MINE, headers={"If-None-Exist": condition})
    assert again.status_code == 200
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["etag"] == first.headers["etag"]
    assert again.json() == first.json()
    assert await count(fhir, "/Patient") == 1


async def test_where_many_meet_it_nothing_is_created(fhir: httpx.AsyncClient) -> None:
    await created(fhir, MINE)
    await created(fhir, MINE)
    answer = await fhir.post("/Patient", json=MINE, headers={"If-None-Exist": CONDITION})
    assert answer.status_code == 412
    assert issue(answer)[0] == "multiple-matches"
    assert await count(fhir, "/Patient") == 2


@pytest.mark.parametrize(
    "condition", ["", "?", "_count=1", "nonsense=1", "identifier=", "family=%FF", "_include=x"]
)
async def test_a_condition_that_says_nothing_creates_nothing(
    fhir: httpx.AsyncClient, condition: str
) -> None:
    answer = await fhir.post(
        "/Patient",
        json=MINE,
        headers={"If-None-Exist": condition, "Prefer": "handling=lenient"},
    )
    assert answer.status_code == 400
    assert await count(fhir, "/Patient") == 0


async def test_what_was_deleted_meets_no_condition(fhir: httpx.AsyncClient) -> None:
    first = await created(fhir, MINE)
    await fhir.delete(f"/Patient/{first['id']}")
    answer = await fhir.post("/Patient", json=MINE, headers={"If-None-Exist": CONDITION})
    assert answer.status_code == 201


async def test_where_one_is_there_what_was_sent_is_not_looked_at(
    fhir: httpx.AsyncClient,
) -> None:
    there = await created(fhir, MINE)
    spoilt = MINE | {"gender": "x"}
    answer = await fhir.post("/Patient", json=spoilt, headers={"If-None-Exist": CONDITION})
    assert (answer.status_code, answer.json()) == (200, there)
    sent = transaction(post(spoilt, ifNoneExist=CONDITION))
    assert statuses(await fhir.post("", json=sent)) == ["200"]
    other = {"If-None-Exist": "identifier=2"}
    assert (await fhir.post("/Patient", json=spoilt, headers=other)).status_code == 422


async def test_the_offset_of_a_time_needs_no_encoding_in_a_condition(
    fhir: httpx.AsyncClient,
) -> None:
    sent = weight(effectiveDateTime="2026-05-03T10:00:00+05:30")
    condition = {"If-None-Exist": "date=2026-05-03T10:00:00+05:30"}
    assert (await fhir.post("/Observation", json=sent, headers=condition)).status_code == 201
    assert (await fhir.post("/Observation", json=sent, headers=condition)).status_code == 200
