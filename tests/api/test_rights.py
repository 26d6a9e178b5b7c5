"""11 to 16: who may see what, over HTTP with signed tokens of two clinics."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from service.store.cluster import Cluster
from tests.api.auth.secured import FIRST, SECOND, Secured, secured
from tests.interactions.sent import Json, batch, get, post

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
INTERLEAVED = 1_000


@pytest.fixture
async def site(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Secured]:
    async with secured(cluster, tmp_path) as stands:
        yield stands


def patient(name: str, family: str) -> Json:
    return {"resourceType": "Patient", "id": name, "name": [{"family": family}]}


def observation(name: str, of: str, category: str = "survey") -> Json:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": category}]}],
        "code": {"coding": [{"system": "urn:x", "code": "a"}]},
        "subject": {"reference": f"Patient/{of}"},
    }


async def put(site: Secured, resource: Json, tenant: UUID = FIRST) -> None:
    place = f"/{resource['resourceType']}/{resource['id']}"
    answer = await site.client.put(place, json=resource, headers=site.bearer(tenant))
    assert answer.status_code in (200, 201), answer.text


async def asks(site: Secured, method: str, place: str, body: Any = None, **claims: Any) -> Any:
    return await site.client.request(method, place, json=body, headers=site.bearer(**claims))


def named(answer: httpx.Response) -> set[str]:
    found = (entry["resource"] for entry in answer.json().get("entry", ()))
    return {f"{each['resourceType']}/{each['id']}" for each in found}


async def test_11_a_scope_of_reading_lets_nothing_be_written(site: Secured) -> None:
    await put(site, patient("p", "Able"))
    reading = {"scope": "user/Patient.rs"}
    assert (await asks(site, "GET", "/Patient/p", **reading)).status_code == 200
    assert named(await asks(site, "GET", "/Patient", **reading)) == {"Patient/p"}
    for method, place in (("PUT", "/Patient/p"), ("POST", "/Patient"), ("DELETE", "/Patient/p")):
        body = None if method == "DELETE" else patient("p", "x")
        answer = await asks(site, method, place, body, **reading)
        assert answer.status_code == 403
        assert answer.json()["issue"][0]["code"] == "forbidden"
    assert (await asks(site, "GET", "/Observation", **reading)).status_code == 403


async def test_11_scopes_of_the_first_version_and_none_at_all(site: Secured) -> None:
    await put(site, patient("p", "Able"))
    assert (await asks(site, "GET", "/Patient/p", scope="user/Patient.read")).status_code == 200
    assert (await asks(site, "DELETE", "/Patient/p", scope="user/*.read")).status_code == 403
    for scope in ("openid fhirUser launch", "", "user/Patient.sr", "user/patient.rs", "Patient.rs"):
        assert (await asks(site, "GET", "/Patient/p", scope=scope)).status_code == 403, scope


async def test_13_a_patient_sees_and_changes_no_other_record(site: Secured) -> None:
    for resource in (patient("p", "Able"), patient("q", "Baker"), observation("o", "q")):
        await put(site, resource)
    mine = {"scope": "patient/*.cruds", "patient": "p"}
    assert named(await asks(site, "GET", "/Patient", **mine)) == {"Patient/p"}
    for place in ("/Patient/q", "/Observation/o", "/Observation/o/_history", "/Patient/q/$course"):
        assert (await asks(site, "GET", place, **mine)).status_code == 404
    counted = await asks(site, "GET", "/Observation?_summary=count", **mine)
    assert counted.json()["total"] == 0
    sent = observation("n", "q")
    assert (await asks(site, "POST", "/Observation", sent, **mine)).status_code == 403
    several = await asks(site, "POST", "/", batch(get("Patient/q"), post(sent)), **mine)
    statuses = [entry["response"]["status"][:3] for entry in several.json()["entry"]]
    assert statuses == ["404", "403"]
    without = await asks(site, "GET", "/Patient", scope="patient/*.cruds")
    assert without.status_code == 403


async def test_14_a_grant_of_surveys_never_reveals_tears(site: Secured) -> None:
    await put(site, patient("p", "Able"))
    await put(site, observation("s", "p"))
    await put(site, observation("t", "p", "therapy"))
    surveys = {"scope": f"user/Observation.cruds?category={CATEGORY}|survey user/Patient.rs"}
    assert named(await asks(site, "GET", "/Observation", **surveys)) == {"Observation/s"}
    assert (await asks(site, "GET", "/Observation/t", **surveys)).status_code == 404
    beside = await asks(site, "GET", "/Patient?_revinclude=Observation:patient", **surveys)
    assert named(beside) == {"Patient/p", "Observation/s"}
    moved = observation("s", "p", "therapy")
    assert (await asks(site, "PUT", "/Observation/s", moved, **surveys)).status_code == 403


async def test_15_the_records_of_another_clinic_do_not_exist(site: Secured) -> None:
    await put(site, patient("p", "Able"))
    await put(site, observation("o", "p"))
    other = site.bearer(SECOND)
    places = ("/Patient/p", "/Patient/p/_history/1", "/Observation/o", "/Patient/p/$everything")
    for place in places:
        answer = await site.client.get(place, headers=other)
        assert answer.status_code == 404, place
        assert "Able" not in answer.text
    for search in ("/Patient?_id=p", "/Patient?name=Able", "/Observation?patient=p"):
        assert (await site.client.get(search, headers=other)).json()["total"] == 0
    stale = await site.client.put(
        "/Patient/p", json=patient("p", "x"), headers={**other, "If-Match": 'W/"1"'}
    )
    assert stale.status_code == 412
    page = await site.client.get("/Patient?_count=1&_sort=_id", headers=site.bearer())
    assert page.json()["total"] == 1


async def test_16_interleaved_requests_of_two_clinics_never_meet(site: Secured) -> None:
    """Errors in the midst of transactions included: one in four of the writes is refused late."""
    families = {FIRST: "Able", SECOND: "Baker"}
    for tenant, family in families.items():
        await put(site, patient("p", family), tenant)
    choice = random.Random(16)  # noqa: S311  (not a secret)

    async def one(place: int) -> None:
        tenant = choice.choice((FIRST, SECOND))
        foreign = families[SECOND if tenant is FIRST else FIRST]
        kind = choice.choice(("read", "search", "write", "fail"))
        header = site.bearer(tenant)
        if kind == "read":
            answer = await site.client.get("/Patient/p", headers=header)
        elif kind == "search":
            answer = await site.client.get("/Patient?name:contains=e&_count=200", headers=header)
        else:
            failing = [post(observation("x", "nobody"))] if kind == "fail" else []
            sent = {
                "resourceType": "Bundle",
                "type": "transaction",
                "entry": [post({**patient("", families[tenant]), "id": f"n{place}"}), *failing],
            }
            answer = await site.client.post("/", json=sent, headers=header)
            assert answer.status_code == (422 if failing else 200), answer.text
        assert answer.status_code < 500
        assert foreign not in answer.text

    for start in range(0, INTERLEAVED, 50):
        await asyncio.gather(*(one(place) for place in range(start, start + 50)))
    for tenant, family in families.items():
        answer = await site.client.get("/Patient?_count=1000", headers=site.bearer(tenant))
        told = {each["resource"]["name"][0]["family"] for each in answer.json()["entry"]}
        assert told == {family}


async def test_17_versions_and_times_that_a_client_sets_are_ignored(site: Secured) -> None:
    sent = patient("p", "Able") | {
        "meta": {"versionId": "77", "lastUpdated": "2001-01-01T00:00:00Z"}
    }
    await put(site, sent)
    meta = (await site.client.get("/Patient/p", headers=site.bearer())).json()["meta"]
    assert meta["versionId"] == "1"
    assert not meta["lastUpdated"].startswith("2001")


LABEL = "https://attune-outcomes.org/fhir/CodeSystem/label"


def alliance(name: str, week: int) -> Json:
    """A WAI-SR of p, promised to be kept from the therapist: 48, 48, 48, 30 of 60."""
    answer = 2.5 if week == 4 else 4
    return {
        "resourceType": "QuestionnaireResponse",
        "id": name,
        "meta": {"security": [{"system": LABEL, "code": "client-only"}]},
        "questionnaire": "https://attune-outcomes.org/fhir/Questionnaire/wai-sr",
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "authored": f"2026-05-{7 * week - 3:02}T10:00:00Z",
        "item": [
            {"linkId": str(item), "answer": [{"valueInteger": int(answer)}]}
            for item in range(1, 13)
        ],
    }


async def test_what_was_promised_to_the_client_reaches_no_therapist(site: Secured) -> None:
    """Scores, findings, their texts and their counts included."""
    await put(site, patient("p", "Able"))
    for week in range(1, 5):
        await put(site, alliance(f"w{week}", week))
    program = {"scope": "system/*.rs"}
    everything = await asks(site, "GET", "/Observation?patient=p&_count=200", **program)
    assert everything.json()["total"] > 8
    assert "WAI-SR" in everything.text
    for therapist in (
        {"fhirUser": "Practitioner/t"},
        {"fhirUser": "https://ehr.example/fhir/PractitionerRole/r"},
        {"fhirUser": "Practitioner/t", **program},
        # Whoever does not say who they are may be the therapist.
        {"scope": "user/*.rs"},
        {"scope": "user/*.rs system/*.rs"},
        {"scope": "patient/*.rs", "patient": "p", "fhirUser": "Device/d"},
    ):
        found = await asks(site, "GET", "/Observation?patient=p&_count=200", **therapist)
        assert "WAI-SR" not in found.text
        assert found.json()["total"] == len(found.json().get("entry", ()))
        for place in (
            "/QuestionnaireResponse?patient=p",
            "/Patient/p/$course",
            "/Patient/p/$everything",
            "/Patient?_revinclude=*",
            "/Observation/$lastn?patient=p",
            "/_history",
        ):
            answer = await asks(site, "GET", place, **therapist)
            assert answer.status_code == 200
            assert "wai-sr" not in answer.text.lower() or place == "/_history", place
        assert (
            await asks(site, "GET", "/QuestionnaireResponse/w1", **therapist)
        ).status_code == 404
    own = {"scope": "patient/*.rs", "patient": "p", "fhirUser": "Patient/p"}
    assert "WAI-SR" in (await asks(site, "GET", "/Observation?patient=p", **own)).text
