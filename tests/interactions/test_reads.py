"""Reads that come together are one to the database and each its own to whoever asks."""

import asyncio
from typing import Any

import httpx
import pytest

from service.store.cluster import Cluster
from tests.api.auth.secured import FIRST, SECOND, secured
from tests.door import Standing
from tests.interactions.sent import created, patient, weight

MANY = 60
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def of_category(code: str, **members: Any) -> dict[str, Any]:
    return weight(category=[{"coding": [{"system": CATEGORY, "code": code}]}], **members)


async def test_each_gets_its_own_and_what_is_missing_keeps_nobody_waiting(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    stands = [await created(fhir, weight(valueInteger=n)) for n in range(4)]
    gone = await created(fhir, weight())
    await fhir.delete(f"/Observation/{gone['id']}")
    kinds: list[tuple[str, dict[str, str], int]] = [
        *((f"/Observation/{each['id']}", {}, 200) for each in stands),
        (f"/Observation/{gone['id']}", {}, 410),
        ("/Observation/never-there", {}, 404),
        (f"/Patient/{stands[0]['id']}", {}, 404),
        (f"/Observation/{stands[1]['id']}", {"If-None-Match": 'W/"1"'}, 304),
        (f"/Observation/{stands[2]['id']}?_elements=status", {}, 200),
        (f"/Observation/{stands[3]['id']}?_summary=count", {}, 400),
        ("/AuditEvent/never-there", {}, 404),
    ]
    asked = [kinds[n % len(kinds)] for n in range(MANY)]
    answers = await asyncio.gather(*(fhir.get(path, headers=head) for path, head, _ in asked))
    assert [answer.status_code for answer in answers] == [status for *_, status in asked]
    values = [
        answer.json()["valueInteger"] for n, answer in enumerate(answers) if n % len(kinds) < 4
    ]
    assert values == [n % len(kinds) for n in range(MANY) if n % len(kinds) < 4]
    assert {a.json().get("valueInteger") for a in answers[8 :: len(kinds)]} == {None}
    rows = await site_of_the_run.maintenance.fetch(
        "SELECT outcome, count(*) FROM audit WHERE subtype = 'read' GROUP BY outcome"
    )
    # Told is what was answered with 200 or 304; the rest is written down as refused.
    told = sum(status in (200, 304) for *_, status in asked)
    assert sorted(row["count"] for row in rows) == sorted((told, MANY - told))


async def test_a_read_that_comes_after_a_write_sees_it(fhir: httpx.AsyncClient) -> None:
    """Each writer reads after each of its writes, while the others' reads are under way."""

    async def in_turn(name: str) -> list[tuple[int, int]]:
        seen = list[tuple[int, int]]()
        for n in range(8):
            sent = weight("Patient/p", id=name, valueInteger=n)
            await fhir.put(f"/Observation/{name}", json=sent)
            answer = (await fhir.get(f"/Observation/{name}")).json()
            seen.append((answer["valueInteger"], int(answer["meta"]["versionId"])))
        return seen

    await fhir.put("/Patient/p", json=patient(id="p"))
    for seen in await asyncio.gather(*(in_turn(f"o{n}") for n in range(12))):
        assert seen == [(n, n + 1) for n in range(8)]


@pytest.mark.parametrize("rounds", [3])
async def test_callers_of_one_clinic_and_of_two_see_what_is_theirs(
    cluster: Cluster, tmp_path: Any, rounds: int
) -> None:
    """The same ids asked at the same moment by callers with different rights."""
    label = {"security": [{"system": CONFIDENTIALITY, "code": "V"}]}
    made = {
        "o-therapy": of_category("therapy"),
        "o-survey": of_category("survey"),
        "o-hidden": of_category("survey", meta=label),
    }
    async with secured(cluster, tmp_path) as site:
        for name, resource in made.items():
            sent = resource | {"id": name}
            put = await site.client.put(
                f"/Observation/{name}", json=sent, headers=site.bearer(FIRST)
            )
            assert put.status_code == 201
        await site.client.put(
            "/Observation/o-gone", json=weight(id="o-gone"), headers=site.bearer()
        )
        await site.client.delete("/Observation/o-gone", headers=site.bearer())
        survey = f"user/Observation.r?category={CATEGORY}|survey"
        callers = [
            (site.bearer(), {"o-therapy": 200, "o-survey": 200, "o-hidden": 404, "o-gone": 410}),
            (
                site.bearer(scope=survey),
                {"o-therapy": 404, "o-survey": 200, "o-hidden": 404, "o-gone": 404},
            ),
            (
                site.bearer(scope="user/Patient.r"),
                {"o-therapy": 403, "o-survey": 403, "o-hidden": 403, "o-gone": 403},
            ),
            (site.bearer(SECOND), dict.fromkeys((*made, "o-gone"), 404)),
        ]
        asked = [
            (header, name, status)
            for _ in range(rounds)
            for header, expected in callers
            for name, status in expected.items()
        ]
        answers = await asyncio.gather(
            *(site.client.get(f"/Observation/{name}", headers=h) for h, name, _ in asked)
        )
        found = [
            (name, answer.status_code) for (_, name, _), answer in zip(asked, answers, strict=True)
        ]
        assert found == [(name, status) for _, name, status in asked]
