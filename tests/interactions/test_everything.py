"""GET [base]/Patient/[id]/$everything. http://hl7.org/fhir/R4/patient-operation-everything.html"""

from typing import Any

import httpx
import pytest

from tests.interactions.sent import Json, entry, patient, practitioner, said, weight

BASE = "http://clinic.test/fhir"
PHQ_9 = "http://loinc.org"
RECORD = {
    "Patient/j", "Encounter/s", "EpisodeOfCare/e", "Observation/of-j", "Observation/undated",
    "Observation/by-j", "QuestionnaireResponse/q",
}  # fmt: skip
NAMED = {"Practitioner/t", "Practitioner/gp", "Questionnaire/form"}


def to(reference: str) -> Json:
    return {"reference": reference}


async def clinic(fhir: httpx.AsyncClient) -> None:
    """Jane's record, Max's, and what either names; t is in both, u in Max's alone."""
    for resource in (
        *(practitioner(id=id_) for id_ in ("t", "u", "gp", "nobody")),
        {"resourceType": "Questionnaire", "id": "form", "status": "draft",
         "url": "http://clinic.example/form"},
        patient(id="m", generalPractitioner=[to("Practitioner/u")]),
        patient(id="j", generalPractitioner=[to("Practitioner/gp")]),
        {"resourceType": "EpisodeOfCare", "id": "e", "status": "active",
         "patient": to("Patient/j"), "period": {"start": "2026-01-01"},
         "careManager": to("Practitioner/t")},
        {"resourceType": "Encounter", "id": "s", "status": "planned", "class": {"code": "AMB"},
         "subject": to("Patient/j"), "period": {"start": "2026-05-03", "end": "2026-05-03"},
         "participant": [{"individual": to("Practitioner/t")}]},
        weight("Patient/m", id="of-m", performer=[to("Practitioner/u")]),
        weight("Patient/j", id="of-j", effectiveDateTime="2026-05-03",
               performer=[to("Practitioner/t")], focus=[to("Patient/m")],
               derivedFrom=[to("Observation/of-m")]),
        weight("Patient/j", id="undated"),
        weight("Patient/m", id="by-j", effectiveDateTime="2026-06-01",
               performer=[to("Patient/j")]),
        {"resourceType": "QuestionnaireResponse", "id": "q", "status": "in-progress",
         "subject": to("Patient/j"), "authored": "2026-07-01",
         "questionnaire": "http://clinic.example/form|1"},
    ):  # fmt: skip
        place = f"/{resource['resourceType']}/{resource['id']}"
        answer = await fhir.put(place, json=resource)
        assert answer.status_code == 201, answer.text


def told(bundle: Any) -> list[str]:
    return [
        f"{each['resource']['resourceType']}/{each['resource']['id']}"
        for each in bundle.get("entry", ())
    ]


async def whole(fhir: httpx.AsyncClient, query: str = "") -> list[str]:
    answer = await fhir.get(f"/Patient/j/$everything{query}")
    assert answer.status_code == 200, answer.text
    return told(answer.json())


async def test_the_patient_comes_first_then_the_record_then_what_it_names(
    fhir: httpx.AsyncClient,
) -> None:
    await clinic(fhir)
    answer = await fhir.get("/Patient/j/$everything")
    bundle = answer.json()
    assert bundle["type"] == "searchset"
    assert bundle["link"] == [{"relation": "self", "url": f"{BASE}/Patient/j/$everything"}]
    found = told(bundle)
    assert found[0] == "Patient/j"
    assert set(found[:7]) == RECORD
    assert set(found[7:]) == NAMED
    assert len(found) == 10
    assert bundle["total"] == 7
    modes = [each["search"]["mode"] for each in bundle["entry"]]
    assert modes == ["match"] * 7 + ["include"] * 3
    assert bundle["entry"][0]["fullUrl"] == f"{BASE}/Patient/j"


async def test_another_patients_record_stays_out_even_where_it_is_named(
    fhir: httpx.AsyncClient,
) -> None:
    await clinic(fhir)
    found = await whole(fhir)
    assert not {"Patient/m", "Observation/of-m", "Practitioner/u", "Practitioner/nobody"} & {*found}


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8, 9, 10])
async def test_pages_follow_one_another_and_tell_each_once(
    fhir: httpx.AsyncClient, size: int
) -> None:
    await clinic(fhir)
    seen, pages, following = list[str](), 0, f"{BASE}/Patient/j/$everything?_count={size}"
    while following:
        bundle = (await fhir.get(following)).json()
        assert len(told(bundle)) <= size
        assert bundle["total"] == 7
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        assert links["self"] == following
        seen, pages, following = seen + told(bundle), pages + 1, links.get("next", "")
    assert seen == await whole(fhir)
    assert pages == -(-10 // size)


async def test_writes_between_the_pages_lose_and_repeat_nothing(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    start = await whole(fhir)
    seen, following, step = list[str](), f"{BASE}/Patient/j/$everything?_count=2", 0
    while following:
        bundle = (await fhir.get(following)).json()
        seen += told(bundle)
        following = {link["relation"]: link["url"] for link in bundle["link"]}.get("next", "")
        step += 1
        await fhir.put(f"/Observation/new-{step}", json=weight("Patient/j", id=f"new-{step}"))
        again = weight("Patient/j", id="undated", status="amended")
        await fhir.put("/Observation/undated", json=again)
    assert len(seen) == len(set(seen))
    assert [name for name in seen if name in start] == start
    assert not [name for name in seen if "new-" in name]


FILTERS = (
    # "the date range relates to care dates": a record without one is in no range
    ("?start=2026-05-03&end=2026-05-03", {"Patient/j", "Encounter/s", "EpisodeOfCare/e",
                                          "Observation/of-j", "Practitioner/t", "Practitioner/gp"}),
    ("?start=2026-06", {"Patient/j", "EpisodeOfCare/e", "Observation/by-j",
                        "QuestionnaireResponse/q", "Practitioner/t", "Practitioner/gp",
                        "Questionnaire/form"}),
    ("?end=2025", {"Patient/j", "Practitioner/gp"}),
    # types: those "to include in the return resources"
    ("?_type=Encounter,Practitioner", {"Encounter/s", "Practitioner/t", "Practitioner/gp"}),
    ("?_type=Patient", {"Patient/j"}),
    ("?_type=Questionnaire&start=2026-06", {"Questionnaire/form"}),
    ("?_type=Device", set()),
    # "resources updated after this period"
    ("?_since=2001-01-01T00:00:00Z", RECORD | NAMED),
    ("?_since=2100-01-01T00:00:00Z", set()),
)  # fmt: skip


async def test_time_and_types_narrow_it(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    for query, expected in FILTERS:
        assert set(await whole(fhir, query)) == expected, query


async def test_only_what_was_written_since_is_told(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    changed = (
        await fhir.put("/Observation/undated", json=weight("Patient/j", id="undated"))
    ).json()
    since = changed["meta"]["lastUpdated"]
    assert await whole(fhir, f"?_since={since}") == ["Observation/undated"]
    assert (await fhir.get(f"/Patient/j/$everything?_since={since}")).json()["total"] == 1


async def test_post_takes_the_same_parameters(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    sent = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "_type", "valueCode": "Encounter"},
            {"name": "_type", "valueCode": "EpisodeOfCare"},
            {"name": "_count", "valueInteger": 1},
        ],
    }
    posted = await fhir.post("/Patient/j/$everything", json=sent)
    got = await fhir.get("/Patient/j/$everything?_type=Encounter,EpisodeOfCare&_count=1")
    assert told(posted.json()) == told(got.json()) != []
    following = {link["relation"]: link["url"] for link in posted.json()["link"]}["next"]
    assert told((await fhir.get(following)).json()) == ["Encounter/s"]


async def test_findings_are_part_of_the_record(fhir: httpx.AsyncClient) -> None:
    """What the service derives is told, with the device that derived it."""
    await clinic(fhir)
    answered = {
        "resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2026-05-03",
        "questionnaire": "http://loinc.org/q/44249-1", "subject": to("Patient/j"),
        "item": [
            {"linkId": "/44260-8",
             "answer": [{"valueCoding": {"system": PHQ_9, "code": "LA6569-3"}}]},
        ],
    }  # fmt: skip
    assert (await fhir.post("/QuestionnaireResponse", json=answered)).status_code == 201
    derived = (await fhir.get("/Observation?patient=j&category=survey")).json()["entry"]
    found = await whole(fhir, "?_count=1000")
    assert {f"Observation/{each['resource']['id']}" for each in derived} <= set(found)
    assert any(name.startswith("Device/") for name in found)
    assert len(found) == len(set(found))


async def test_parts_of_each_resource_can_be_asked_for(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    entries = (await fhir.get("/Patient/j/$everything?_elements=status")).json()["entry"]
    assert all("SUBSETTED" in str(each["resource"]["meta"]["tag"]) for each in entries)
    assert all("subject" not in each["resource"] for each in entries)
    counted = (await fhir.get("/Patient/j/$everything?_summary=count")).json()
    assert counted["total"] == 7
    assert "entry" not in counted


async def test_of_nobody_there_is_nothing(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    assert (await fhir.get("/Patient/nobody/$everything")).status_code == 404
    await fhir.delete("/Patient/m")
    assert (await fhir.get("/Patient/m/$everything")).status_code == 410
    assert (await fhir.get("/Patient/$everything")).status_code == 404
    assert (await fhir.get("/Encounter/s/$everything")).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "start=x", "end=2026-13", "_since=then", "_since=", "_type=Nonsense", "_type=",
        "_type=Condition", "_count=x", "_page=x", "_sort=_id", "nonsense=1",
        "start=2026&start=2027",
    ],
)  # fmt: skip
async def test_what_is_not_understood_is_refused_by_name(
    fhir: httpx.AsyncClient, query: str
) -> None:
    await clinic(fhir)
    answer = await fhir.get(f"/Patient/j/$everything?{query}")
    assert answer.status_code == 400
    assert query.split("=")[0] in said(answer)


async def test_a_page_belongs_to_one_patient(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    first = (await fhir.get("/Patient/j/$everything?_count=1")).json()
    token = first["link"][1]["url"].split("_page=")[1]
    assert (await fhir.get(f"/Patient/m/$everything?_page={token}")).status_code == 400
    assert (
        await fhir.get(f"/Patient/j/$everything?_type=Patient&_page={token}")
    ).status_code == 400


async def test_it_can_be_asked_in_a_batch(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    sent = {"resourceType": "Bundle", "type": "batch",
            "entry": [entry("GET", "Patient/j/$everything?_type=Encounter")]}  # fmt: skip
    answer = await fhir.post("", json=sent)
    assert told(answer.json()["entry"][0]["resource"]) == ["Encounter/s"]
