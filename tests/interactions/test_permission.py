"""Scopes at every door: what is granted is answered, what is not is 403, what is hidden is 404."""

from dataclasses import replace
from typing import Any

import httpx
import pytest_asyncio

from tests.door import Standing
from tests.interactions.caller import Caller
from tests.interactions.sent import Json, batch, get, patient, post, put, transaction
from tests.interactions.test_form_operations import phq_9

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
OF_A_PATIENT = [f"patient/{kind}.cruds" for kind in ("Patient", "Encounter", "Observation")]
SURVEY = f"user/Observation.cruds?category={CATEGORY}|survey"


def observation(id_: str, of: str, category: str, **elements: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": category}]}],
        "code": {"coding": [{"system": "urn:x", "code": "a"}]},
        "subject": {"reference": f"Patient/{of}"},
        "effectiveDateTime": "2026-05-03",
        "valueQuantity": {"value": 1},
        **elements,
    }


@pytest_asyncio.fixture(loop_scope="session")
async def clinic(fhir: httpx.AsyncClient, site_of_the_run: Standing) -> Standing:
    """Two patients, each with a survey and a therapy Observation and a session."""
    for name in ("p1", "p2"):
        meeting = {
            "resourceType": "Encounter",
            "id": f"e-{name}",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": f"Patient/{name}"},
        }
        resources = [
            patient(id=name, gender="male"),
            meeting,
            observation(
                f"s-{name}", name, "survey", encounter={"reference": f"Encounter/e-{name}"}
            ),
            observation(f"t-{name}", name, "therapy"),
        ]
        for resource in resources:
            answered = await fhir.put(
                f"/{resource['resourceType']}/{resource['id']}", json=resource
            )
            assert answered.status_code == 201, answered.text
    return site_of_the_run


async def test_another_patient_is_not_there(fhir: httpx.AsyncClient, clinic: Standing) -> None:
    caller = Caller(clinic, *OF_A_PATIENT, in_context="p1")
    mine = {"Patient/p1", "Encounter/e-p1", "Observation/s-p1", "Observation/t-p1"}
    for reference in mine:
        assert await caller.status("GET", f"/{reference}") == 200
        theirs = reference.replace("p1", "p2")
        for place in (theirs, f"{theirs}/_history", f"{theirs}/_history/1"):
            assert await caller.status("GET", f"/{place}") == 404, place
    for address in ("/Observation", "/Observation?code=urn:x|a", "/Observation?status=final"):
        assert await caller.found(address) == {"Observation/s-p1", "Observation/t-p1"}
    assert await caller.found("/Observation?patient=p2") == set()
    assert await caller.found("/Patient?_revinclude=*") == mine
    assert await caller.found("/Encounter?subject:Patient.gender=male") == {"Encounter/e-p1"}
    assert await caller.found("/Patient?_has:Observation:patient:status=final") == {"Patient/p1"}
    assert await caller.found("/?_type=Patient,Encounter") == {"Patient/p1", "Encounter/e-p1"}
    assert await caller.found("/Patient/p1/$everything") == mine
    for address in ("/Patient/p2/$everything", "/Patient/p2/$course", "/Patient/p2/Observation"):
        assert await caller.status("GET", address) == 404, address
    assert await caller.found("/Observation/$lastn?patient=p2") == set()
    assert await caller.found("/_history") == mine


async def test_nothing_is_written_into_another_patients_record(
    fhir: httpx.AsyncClient, clinic: Standing
) -> None:
    caller = Caller(clinic, *OF_A_PATIENT, in_context="p1")
    theirs = observation("s-p2", "p2", "survey")
    assert await caller.status("POST", "/Observation", theirs) == 403
    assert await caller.status("PUT", "/Observation/s-p2", theirs) == 404
    assert await caller.status("PUT", "/Observation/new", {**theirs, "id": "new"}) == 403
    taken = observation("s-p2", "p1", "survey")
    assert await caller.status("PUT", "/Observation/s-p2", taken) == 404
    given_away = observation("s-p1", "p2", "survey")
    assert await caller.status("PUT", "/Observation/s-p1", given_away) == 403
    patch = [{"op": "replace", "path": "/subject/reference", "value": "Patient/p2"}]
    assert await caller.status("PATCH", "/Observation/s-p1", patch) == 403
    assert await caller.status("PATCH", "/Observation/s-p2", patch) == 404
    assert await caller.status("DELETE", "/Observation/s-p2") == 204
    assert (await fhir.get("/Observation/s-p2")).status_code == 200
    status, made = await caller.asks("POST", "/", batch(post(theirs), get("Observation/s-p2")))
    assert status == 200
    assert [entry["response"]["status"][:3] for entry in made["entry"]] == ["403", "404"]
    assert await caller.status("POST", "/", transaction(put(theirs))) == 404
    assert await caller.status("POST", "/", transaction(post(theirs))) == 403
    assert (await fhir.get("/Observation/s-p2")).json()["meta"]["versionId"] == "1"


async def test_a_condition_meets_only_what_the_caller_sees(
    fhir: httpx.AsyncClient, clinic: Standing
) -> None:
    caller = Caller(clinic, *OF_A_PATIENT, in_context="p1")
    mine = observation("ignored", "p1", "survey")
    condition = "_id=s-p2"
    status, _ = await caller.asks("POST", "/Observation", mine, if_none_exist=condition)
    assert status == 201
    assert await caller.status("DELETE", f"/Observation?{condition}") == 204
    assert (await fhir.get("/Observation/s-p2")).status_code == 200
    without_search = Caller(clinic, "user/Observation.cud")
    asked = without_search.status("POST", "/Observation", mine, if_none_exist=condition)
    assert await asked == 403


async def test_criteria_bind_every_door(fhir: httpx.AsyncClient, clinic: Standing) -> None:
    caller = Caller(clinic, SURVEY, "user/Patient.rs", "user/Encounter.rs")
    surveys = {"Observation/s-p1", "Observation/s-p2"}
    assert await caller.status("GET", "/Observation/s-p1") == 200
    for place in ("Observation/t-p1", "Observation/t-p1/_history", "Observation/t-p1/_history/1"):
        assert await caller.status("GET", f"/{place}") == 404
    assert await caller.found("/Observation") == surveys
    assert await caller.found("/Observation?category=therapy") == set()
    assert await caller.found("/Observation/_history") == surveys
    included = await caller.found("/Patient?_revinclude=Observation:patient")
    assert included == {"Patient/p1", "Patient/p2", *surveys}
    assert await caller.found("/Patient?_has:Observation:patient:category=therapy") == set()
    assert await caller.found("/Patient/p1/Observation") == {"Observation/s-p1"}
    assert await caller.found("/Observation/$lastn?patient=p1") == {"Observation/s-p1"}
    status, figures = await caller.asks(
        "GET", "/Observation/$stats?subject=Patient/p1&code=urn:x|a&statistic=count"
    )
    assert status == 200
    (counted,) = [p["resource"] for p in figures["parameter"] if p["name"] == "statistics"]
    assert counted["component"][0]["valueQuantity"]["value"] == 1
    _, counted = await caller.asks("GET", "/Observation?_summary=count")
    assert counted["total"] == 2


async def test_an_update_does_not_move_a_resource_into_or_out_of_a_scope(
    fhir: httpx.AsyncClient, clinic: Standing
) -> None:
    caller = Caller(clinic, SURVEY)
    assert (
        await caller.status("PUT", "/Observation/s-p1", observation("s-p1", "p1", "therapy")) == 403
    )
    assert (
        await caller.status("PUT", "/Observation/t-p1", observation("t-p1", "p1", "survey")) == 404
    )
    reads_all = Caller(clinic, SURVEY, "user/Observation.r")
    assert (
        await reads_all.status("PUT", "/Observation/t-p1", observation("t-p1", "p1", "survey"))
        == 403
    )
    assert await reads_all.status("DELETE", "/Observation/t-p1") == 403
    assert (await fhir.get("/Observation/t-p1")).json()["meta"]["versionId"] == "1"


async def test_a_course_holds_what_a_search_would_show(
    fhir: httpx.AsyncClient, clinic: Standing
) -> None:
    form = phq_9(id="f", subject={"reference": "Patient/p1"})
    assert (await fhir.put("/QuestionnaireResponse/f", json=form)).status_code == 201
    everything = {
        entry["resource"]["id"] for entry in (await fhir.get("/Patient/p1/$course")).json()["entry"]
    }
    sees = Caller(clinic, SURVEY, "user/Patient.r", "user/Encounter.rs")
    shown = await sees.found("/Patient/p1/$course")
    assert {name.partition("/")[2] for name in shown} == everything
    finding = next(name for name in shown if name.startswith("Observation/"))
    status, told = await sees.asks("GET", f"/Patient/p1/$explain?finding={finding}")
    assert status == 200
    inputs = [p for p in told["parameter"] if p["name"] == "input"]
    assert all("QuestionnaireResponse" not in str(part) for part in inputs)
    blind = Caller(clinic, "user/Patient.rs", "user/Encounter.rs")
    assert await blind.status("GET", f"/Patient/p1/$explain?finding={finding}") == 404
    assert await blind.found("/Patient/p1/$course") <= {"Encounter/e-p1"}


async def test_a_label_hides_from_whoever_may_not_read_it_and_from_no_writer(
    fhir: httpx.AsyncClient, clinic: Standing
) -> None:
    system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
    hidden = observation("v", "p1", "survey", meta={"security": [{"system": system, "code": "V"}]})
    caller = Caller(clinic, "user/*.cruds")
    assert await caller.status("PUT", "/Observation/v", hidden) == 201
    assert await caller.status("GET", "/Observation/v") == 404
    assert "Observation/v" not in await caller.found("/Observation")
    rights = caller.access.rights
    assert rights is not None
    caller.access = replace(caller.access, rights=replace(rights, labels=frozenset({"V"})))
    assert await caller.status("GET", "/Observation/v") == 200
