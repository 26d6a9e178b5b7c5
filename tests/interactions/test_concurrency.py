"""Many clients at once: each gets an answer as if it had come alone."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from typing import Any

import httpx

from tests.interactions.sent import (
    LOINC,
    binary,
    count,
    delete,
    entry,
    identified,
    parameters,
    patch,
    patient,
    post,
    put,
    statuses,
    transaction,
    weight,
)

CONDITION = {"If-None-Exist": "identifier=http://clinic.example/mrn|1"}
MINE = patient(identifier=identified("1"))
FEMALE = ({"op": "add", "path": "/gender", "value": "female"},)
STILL_MINE = ({"op": "test", "path": "/identifier/0/value", "value": "1"},)


def total(subject: str, *, id: str, day: int) -> dict[str, Any]:  # noqa: A002  (FHIR's name)
    """A score that rules read: whatever follows from it is settled with the write."""
    return weight(
        subject,
        id=id,
        code={"coding": [{"system": LOINC, "code": "44261-6"}]},
        effectiveDateTime=f"2026-05-0{day}",
        valueQuantity={"value": 10 + day, "system": "http://unitsofmeasure.org", "code": "{score}"},
    )


async def at_once(requests: Iterable[Awaitable[httpx.Response]]) -> list[httpx.Response]:
    return list(await asyncio.gather(*requests))


def counted(answers: Iterable[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


async def test_of_a_hundred_equal_conditional_creates_one_creates(
    fhir: httpx.AsyncClient,
) -> None:
    answers = await at_once(fhir.post("/Patient", json=MINE, headers=CONDITION) for _ in range(100))
    assert counted(answers) == {201: 1, 200: 99}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await count(fhir, "/Patient") == 1


async def test_of_equal_conditions_in_transactions_one_creates(fhir: httpx.AsyncClient) -> None:
    condition = CONDITION["If-None-Exist"]
    name = "urn:uuid:00000000-0000-4000-8000-00000000000a"
    sent = transaction(post(MINE, name, ifNoneExist=condition), post(weight(name)))
    answers = await at_once(
        [
            *(fhir.post("", json=sent) for _ in range(20)),
            *(fhir.post("/Patient", json=MINE, headers=CONDITION) for _ in range(20)),
        ]
    )
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert await count(fhir, "/Patient") == 1
    (only,) = (await fhir.get("/Patient")).json()["entry"]
    assert await count(fhir, f"/Observation?patient={only['resource']['id']}") == 20


async def test_of_eight_updates_of_one_version_one_is_stored(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answers = await at_once(
        fhir.put(
            "/Patient/p",
            json=patient(id="p", address=[{"city": f"{number}"}]),
            headers={"If-Match": 'W/"1"'},
        )
        for number in range(8)
    )
    assert counted(answers) == {200: 1, 412: 7}
    (winner,) = (answer for answer in answers if answer.status_code == 200)
    assert (await fhir.get("/Patient/p")).json() == winner.json()


async def test_updates_without_a_condition_all_become_versions(fhir: httpx.AsyncClient) -> None:
    answers = await at_once(fhir.put("/Patient/p", json=patient(id="p")) for _ in range(20))
    assert counted(answers) == {201: 1, 200: 19}
    versions = sorted(int(answer.json()["meta"]["versionId"]) for answer in answers)
    assert versions == list(range(1, 21))
    history = (await fhir.get("/Patient/p/_history")).json()["entry"]
    assert [int(entry["resource"]["meta"]["versionId"]) for entry in history] == versions[::-1]
    times = [entry["resource"]["meta"]["lastUpdated"] for entry in history]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == 20


async def test_of_equal_conditional_updates_one_creates_and_all_are_kept(
    fhir: httpx.AsyncClient,
) -> None:
    """Conditional creates among them wait for the same lock."""
    answers = await at_once(
        [
            *(
                fhir.put(
                    f"/Patient?{CONDITION['If-None-Exist']}",
                    json=MINE | {"address": [{"city": f"{number}"}]},
                )
                for number in range(16)
            ),
            *(fhir.post("/Patient", json=MINE, headers=CONDITION) for _ in range(10)),
        ]
    )
    assert counted(answers) == {201: 1, 200: 25}
    (only,) = (await fhir.get("/Patient")).json()["entry"]
    history = (await fhir.get(f"/Patient/{only['resource']['id']}/_history")).json()["entry"]
    cities = [e["resource"]["address"][0]["city"] for e in history if "address" in e["resource"]]
    assert sorted(map(int, cities)) == list(range(16))


async def test_of_equal_conditional_updates_with_an_id_one_creates(
    fhir: httpx.AsyncClient,
) -> None:
    """Two conditions that nothing meets, and one id."""
    answers = await at_once(
        fhir.put(f"/Patient?identifier={number % 2}", json=patient(id="p")) for number in range(20)
    )
    assert counted(answers)[201] == 1
    assert set(counted(answers)) <= {201, 409, 412}
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'


async def test_of_creates_under_one_id_that_ask_for_nothing_there_one_is_stored(
    fhir: httpx.AsyncClient,
) -> None:
    answers = await at_once(
        fhir.put("/Patient/p", json=patient(id="p"), headers={"If-None-Match": "*"})
        for _ in range(20)
    )
    assert counted(answers) == {201: 1, 412: 19}


async def test_patches_of_different_elements_all_take_effect(fhir: httpx.AsyncClient) -> None:
    """JSON Patch and FHIRPath Patch, by name and by condition, alone and in a Bundle."""
    await fhir.put("/Patient/p", json=MINE | {"id": "p", "address": [{"city": "first"}]})
    condition = f"Patient?{CONDITION['If-None-Exist']}"

    def added(number: int) -> Awaitable[httpx.Response]:
        by_json = {"op": "add", "path": "/address/-", "value": {"city": f"{number}"}}
        by_path = parameters(
            {
                "type": "add",
                "path": "Patient",
                "name": "address",
                "value": {"valueAddress": {"city": f"{number}"}},
            }
        )
        match number % 4:
            case 0:
                return fhir.patch("/Patient/p", json=[by_json])
            case 1:
                return fhir.patch(f"/{condition}", json=by_path)
            case 2:
                return fhir.post("", json=transaction(patch("Patient/p", by_path)))
        return fhir.post("", json=transaction(patch(condition, binary(by_json))))

    answers = await at_once(map(added, range(24)))
    assert counted(answers) == {200: 24}
    after = (await fhir.get("/Patient/p")).json()
    assert after["meta"]["versionId"] == "25"
    first, *others = (address["city"] for address in after["address"])
    assert first == "first"
    assert sorted(map(int, others)) == list(range(24))


async def test_of_eight_patches_of_one_version_one_is_stored(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answers = await at_once(
        fhir.patch(
            "/Patient/p",
            json=[{"op": "add", "path": "/birthDate", "value": f"200{number}"}],
            headers={"If-Match": 'W/"1"'},
        )
        for number in range(8)
    )
    assert counted(answers) == {200: 1, 412: 7}
    (winner,) = (answer for answer in answers if answer.status_code == 200)
    assert (await fhir.get("/Patient/p")).json() == winner.json()


async def test_a_conditional_write_meets_what_stands_when_it_is_done(
    fhir: httpx.AsyncClient,
) -> None:
    """Others take the identifier away and give it back all the while: whoever finds nothing or
    something writes to nothing else."""
    await fhir.put("/Patient/p", json=MINE | {"id": "p"})

    def act(number: int) -> Awaitable[httpx.Response]:
        match number % 4:
            case 0:
                return fhir.put("/Patient/p", json=patient(id="p", identifier=identified("2")))
            case 1:
                return fhir.put("/Patient/p", json=MINE | {"id": "p"})
            case 2:
                return fhir.patch("/Patient?identifier=1", json=[*STILL_MINE, *FEMALE])
        return fhir.patch("/Patient?identifier=1", json=STILL_MINE)

    answers = await at_once(map(act, range(32)))
    assert set(counted(answers)) <= {200, 404, 409}
    # A test that fails would say 409 and that it failed.
    assert not [a for a in answers if a.status_code == 409 and "tests for" in a.text]


async def test_equal_conditional_deletions_delete_once(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=MINE | {"id": "p"})
    answers = await at_once(fhir.delete("/Patient?identifier=1") for _ in range(20))
    assert counted(answers) == {204: 20}
    assert len((await fhir.get("/Patient/p/_history")).json()["entry"]) == 2


async def test_an_update_and_a_deletion_of_one_version_do_not_both_happen(
    fhir: httpx.AsyncClient,
) -> None:
    for name in (f"p{number}" for number in range(12)):
        await fhir.put(f"/Patient/{name}", json=patient(id=name))
        match = {"If-Match": 'W/"1"'}
        updated, deleted = await at_once(
            [
                fhir.put(f"/Patient/{name}", json=patient(id=name, active=True), headers=match),
                fhir.delete(f"/Patient/{name}", headers=match),
            ]
        )
        outcome = updated.status_code, deleted.status_code
        assert outcome in ((200, 412), (412, 204))
        read = await fhir.get(f"/Patient/{name}")
        assert read.status_code == (200 if outcome == (200, 412) else 410)


async def test_transactions_that_meet_in_opposite_order_all_succeed(
    fhir: httpx.AsyncClient,
) -> None:
    names = [f"p{number}" for number in range(6)]

    def sent(order: list[str], turn: int) -> dict[str, Any]:
        patients = [put(patient(id=name)) for name in order]
        observations = [
            put(total(f"Patient/{name}", id=f"{name}-{turn % 3}", day=1 + turn % 3))
            for name in order
        ]
        creates = [
            post(patient(identifier=identified(name)), ifNoneExist=f"identifier={name}")
            for name in order
        ]
        entries = [*patients, *observations, *creates]
        return transaction(*(entries if turn % 2 else entries[::-1]))

    answers = await at_once(
        fhir.post("", json=sent(names if turn % 2 else names[::-1], turn)) for turn in range(24)
    )
    assert counted(answers) == {200: 24}
    assert sum(status == "201" for answer in answers for status in statuses(answer)) == 6 * 5
    assert await count(fhir, "/Patient") == 12
    assert await count(fhir, "/Observation?code=http://loinc.org|44261-6") == 18


async def test_transactions_of_every_verb_that_meet_in_opposite_order_show_no_deadlock(
    fhir: httpx.AsyncClient,
) -> None:
    """Deletions, patches and conditional updates of the same patients and of their scores."""
    names = [f"p{number}" for number in range(6)]
    await fhir.post(
        "", json=transaction(*(put(patient(id=n, identifier=identified(n))) for n in names))
    )
    await fhir.post(
        "", json=transaction(*(put(total(f"Patient/{n}", id=f"{n}-o", day=1)) for n in names))
    )

    def sent(order: list[str], turn: int) -> dict[str, Any]:
        entries = [
            *(patch(f"Patient/{n}", binary(*FEMALE)) for n in order[:2]),
            *(
                entry("PUT", f"Patient?identifier={n}", patient(identifier=identified(n)))
                for n in order[2:4]
            ),
            *(put(patient(id=n, identifier=identified(n))) for n in order[4:]),
            *(put(total(f"Patient/{n}", id=f"{n}-o", day=1 + turn % 5)) for n in order[:3]),
            *(delete(f"Observation/{n}-o") for n in order[3:]),
        ]
        return transaction(*(entries if turn % 3 else entries[::-1]))

    orders = [names[turn % 6 :] + names[: turn % 6] for turn in range(18)]
    answers = await at_once(
        fhir.post("", json=sent(order if turn % 2 else order[::-1], turn))
        for turn, order in enumerate(orders)
    )
    assert counted(answers) == {200: 18}
    assert await count(fhir, "/Patient") == 6
    for name in names:
        versions = (await fhir.get(f"/Patient/{name}/_history")).json()["entry"]
        assert len(versions) == 19


async def test_a_transaction_is_seen_whole_or_not_at_all(fhir: httpx.AsyncClient) -> None:
    pair = [put(patient(id=name, active=True)) for name in "ab"]

    async def seen() -> int:
        return await count(fhir, "/Patient?active=true")

    _, *counts = await asyncio.gather(
        fhir.post("", json=transaction(*pair)), *(seen() for _ in range(20))
    )
    assert set(counts) <= {0, 2}
    assert await seen() == 2
