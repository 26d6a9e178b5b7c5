"""Who came with a token is written down by name and application, and reads the audit by a scope."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from service.store.cluster import Cluster
from tests.api.auth.secured import SECOND, Secured, secured

Event = dict[str, Any]
PATIENT = {"resourceType": "Patient", "id": "p"}


@pytest.fixture
async def site(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Secured]:
    async with secured(cluster, tmp_path) as stands:
        yield stands


async def audit(site: Secured, query: str = "", **claims: Any) -> list[Event]:
    header = site.bearer(scope="system/AuditEvent.rs", **claims)
    answer = await site.client.get(f"/AuditEvent?{query}", headers=header)
    assert answer.status_code == 200, answer.text
    return [entry["resource"] for entry in answer.json().get("entry", [])]


def agents(event: Event) -> list[Any]:
    """Who they are, without the server itself."""
    return [agent["who"] for agent in event["agent"] if "display" not in agent["who"]]


async def test_the_user_and_the_application_of_a_token_are_agents(site: Secured) -> None:
    user = "Practitioner/t1"
    header = site.bearer(fhirUser=user, client_id="chart-app")
    assert (await site.client.put("/Patient/p", json=PATIENT, headers=header)).status_code == 201
    (event,) = await audit(site)
    assert agents(event) == [{"reference": user}, {"identifier": {"value": "chart-app"}}]
    assert len(await audit(site, "agent=Practitioner/t1")) == 1
    assert await audit(site, "agent=Practitioner/t2") == []


async def test_what_a_token_does_not_allow_is_written_down_and_a_wrong_token_is_not(
    site: Secured,
) -> None:
    allowed = site.bearer(scope="user/Patient.rs")
    refused = await site.client.put("/Patient/p", json=PATIENT, headers=allowed)
    assert refused.status_code == 403
    assert (await site.client.get("/AuditEvent", headers=allowed)).status_code == 403
    assert (await site.client.get("/Patient/p")).status_code == 401
    told = [(e["subtype"][0]["code"], e["action"], e["outcome"]) for e in await audit(site)]
    assert told == [("search-type", "E", "4"), ("update", "U", "4")]


async def test_a_tenant_reads_its_own_audit_only(site: Secured) -> None:
    await site.client.get("/Patient/p", headers=site.bearer())
    (event,) = await audit(site)
    assert await audit(site, tenant=SECOND) == []
    other = site.bearer(tenant=SECOND, scope="system/AuditEvent.rs")
    elsewhere = await site.client.get(f"/AuditEvent/{event['id']}", headers=other)
    assert elsewhere.status_code == 404


async def test_the_audit_opens_to_a_scope_that_names_it_and_to_no_other(site: Secured) -> None:
    await site.client.get("/Patient/p", headers=site.bearer())
    (event,) = await audit(site)
    scopes = {
        "user/*.cruds": 403,
        "system/*.rs": 403,
        "system/*.*": 403,
        "patient/AuditEvent.rs": 403,
        "patient/*.rs": 403,
        "user/AuditEvent.rs": 200,
        "user/AuditEvent.read": 200,
    }
    for scope, expected in scopes.items():
        header = site.bearer(scope=scope, patient="p")
        assert (await site.client.get("/AuditEvent", headers=header)).status_code == expected
        one = await site.client.get(f"/AuditEvent/{event['id']}", headers=header)
        assert one.status_code == expected
