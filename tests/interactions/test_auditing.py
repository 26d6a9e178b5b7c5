"""Every access is written down with the transaction that it happened in, or refused.

https://profiles.ihe.net/ITI/BALP/
"""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from service.fhir.access import LOCAL_TENANT
from tests.door import Standing
from tests.interactions.sent import (
    batch,
    delete,
    get,
    identified,
    patient,
    post,
    put,
    transaction,
    weight,
)

Row = dict[str, Any]


@pytest_asyncio.fixture(loop_scope="session")
async def trail(site_of_the_run: Standing, fhir: httpx.AsyncClient) -> "Trail":
    return Trail(site_of_the_run.maintenance)


class Trail:
    """What was written down, told once."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._last = 0

    async def new(self) -> list[Row]:
        rows = await self._connection.fetch(
            "SELECT * FROM audit WHERE tenant_id = $1 AND sequence > $2 ORDER BY sequence",
            LOCAL_TENANT,
            self._last,
        )
        self._last = rows[-1]["sequence"] if rows else self._last
        return [dict(row) for row in rows]

    async def told(self, *columns: str) -> list[tuple[Any, ...]]:
        return [tuple(row[column] for column in columns) for row in await self.new()]


WHAT = ("action", "subtype", "outcome", "patient", "type", "id", "version")


async def test_each_interaction_writes_its_row(fhir: httpx.AsyncClient, trail: Trail) -> None:
    made = await fhir.post("/Patient", json=patient())
    name = made.json()["id"]
    mine = patient(id=name)
    await fhir.get(f"/Patient/{name}")
    await fhir.get(f"/Patient/{name}/_history/1")
    await fhir.put(f"/Patient/{name}", json=mine)
    patch = {"op": "add", "path": "/active", "value": True}
    await fhir.patch(
        f"/Patient/{name}", json=[patch], headers={"Content-Type": "application/json-patch+json"}
    )
    await fhir.delete(f"/Patient/{name}")
    await fhir.get(f"/Patient/{name}/_history")
    assert await trail.told(*WHAT) == [
        ("C", "create", 0, name, "Patient", name, 1),
        ("R", "read", 0, name, "Patient", name, 1),
        ("R", "vread", 0, name, "Patient", name, 1),
        ("U", "update", 0, name, "Patient", name, 2),
        ("U", "patch", 0, name, "Patient", name, 3),
        ("D", "delete", 0, name, "Patient", name, None),
        ("R", "history-instance", 0, name, "Patient", name, None),
    ]


async def test_a_row_says_who_asked_and_under_which_name(
    fhir: httpx.AsyncClient, trail: Trail
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"), headers={"X-Request-Id": "r-17"})
    await fhir.get("/Patient/p", headers={"X-Request-Id": "no name, but a sentence"})
    assert await trail.told("agent", "client", "request") == [
        ("local", None, "r-17"),
        ("local", None, None),
    ]


async def test_a_search_writes_a_row_for_each_patient_whose_records_it_answers(
    fhir: httpx.AsyncClient, trail: Trail
) -> None:
    for name in ("a", "b"):
        await fhir.put(f"/Patient/{name}", json=patient(id=name))
        for day in (1, 2):
            sent = weight(f"Patient/{name}", effectiveDateTime=f"2026-05-0{day}")
            await fhir.post("/Observation", json=sent)
    await trail.new()
    await fhir.get("/Observation?date=ge2026-01-01")
    await fhir.get("/Observation?patient=Patient/b&_count=1")
    await fhir.get("/Observation?patient=nobody")
    await fhir.get("/Organization")
    assert await trail.told("action", "subtype", "patient", "matches", "query") == [
        ("E", "search-type", "a", 4, "GET Observation?date=ge2026-01-01"),
        ("E", "search-type", "b", 4, "GET Observation?date=ge2026-01-01"),
        ("E", "search-type", "b", 1, "GET Observation?patient=Patient/b&_count=1"),
        ("E", "search-type", "nobody", 0, "GET Observation?patient=nobody"),
        ("E", "search-type", None, 0, "GET Organization"),
    ]


async def test_a_transaction_writes_a_row_for_each_entry_and_a_refused_one_a_single_row(
    fhir: httpx.AsyncClient, trail: Trail
) -> None:
    await fhir.post(
        "",
        json=transaction(
            put(patient(id="p")), post(weight("Patient/p")), get("Patient/p"), delete("Goal/none")
        ),
    )
    rows = await trail.new()
    assert sorted((row["action"], row["type"], row["patient"]) for row in rows) == [
        ("C", "Observation", "p"),
        ("D", "Goal", None),
        ("R", "Patient", "p"),
        ("U", "Patient", "p"),
    ]
    assert len({row["xid"] for row in rows}) == 1
    refused = await fhir.post(
        "", json=transaction(put(patient(id="q")), post({"resourceType": "Observation"}))
    )
    assert refused.status_code >= 400
    assert await trail.told("action", "subtype", "outcome") == [("E", "transaction", 4)]


async def test_each_entry_of_a_batch_is_an_access_of_its_own(
    fhir: httpx.AsyncClient, trail: Trail
) -> None:
    await fhir.post("", json=batch(put(patient(id="p")), get("Patient/none")))
    assert await trail.told("subtype", "outcome", "id") == [("update", 0, "p"), ("read", 4, "none")]


async def test_what_is_refused_or_not_there_is_written_down_as_a_failure(
    fhir: httpx.AsyncClient, trail: Trail
) -> None:
    assert (await fhir.get("/Patient/none")).status_code == 404
    assert (await fhir.get("/Patient?gender=a|b|c")).status_code == 400
    assert (
        await fhir.post("/Observation", json={"resourceType": "Observation"})
    ).status_code == 422
    assert await trail.told("subtype", "outcome", "patient") == [
        ("read", 4, "none"),
        ("search-type", 4, None),
        ("create", 4, None),
    ]


async def test_what_tells_nothing_of_a_record_is_not_written_down(
    fhir: httpx.AsyncClient, trail: Trail
) -> None:
    assert (await fhir.get("/metadata")).status_code == 200
    assert (await fhir.get("/Nothing")).status_code == 404
    assert (await fhir.put("/AuditEvent/a", json={})).status_code == 405
    assert await trail.new() == []


async def test_a_patient_known_by_an_identifier_alone_is_told_by_its_hash(
    fhir: httpx.AsyncClient, trail: Trail
) -> None:
    """printf 4711 | sha256sum"""
    hashed = "de650d61f5bd166a91f8ccec3158297db18b9d50eaedca238cd29dc3a214a916"
    subject = {"identifier": {"system": "http://a.example", "value": "4711"}}
    await fhir.put("/Observation/o", json={**weight(id="o"), "subject": subject})
    await fhir.delete("/Observation/o")
    assert await trail.told("patient") == [(f"http://a.example|{hashed}",)] * 2


async def test_an_operation_is_told_with_the_patient_whose_records_it_read(
    fhir: httpx.AsyncClient, trail: Trail
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.put("/Observation/o", json=weight("Patient/p", id="o"))
    await trail.new()
    asked = [
        {"name": "subject", "valueUri": "Patient/p"},
        {"name": "code", "valueString": "29463-7"},
        {"name": "system", "valueUri": "http://loinc.org"},
        {"name": "statistic", "valueCode": "count"},
        {"name": "duration", "valueDecimal": 1000000},
    ]
    parameters = {"resourceType": "Parameters", "parameter": asked}
    for made in (
        await fhir.post("/Observation/$stats", json=parameters),
        await fhir.get("/Observation/$lastn?patient=p"),
        await fhir.get("/Patient/p/$everything"),
        await fhir.get("/Patient/p/$course"),
        await fhir.get("/Observation/o/$validate"),
    ):
        assert made.status_code == 200, made.text
    assert await trail.told("subtype", "patient", "matches") == [
        ("operation", "p", None),
        ("operation", "p", 1),
        ("operation", "p", 2),
        ("operation", "p", None),
        ("operation", "p", None),
    ]


async def test_nothing_that_people_wrote_or_are_called_is_written_down(
    fhir: httpx.AsyncClient, trail: Trail
) -> None:
    canary = "Kanarienvogel"
    named = [{"family": canary, "given": [canary]}]
    who = patient(id="p", name=named, identifier=identified(canary), birthDate="1950-12-31")
    noted = weight("Patient/p", id="o", note=[{"text": canary}], valueString=canary)
    for sent in (who, noted):
        made = await fhir.put(f"/{sent['resourceType']}/{sent['id']}", json=sent)
        assert made.status_code == 201, made.text
    await fhir.post("", json=transaction(put(who), put(noted)))
    for query in (
        f"Patient?family={canary}",
        f"Patient?identifier={canary}",
        f"Patient?identifier=http://clinic.example/mrn|{canary}&birthdate=1950-12-31",
        f"Patient?_has:Observation:patient:value-string={canary}",
        f"Observation?patient.name={canary}",
        f"Observation?code:text={canary}",
        f"Observation?{canary}={canary}",
        f"Observation/$lastn?patient=p&code:text={canary}",
    ):
        await fhir.get(f"/{query}")
    await fhir.post("/Patient/_search", data={"name": canary})
    condition = f"Patient?identifier=http://clinic.example/mrn|{canary}"
    assert (await fhir.put(f"/{condition}", json=who)).status_code == 200
    rows = await trail.new()
    assert len(rows) == 14
    assert canary not in repr(rows)
    assert "1950" not in repr([row["query"] for row in rows])


@pytest_asyncio.fixture(loop_scope="session")
async def unwritable(site_of_the_run: Standing, fhir: httpx.AsyncClient) -> AsyncIterator[None]:
    """The audit takes no rows."""
    maintenance = site_of_the_run.maintenance
    await maintenance.execute("REVOKE INSERT ON audit FROM attune")
    yield
    await maintenance.execute("GRANT INSERT ON audit TO attune")


@pytest.mark.usefixtures("unwritable")
async def test_what_cannot_be_written_down_is_refused_and_not_done(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    with capture_logs() as log:
        for answer in (
            await fhir.put("/Patient/p", json=patient(id="p")),
            await fhir.get("/Patient/none"),
            await fhir.get("/Patient"),
            await fhir.post("", json=transaction(put(patient(id="p")))),
        ):
            assert answer.status_code == 503
            assert "recorded" in answer.json()["issue"][0]["diagnostics"]
        batched = await fhir.post("", json=batch(put(patient(id="p"))))
    assert [(line["event"], line["sqlstate"]) for line in log] == [("audit.failed", "42501")] * 5
    assert batched.json()["entry"][0]["response"]["status"].startswith("503")
    stored = await site_of_the_run.maintenance.fetchval(
        "SELECT count(*) FROM resource WHERE type = 'Patient'"
    )
    assert stored == 0
