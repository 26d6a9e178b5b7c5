"""Two clinics on one server: each finds what ships, its own records, and nothing of the other."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from service.clinical.identifiers import Identifiers
from service.fhir.resource import PatientKey
from service.store.cluster import Cluster
from tests.api.auth.secured import FIRST, SECOND, Secured, secured
from tests.interactions.sent import patient

EXAMPLE = Path("openapi/examples/phq-9-response.json")
FORM: dict[str, Any] = {
    "id": "form",
    **{
        name: value
        for name, value in json.loads(EXAMPLE.read_text()).items()
        if name not in ("encounter", "author", "source")
    },
    "subject": {"reference": "Patient/p"},
}


@pytest.fixture
async def site(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Secured]:
    async with secured(cluster, tmp_path) as stands:
        yield stands


async def total(site: Secured, tenant: UUID, place: str) -> int:
    answer = await site.client.get(place, headers=site.bearer(tenant))
    assert answer.status_code == 200, answer.text
    count: int = answer.json()["total"]
    return count


async def test_what_ships_stands_in_every_tenant(site: Secured) -> None:
    for kind in ("CodeSystem", "ValueSet", "Questionnaire", "StructureDefinition"):
        counts = [await total(site, tenant, f"/{kind}") for tenant in (FIRST, SECOND)]
        assert counts[0] == counts[1] > 0


async def test_each_tenant_has_records_of_its_own_under_the_same_ids(site: Secured) -> None:
    for tenant, family in ((FIRST, "One"), (SECOND, "Two")):
        sent = patient(id="p", name=[{"family": family}])
        made = await site.client.put("/Patient/p", json=sent, headers=site.bearer(tenant))
        assert made.status_code == 201
    for tenant, family in ((FIRST, "One"), (SECOND, "Two")):
        read = await site.client.get("/Patient/p", headers=site.bearer(tenant))
        assert read.json()["name"] == [{"family": family}]
        assert await total(site, tenant, "/Patient") == 1


async def test_what_is_derived_has_the_ids_of_its_tenant(site: Secured) -> None:
    derived = dict[UUID, set[str]]()
    for tenant in (FIRST, SECOND):
        header = site.bearer(tenant)
        await site.client.put("/Patient/p", json=patient(id="p"), headers=header)
        made = await site.client.put("/QuestionnaireResponse/form", json=FORM, headers=header)
        assert made.status_code == 201, made.text
        found = await site.client.get("/Observation?patient=p", headers=header)
        derived[tenant] = ids(found)
        ours = Identifiers(tenant, PatientKey("p")).score("QuestionnaireResponse/form", "phq-9")
        assert ours in derived[tenant]
        course = await site.client.get("/Patient/p/$course", headers=header)
        assert derived[tenant] <= {e["resource"]["id"] for e in course.json()["entry"]}
    assert not derived[FIRST] & derived[SECOND]


def ids(bundle: httpx.Response) -> set[str]:
    return {entry["resource"]["id"] for entry in bundle.json()["entry"]}


async def test_a_tenant_that_nobody_named_is_not_opened_by_a_token(site: Secured) -> None:
    answer = await site.client.get("/Patient", headers=site.bearer(UUID(int=13)))
    assert answer.status_code == 401
