"""When something fails that is not the client's fault."""

from collections.abc import AsyncIterator, Mapping, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import orjson
from structlog.testing import capture_logs

from service import main
from service.api.health import Readiness
from service.errors import Issue
from service.fhir.resource import Resource
from service.interactions.context import Site
from service.settings import Settings
from service.store import migration
from service.store.cluster import Cluster
from service.store.database import Database
from tests.door import BASE, Standing
from tests.interactions.sent import batch, patient, post, practitioner, said, statuses, transaction

PERSON = "Jane Doe, born 1950"


def broken(resource: Resource) -> Sequence[Issue]:
    """A rule with a mistake in it, which shows in patients only."""
    if resource["resourceType"] == "Patient":
        raise ZeroDivisionError(PERSON)
    return ()


@asynccontextmanager
async def speaking_to(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    application = main.application(Settings(), site)
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


async def test_a_mistake_of_ours_is_said_without_a_word_of_the_record(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    site = site_of_the_run.site
    mistaken = replace(site, ports=replace(site.ports, accept=broken))
    async with speaking_to(mistaken) as client:
        with capture_logs() as log:
            for answer in (
                await client.post("/Patient", json=patient()),
                await client.post("", json=transaction(post(practitioner()), post(patient()))),
            ):
                assert answer.status_code == 500
                assert answer.json()["issue"][0]["code"] == "exception"
                assert said(answer) == "The server failed to answer; the operator's log says why."
            mixed = await client.post(
                "", json=batch(post(practitioner()), post(patient()), post(practitioner()))
            )
            assert statuses(mixed) == ["201", "500", "201"]
    assert [line["event"] for line in log] == ["request.failed", "request.failed", "entry.failed"]
    assert {line["error"] for line in log} == {"ZeroDivisionError"}
    assert all(line["at"][-1].startswith("test_failures.py:") for line in log)
    assert PERSON not in str(log)
    assert (await fhir.get("/Practitioner?_summary=count")).json()["total"] == 2


async def test_without_its_database_the_server_says_so_and_lives(
    cluster: Cluster, site_of_the_run: Standing, fhir: httpx.AsyncClient
) -> None:
    gone = await Database.open(cluster.dsn)
    await gone.close()
    async with speaking_to(replace(site_of_the_run.site, database=gone)) as client:
        for answer in (
            await client.get("/Patient/p"),
            await client.get("/Patient"),
            await client.post("/Patient", json=patient()),
            await client.post("", json=transaction(post(patient()))),
        ):
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "1"
            assert answer.json()["issue"][0]["code"] == "transient"
        assert statuses(await client.post("", json=batch(post(patient())))) == ["503"]
        assert (await client.get("/metadata")).status_code == 200
        ready = await client.get("http://clinic.test/readyz")
        assert (ready.status_code, ready.json()) == (503, {"status": "database unreachable"})
        assert (await client.get("http://clinic.test/livez")).status_code == 200


async def test_a_schema_of_another_version_is_not_served(
    site_of_the_run: Standing, fhir: httpx.AsyncClient
) -> None:
    readiness = Readiness(database=site_of_the_run.site.database, revision="9999")
    application = main.application(Settings(), site_of_the_run.site)
    application.router.routes.clear()
    application.add_route("/readyz", readiness.check)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=application)) as client:
        answer = await client.get("http://clinic.test/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "schema differs", "found": migration.HEAD, "served": "9999"}


async def test_a_client_that_goes_away_leaves_nothing_behind(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    incoming: list[Mapping[str, Any]] = [
        {"type": "http.request", "body": orjson.dumps(patient()), "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[MutableMapping[str, Any]] = []

    async def receive() -> Mapping[str, Any]:
        return incoming.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        answered.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/fhir/Patient", "query_string": b"",
        "headers": [], "http_version": "1.1", "scheme": "http", "server": ("clinic.test", 80),
    }  # fmt: skip
    with capture_logs() as log:
        await site_of_the_run.application(scope, receive, send)
    assert answered[0]["status"] == 400
    assert log == []
    assert (await fhir.get("/Patient?_summary=count")).json()["total"] == 0
