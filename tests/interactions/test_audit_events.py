"""AuditEvents are read and searched like any resource, and nobody writes them.

http://hl7.org/fhir/R4/auditevent.html and https://profiles.ihe.net/ITI/BALP/
"""

from base64 import b64decode
from datetime import UTC
from typing import Any
from uuid import UUID

import httpx
import pytest

from service.errors import Forbidden
from service.fhir.access import LOCAL_TENANT, Access
from service.fhir.audit_event import Trace
from service.fhir.resource import PatientKey
from service.fhir.rights import Rights
from service.fhir.scopes import scopes
from service.fhir.validation import validate
from service.interactions.dispatch import answer
from service.interactions.messages import Request
from service.store import audit
from tests.door import Standing
from tests.interactions.sent import patient, weight

Event = dict[str, Any]


async def events(fhir: httpx.AsyncClient, query: str = "") -> list[Event]:
    answer = await fhir.get(f"/AuditEvent?{query}")
    assert answer.status_code == 200, answer.text
    return [each["resource"] for each in answer.json().get("entry", [])]


def asked(event: Event) -> str:
    (query,) = (each["query"] for each in event["entity"] if "query" in each)
    return b64decode(query).decode()


async def test_a_read_is_told_with_its_agent_patient_and_resource(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.put("/Observation/o", json=weight("Patient/p", id="o"))
    await fhir.get("/Observation/o", headers={"X-Request-Id": "r-1"})
    event = (await events(fhir))[0]
    assert validate(event) == ()
    assert event["type"]["code"] == "rest"
    assert [each["code"] for each in event["subtype"]] == ["read"]
    assert (event["action"], event["outcome"]) == ("R", "0")
    assert event["meta"]["profile"] == [
        "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead"
    ]
    assert [each for each in event["agent"] if each["requestor"]] == [
        {
            "type": {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                        "code": "IRCP",
                    }
                ]
            },
            "who": {"identifier": {"value": "local"}},
            "requestor": True,
        }
    ]
    assert [(each["what"], each["type"]["code"]) for each in event["entity"]] == [
        ({"reference": "Patient/p"}, "1"),
        ({"reference": "Observation/o/_history/1"}, "2"),
        ({"identifier": {"value": "r-1"}}, "XrequestId"),
    ]


async def test_a_search_is_told_with_its_query_and_how_many_were_answered(
    fhir: httpx.AsyncClient,
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.get("/Patient?gender:missing=true&family=Doe")
    event = (await events(fhir))[0]
    assert validate(event) == ()
    assert asked(event) == "GET Patient?gender:missing=true&family=*"
    assert [each["description"] for each in event["entity"] if "query" in each] == ["1 answered"]


async def test_a_read_by_id_and_a_search_tell_the_same(fhir: httpx.AsyncClient) -> None:
    await fhir.get("/Patient/none")
    (event,) = await events(fhir)
    read = await fhir.get(f"/AuditEvent/{event['id']}")
    assert read.json() == event
    assert read.headers["etag"] == 'W/"1"'
    assert (await fhir.get(f"/AuditEvent?_id={event['id']}")).json()["entry"][0][
        "resource"
    ] == event
    for other in ("1-1", "x", "9" * 16 + "-1", event["id"] + "0", "0" + event["id"]):
        assert (await fhir.get(f"/AuditEvent/{other}")).status_code == 404


async def test_reading_the_audit_is_written_down_too(fhir: httpx.AsyncClient) -> None:
    assert await events(fhir) == []
    first, *_ = await events(fhir)
    assert asked(first) == "GET AuditEvent"


async def test_events_are_found_by_what_r4_names(fhir: httpx.AsyncClient) -> None:
    for name in ("p", "q"):
        await fhir.put(f"/Patient/{name}", json=patient(id=name))
        await fhir.put(f"/Observation/{name}", json=weight(f"Patient/{name}", id=name))
    await fhir.get("/Observation/p")
    await fhir.get("/Patient/none")
    about_searches = "subtype:not=search-type"

    async def found(query: str) -> int:
        return len(await events(fhir, f"{about_searches}&{query}"))

    assert await found("_count=50") == 6
    assert await found("patient=p") == 3
    assert await found("patient=Patient/q") == 2
    assert await found("patient=p,q") == 5
    assert await found("entity=Observation/p") == 2
    assert await found("entity=Patient/p") == 3
    assert await found("action=R") == 2
    assert await found("action=U&patient=p") == 2
    assert await found("outcome=4") == 1
    assert await found("subtype=read") == 2
    assert await found("type=rest") == 6
    assert await found("agent:identifier=local") == 6
    assert await found("date=ge2020-01-01") == 6
    assert await found("date=lt2020-01-01") == 0
    assert await found("date=gt2020-01-01,lt2019-01-01") == 6
    compartment = await fhir.get(f"/Patient/q/AuditEvent?{about_searches}")
    assert len(compartment.json()["entry"]) == 2


async def test_pages_come_newest_first_and_new_events_do_not_shift_them(
    fhir: httpx.AsyncClient,
) -> None:
    for name in "abcde":
        await fhir.get(f"/Patient/{name}")
    page = (await fhir.get("/AuditEvent?subtype=read&_count=2")).json()
    told = [page]
    while following := [link["url"] for link in page["link"] if link["relation"] == "next"]:
        await fhir.get("/Patient/late")
        page = (await fhir.get(following[0])).json()
        told.append(page)
    ids = [
        entity["what"]["reference"]
        for each in told
        for entry in each["entry"]
        for entity in entry["resource"]["entity"]
    ]
    assert ids == [f"Patient/{name}" for name in "edcba"]


async def test_they_can_be_counted_and_are_not_sorted_otherwise(fhir: httpx.AsyncClient) -> None:
    for name in "abc":
        await fhir.get(f"/Patient/{name}")
    answer = await fhir.get("/AuditEvent?subtype=read&_summary=count")
    assert answer.json()["total"] == 3
    assert (await fhir.get("/AuditEvent?_sort=-date")).status_code == 200
    for order in ("date", "action", "-action"):
        assert (await fhir.get(f"/AuditEvent?_sort={order}")).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/AuditEvent/_history",
        "/AuditEvent/1-1/_history",
        "/AuditEvent/1-1/_history/1",
    ],
)
async def test_there_are_no_versions(fhir: httpx.AsyncClient, path: str) -> None:
    assert (await fhir.get(path)).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "Patient?_has:AuditEvent:patient:action=R",
        "Patient?_revinclude=AuditEvent:patient",
        "AuditEvent?patient.name=x",
        "?_type=AuditEvent",
    ],
)
async def test_other_searches_do_not_lead_to_them(fhir: httpx.AsyncClient, query: str) -> None:
    assert (await fhir.get(f"/{query}")).status_code == 400


async def test_what_an_event_names_is_included(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.get("/AuditEvent?subtype=update&_include=AuditEvent:patient")
    modes = [(e["resource"]["resourceType"], e["search"]["mode"]) for e in answer.json()["entry"]]
    assert modes == [("AuditEvent", "match"), ("Patient", "include")]


def reading(scope: str, site: Standing, tenant: UUID = LOCAL_TENANT) -> Access:
    granted = Rights(
        scopes=scopes([scope]),
        patient=PatientKey("p"),
        zone=UTC,
        base_url=site.site.base_url,
    )
    return Access(tenant=tenant, user="Practitioner/t", rights=granted)


async def test_a_patient_scope_never_opens_the_audit(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    site, request = site_of_the_run.site, Request(method="GET", path=("AuditEvent",))
    for scope in ("patient/AuditEvent.rs", "patient/*.rs", "user/Patient.rs"):
        with pytest.raises(Forbidden):
            await answer(site, reading(scope, site_of_the_run), request)
    told = await answer(site, reading("user/AuditEvent.rs", site_of_the_run), request)
    assert told.told is not None
    assert len(told.told) == 4


async def test_another_tenant_sees_none_of_it(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    await fhir.get("/Patient/none")
    site, other = site_of_the_run.site, UUID(int=2)
    await site.database.ensure_tenant(other)
    request = Request(method="GET", path=("AuditEvent",))
    told = await answer(site, reading("system/AuditEvent.rs", site_of_the_run, other), request)
    assert told.told == ()


async def test_hostile_text_is_kept_as_text(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    hostile = "x'); DROP TABLE audit; --\\' \x00\ud800 E'"
    async with site_of_the_run.site.database.begin(Access()) as tx:
        audit.record(tx, [Trace(action="E", subtype="operation", agent=hostile, query=hostile)])
    (event,) = await events(fhir, "subtype=operation")
    kept = "x'); DROP TABLE audit; --\\' ? E'"
    assert event["agent"][0]["who"] == {"identifier": {"value": kept}}
    assert asked(event) == kept
