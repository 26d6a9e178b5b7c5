"""The bulk path of the synthetic clinic leaves behind exactly what the public API leaves behind."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import httpx

from service import main
from service.commands.demo.bulk import into
from service.commands.demo.loading import Clinic, groups, load
from service.interactions.context import Site
from service.settings import Settings
from service.store.cluster import Cluster
from tests.door import emptied

BASE = "http://clinic.test/fhir"
CLINIC = Clinic(patients=40, today=date(2026, 5, 3))
TYPES = (
    "Encounter",
    "EpisodeOfCare",
    "Observation",
    "Patient",
    "Practitioner",
    "QuestionnaireResponse",
)

Stored = Mapping[str, Mapping[str, Any]]
"""`[type]/[id]` -> the resource without the time at which it was stored."""


@asynccontextmanager
async def empty_site(cluster: Cluster) -> AsyncIterator[tuple[Site, httpx.AsyncClient]]:
    await emptied(cluster)
    settings = Settings(public_url=BASE)
    async with main.opened(settings, cluster.dsn, BASE) as site:
        transport = httpx.ASGITransport(app=main.application(settings, site))
        async with httpx.AsyncClient(transport=transport, base_url=BASE, timeout=60) as client:
            yield site, client


async def everything(client: httpx.AsyncClient) -> Stored:
    seen: dict[str, Mapping[str, Any]] = {}
    for type_ in TYPES:
        following: str | None = f"{BASE}/{type_}?_count=500"
        while following:
            bundle = (await client.get(following)).raise_for_status().json()
            for entry in bundle.get("entry", ()):
                resource = entry["resource"]
                del resource["meta"]["lastUpdated"]
                seen[f"{type_}/{resource['id']}"] = resource
            links = {link["relation"]: link["url"] for link in bundle["link"]}
            following = links.get("next")
    return seen


async def test_forty_patients_in_bulk_equal_the_same_forty_by_the_api(cluster: Cluster) -> None:
    async with empty_site(cluster) as (_, client):
        await load(CLINIC, client=client)
        by_api = await everything(client)
    async with empty_site(cluster) as (site, client):
        await into(site)(groups(CLINIC, after=0))
        in_bulk = await everything(client)
    assert by_api == in_bulk
    sent = {f"{r['resourceType']}/{r['id']}" for group in groups(CLINIC, after=0) for r in group}
    assert sent < set(by_api)
