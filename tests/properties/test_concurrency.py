"""Writes that meet lose nothing, and show a client nothing of their meeting."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import httpx
import pytest

from service.clinical.canonical import EXPRESSION, LOINC, OBSERVATION_CATEGORY, questionnaire
from service.interactions.rederive import Overtaken
from service.store.cluster import Cluster
from tests.properties.clinic import Clinic, Resource, clinic, statuses, to_delete, to_put

MANY = 32
AT_ONCE = 16
"""More than there are connections; few enough that the last has its turn before the service tells
it to come again, also on a busy machine."""


@pytest.fixture
async def site(cluster: Cluster) -> AsyncIterator[Clinic]:
    async with clinic(cluster) as opened:
        for patient in ("a", "b"):
            assert (await opened.put({"resourceType": "Patient", "id": patient})).is_success
        yield opened


async def together(sent: Iterable[Awaitable[httpx.Response]]) -> list[httpx.Response]:
    """So many at once; the next one as soon as any is answered."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(each: Awaitable[httpx.Response]) -> httpx.Response:
        async with turns:
            return await each

    return await asyncio.gather(*map(one, sent))


def form(name: str, week: int, answer: int, *, item_9: int = 0, patient: str = "a") -> Resource:
    """A PHQ-9 with the same answer to items 1 to 8."""
    answers = [answer] * 8 + [item_9]
    return {
        "resourceType": "QuestionnaireResponse",
        "id": name,
        "status": "completed",
        "questionnaire": questionnaire("phq-9"),
        "subject": {"reference": f"Patient/{patient}"},
        "authored": f"2025-{1 + week // 4:02}-{1 + 7 * (week % 4):02}",
        "item": [
            {"linkId": str(number), "answer": [{"valueInteger": value}]}
            for number, value in enumerate(answers, start=1)
        ],
    }


def tears(name: str, week: int, *, patient: str = "a") -> Resource:
    def coded(system: str, code: str) -> Resource:
        return {"coding": [{"system": system, "code": code}]}

    presence = {
        "code": coded(EXPRESSION, "expression-presence"),
        "valueCodeableConcept": coded(EXPRESSION, "tears" if week > 3 else "none"),
    }
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "category": [coded(OBSERVATION_CATEGORY, "therapy")],
        "code": coded(EXPRESSION, "expression-episode"),
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": form(name, week, 0)["authored"],
        "component": [presence],
    }


async def assert_consistent(site: Clinic) -> None:
    """Live, stored and derived anew agree, and no version of any finding is missing."""
    for patient in ("a", "b"):
        assert await site.course(patient) == await site.standing(patient)
        for place in await site.versions(patient):
            await assert_no_gap(site, f"Observation/{place}")
    assert await site.changed_by_deriving_anew() == 0


async def assert_no_gap(site: Clinic, place: str) -> Sequence[Resource]:
    """The versions of a resource, oldest first, numbered from 1."""
    found = (await site.found(f"/{place}/_history?_count=100"))[::-1]
    numbers = [int(resource["meta"]["versionId"]) for resource in found]
    assert numbers == list(range(1, len(found) + 1))
    moments = [resource["meta"]["lastUpdated"] for resource in found]
    assert moments == sorted(set(moments))
    return found


async def test_parallel_creates_for_one_patient_are_all_kept(site: Clinic) -> None:
    made = [form(f"q{n}", n % 40, n % 4, item_9=n % 3) for n in range(MANY)]
    made += [tears(f"x{n}", n % 40) for n in range(MANY)]
    answers = await together(map(site.put, made))
    assert {answer.status_code for answer in answers} == {201}
    scores = await site.found("/Observation?code=44261-6&subject=Patient/a&_count=1000")
    # By hand: eight answers of n % 4 and item 9 of n % 3.
    expected = sorted(8 * (n % 4) + n % 3 for n in range(MANY))
    assert sorted(score["valueQuantity"]["value"] for score in scores) == expected
    await assert_consistent(site)


async def test_parallel_updates_of_one_form_are_all_versions_of_it(site: Clinic) -> None:
    assert (await site.put(form("q", 0, 0))).status_code == 201
    answers = await together(site.put(form("q", n, n % 4)) for n in range(MANY))
    assert {answer.status_code for answer in answers} == {200}
    versions = await assert_no_gap(site, "QuestionnaireResponse/q")
    sent = sorted(form("q", n, 0)["authored"] for n in range(MANY))
    assert sorted(version["authored"] for version in versions[1:]) == sent
    (score,) = [s for s in (await site.standing("a")).values() if "44261-6" in str(s["code"])]
    assert score["effectiveDateTime"] == versions[-1]["authored"]
    await assert_consistent(site)


async def test_updates_patches_deletes_moves_and_transactions_that_meet_leave_what_stands(
    site: Clinic,
) -> None:
    def act(number: int) -> Any:
        name, patient = f"q{number % 7}", "ab"[number % 2]
        match number % 5:
            case 0:
                return site.put(form(name, number % 30, number % 3, item_9=1, patient=patient))
            case 1:
                return site.delete(f"QuestionnaireResponse/{name}")
            case 2:
                entries = [to_put(form(f"q{n}", n, 1, patient=patient)) for n in range(5)]
                return site.post("transaction", [*entries, to_delete("Observation/x")])
            case 3:
                raised = {"op": "replace", "path": "/item/8/answer/0/valueInteger", "value": 2}
                return site.client.patch(f"/QuestionnaireResponse/{name}", json=[raised])
        return site.put(tears("x", number % 30, patient=patient))

    answers = await together(act(number) for number in range(2 * MANY))
    gone = {404, 410}
    for number, answer in enumerate(answers):
        assert answer.status_code in {200, 201, 204} | (gone if number % 5 == 3 else set())
    await assert_consistent(site)


@pytest.mark.parametrize("standing", [False, True])
async def test_transactions_that_cross_two_patients_never_show_a_deadlock(
    site: Clinic, standing: bool
) -> None:
    def entries(level: int) -> list[Resource]:
        named = [("a1", "a"), ("b1", "b"), ("a2", "a"), ("b2", "b")]
        return [
            to_put(form(name, week, level, patient=patient))
            for week, (name, patient) in enumerate(named)
        ]

    if standing:
        await site.post("transaction", entries(0))
    crossing = [entries(n % 4)[:: 1 if n % 2 else -1] for n in range(MANY)]
    answers = await together(site.post("transaction", found) for found in crossing)
    assert [answer.status_code for answer in answers] == [200] * MANY
    for answer in answers:
        assert set(statuses(answer)) <= {200, 201}
    for name in ("a1", "b1", "a2", "b2"):
        versions = await assert_no_gap(site, f"QuestionnaireResponse/{name}")
        assert len(versions) == MANY + standing
    await assert_consistent(site)


@pytest.mark.parametrize("forgotten", [False, True])
async def test_deriving_anew_goes_on_beside_writes(site: Clinic, forgotten: bool) -> None:
    """Also where every record has to be read again, and the write is about to replace it; of two
    runs at once, one may end for the other."""
    writing = True
    await asyncio.gather(*(site.put(form(f"q{n}", n, 1, item_9=3)) for n in range(8)))

    async def write(number: int) -> None:
        for step in range(8):
            answer = await site.put(form(f"q{number}", step, step % 4, item_9=step % 2))
            assert answer.status_code in (200, 201), answer.text

    async def derive() -> None:
        while writing:
            if forgotten:
                await site.forget_what_was_read()
            with suppress(Overtaken):
                await site.changed_by_deriving_anew()

    deriving = [asyncio.create_task(derive()) for _ in range(2)]
    await asyncio.gather(*map(write, range(8)))
    writing = False
    await asyncio.gather(*deriving)
    if forgotten:
        # Whoever forgot last may have been overtaken by a run that was past a patient already.
        await site.changed_by_deriving_anew()
    await assert_consistent(site)


async def test_an_unrelated_record_waits_for_nobody(site: Clinic) -> None:
    """A weight is read by no rule, so it may be stored beside the writes that settle."""
    weight = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "29463-7"}]},
        "subject": {"reference": "Patient/a"},
        "valueQuantity": {"value": 70, "unit": "kg"},
    }
    both = [
        each for n in range(MANY) for each in ({**weight, "id": f"w{n}"}, form(f"q{n}", n, n % 4))
    ]
    answers = await together(map(site.put, both))
    assert {answer.status_code for answer in answers} == {201}
    assert len(await site.found("/Observation?code=29463-7&_count=1000")) == MANY
    await assert_consistent(site)
