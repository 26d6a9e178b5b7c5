"""A site on the real database, spoken to through its FHIR interface and by nothing else."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import asyncpg
import httpx

from service import main
from service.clinical.observations import DEVICE
from service.fhir.access import Access
from service.interactions.context import Site
from service.interactions.rederive import rederive
from service.settings import Settings
from service.store.cluster import Cluster
from tests.door import TABLES, UNHELD

BASE = "http://clinic.test/fhir"
DONE = {200, 201, 204}

Resource = dict[str, Any]
Stored = Mapping[str, Resource]
"""Id -> the resource without version and time of storing."""
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """Writing, and reading back what was derived."""

    cluster: Cluster
    site: Site
    client: httpx.AsyncClient

    async def put(self, resource: Resource, **headers: str) -> httpx.Response:
        place = f"/{resource['resourceType']}/{resource['id']}"
        return await self.client.put(place, json=resource, headers=headers)

    async def delete(self, place: str) -> httpx.Response:
        return await self.client.delete(f"/{place}")

    async def post(self, kind: str, entries: Iterable[Resource], **headers: str) -> httpx.Response:
        bundle = {"resourceType": "Bundle", "type": kind, "entry": list(entries)}
        return await self.client.post("", json=bundle, headers=headers)

    async def derived(self, patient: str) -> list[Resource]:
        """Every score and finding that was ever stored of a patient, as search returns them."""
        resources = await self.found(f"/Observation?subject=Patient/{patient}&_count=1000")
        return [resource for resource in resources if is_derived(resource)]

    async def standing(self, patient: str) -> Stored:
        """The scores and findings of a patient that stand."""
        derived = await self.derived(patient)
        return {r["id"]: content(r) for r in derived if r["status"] != "entered-in-error"}

    async def versions(self, patient: str) -> Mapping[str, str]:
        return {r["id"]: r["meta"]["versionId"] for r in await self.derived(patient)}

    async def course(self, patient: str) -> Stored:
        """The same, computed live; an id comes once."""
        answer = await self.client.get(f"/Patient/{patient}/$course")
        entries = answer.raise_for_status().json().get("entry", ())
        resources = [entry["resource"] for entry in entries]
        derived = [resource for resource in resources if is_derived(resource)]
        by_id = {resource["id"]: content(resource) for resource in derived}
        assert len(by_id) == len(derived), "An id comes twice."
        return by_id

    async def found(self, url: str) -> list[Resource]:
        """All pages of a search."""
        resources: list[Resource] = []
        following: str | None = url
        while following:
            bundle = (await self.client.get(following)).raise_for_status().json()
            resources += [entry["resource"] for entry in bundle.get("entry", ())]
            links = {link["relation"]: link["url"] for link in bundle["link"]}
            following = links.get("next")
        return resources

    async def changed_by_deriving_anew(self) -> int:
        """Of how many patients a derivation from the stored resources gives something else."""
        tally = await rederive(self.site, Access())
        assert not tally.failed
        return tally.changed

    async def forget_what_was_read(self) -> None:
        """As after a change of what the rules read: every record is to be read again."""
        await self._delete_from("record")

    async def empty(self) -> None:
        """Faster than truncating, where there is little."""
        await self._delete_from(*TABLES.replace(", tenant", "").split(", "))

    async def _delete_from(self, *tables: str) -> None:
        maintenance = await asyncpg.connect(self.cluster.maintenance_dsn)
        await maintenance.execute(";".join([UNHELD, *(f"DELETE FROM {t}" for t in tables)]))
        await maintenance.close()


def is_derived(resource: Resource) -> bool:
    return bool(resource.get("device", {}).get("reference") == f"Device/{DEVICE}")


def content(resource: Resource) -> Resource:
    meta = {k: v for k, v in resource["meta"].items() if k not in ("versionId", "lastUpdated")}
    return {**resource, "meta": meta}


def to_put(resource: Resource) -> Resource:
    """As an entry of a Bundle."""
    place = f"{resource['resourceType']}/{resource['id']}"
    return {"resource": resource, "request": {"method": "PUT", "url": place}}


def to_delete(place: str) -> Resource:
    return {"request": {"method": "DELETE", "url": place}}


def statuses(answer: httpx.Response) -> Sequence[int]:
    """Of every entry of a posted Bundle."""
    entries = answer.raise_for_status().json()["entry"]
    return [int(entry["response"]["status"][:3]) for entry in entries]


@asynccontextmanager
async def clinic(cluster: Cluster, **decided: Any) -> AsyncIterator[Clinic]:
    """An empty site; `decided` are its settings."""
    settings = Settings(public_url=BASE, **decided)
    async with AsyncExitStack() as held:
        maintenance = await asyncpg.connect(cluster.maintenance_dsn)
        await maintenance.execute(f"{UNHELD};TRUNCATE {TABLES} RESTART IDENTITY")
        await maintenance.close()
        site = await held.enter_async_context(main.opened(settings, cluster.dsn, BASE))
        transport = httpx.ASGITransport(app=main.application(settings, site))
        client = await held.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url=BASE, timeout=60)
        )
        yield Clinic(cluster=cluster, site=site, client=client)


class Kept:
    """A clinic that stays open from one generated example to the next."""

    def __init__(self, cluster: Cluster, **decided: Any) -> None:
        self._loop = asyncio.Runner()
        self._held = AsyncExitStack()
        self._cluster = cluster
        self._decided = decided

    def __enter__(self) -> Self:
        self._loop.__enter__()
        entering = self._held.enter_async_context(clinic(self._cluster, **self._decided))
        self.clinic: Clinic = self._loop.run(entering)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.run(self._held.aclose())
        self._loop.__exit__(None, None, None)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run(work)
