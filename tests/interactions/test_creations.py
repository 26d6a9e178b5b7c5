"""Creates that come together: each has its own outcome, and together they cost little more."""

import asyncio
from itertools import cycle
from typing import Any

import asyncpg
import httpx
import pytest

from service.store.cluster import Cluster
from tests.api.auth.secured import FIRST, SECOND, secured
from tests.door import Standing
from tests.interactions.sent import Json, patient, weight

MANY = 40
SRS = {
    "resourceType": "QuestionnaireResponse",
    "questionnaire": "https://attune-outcomes.org/fhir/Questionnaire/srs",
    "status": "completed",
    "subject": {"reference": "Patient/p"},
    "item": [{"linkId": str(n), "answer": [{"valueDecimal": 9}]} for n in range(1, 5)],
}


async def posted(fhir: httpx.AsyncClient, *resources: Json, **headers: str) -> list[Any]:
    """The answers to creates that are all sent at once."""
    asked = [
        fhir.post(f"/{resource['resourceType']}", json=resource, headers=headers)
        for resource in resources
    ]
    return list(await asyncio.gather(*asked))


async def audited(maintenance: asyncpg.Connection) -> list[tuple[int, str]]:
    """Transaction and id of every create that is written down."""
    rows = await maintenance.fetch("SELECT xid, id FROM audit WHERE subtype = 'create'")
    return [(row["xid"], row["id"]) for row in rows]


async def test_creates_that_come_together_share_transactions_and_each_is_written_down(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    answers = await posted(fhir, *(weight(valueInteger=n) for n in range(MANY)))
    assert [answer.status_code for answer in answers] == [201] * MANY
    for number, answer in enumerate(answers):
        stands = await fhir.get(answer.headers["location"])
        assert stands.json()["valueInteger"] == answer.json()["valueInteger"] == number
    written = await audited(site_of_the_run.maintenance)
    assert sorted(id_ for _, id_ in written) == sorted(a.json()["id"] for a in answers)
    assert len({xid for xid, _ in written}) < MANY / 2


async def test_one_that_is_refused_keeps_no_other_from_being_stored(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    good, dangling = weight(valueInteger=1), weight("Patient/nobody")
    wrong = weight(status="nonsense")
    sent = [resource for resource, _ in zip(cycle((good, dangling, wrong)), range(MANY))]
    answers = await posted(fhir, *sent)
    expected = [201 if resource is good else 422 for resource in sent]
    assert [answer.status_code for answer in answers] == expected
    for answer, resource in zip(answers, sent, strict=True):
        if resource is dangling:
            assert "Patient/nobody" in answer.json()["issue"][0]["diagnostics"]
    stored = await fhir.get("/Observation?_summary=count")
    assert stored.json()["total"] == expected.count(201)
    written = await audited(site_of_the_run.maintenance)
    assert len([id_ for _, id_ in written if id_]) == expected.count(201)


async def test_many_forms_of_one_patient_at_once_are_settled_together(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    """Each form has its score, and the findings are those of all of them."""
    await fhir.put("/Patient/p", json=patient(id="p"))
    days = [f"2026-{month:02}-{day:02}" for month in (3, 4) for day in range(1, 21)]
    answers = await posted(fhir, *(SRS | {"authored": f"{day}T11:00:00Z"} for day in days))
    assert [answer.status_code for answer in answers] == [201] * len(days)
    scores = await fhir.get("/Observation?code=srs&_count=100")
    sources = {e["resource"]["derivedFrom"][0]["reference"] for e in scores.json()["entry"]}
    assert sources == {f"QuestionnaireResponse/{answer.json()['id']}" for answer in answers}
    (course,) = (await fhir.get("/Observation?code=course")).json()["entry"]
    # One settling for each create would have made a version each.
    assert int(course["resource"]["meta"]["versionId"]) < len(days) / 2
    before = [e["resource"]["meta"]["versionId"] for e in scores.json()["entry"]]
    assert set(before) == {"1"}


@pytest.mark.parametrize("count", [30])
async def test_creates_of_two_clinics_at_once_never_meet(
    cluster: Cluster, tmp_path: Any, count: int
) -> None:
    async with secured(cluster, tmp_path) as site:
        tenants = [FIRST if number % 2 else SECOND for number in range(count)]
        answers = await asyncio.gather(
            *(
                site.client.post(
                    "/Observation", json=weight(valueInteger=n), headers=site.bearer(tenant)
                )
                for n, tenant in enumerate(tenants)
            )
        )
        assert {answer.status_code for answer in answers} == {201}
        for tenant in (FIRST, SECOND):
            own = {a.json()["id"] for a, t in zip(answers, tenants, strict=True) if t == tenant}
            bundle = await site.client.get("/Observation?_count=100", headers=site.bearer(tenant))
            assert {e["resource"]["id"] for e in bundle.json()["entry"]} == own


async def test_what_a_token_does_not_allow_is_refused_beside_what_it_does(
    cluster: Cluster, tmp_path: Any
) -> None:
    category = "http://terminology.hl7.org/CodeSystem/observation-category"
    scope = f"user/Observation.c?category={category}|survey"
    async with secured(cluster, tmp_path) as site:
        header = site.bearer(scope=scope)
        kinds = ["survey", "therapy"] * 10
        answers = await posted(
            site.client,
            *(weight(category=[{"coding": [{"system": category, "code": k}]}]) for k in kinds),
            **header,
        )
        assert [a.status_code for a in answers] == [201, 403] * 10
        count = await site.client.get("/Observation?_summary=count", headers=site.bearer())
        assert count.json()["total"] == 10
