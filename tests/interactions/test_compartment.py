"""GET [base]/Patient/[id]/[type]. http://hl7.org/fhir/R4/http.html#search and
https://hl7.org/fhir/R4/compartmentdefinition-patient.html
"""

from typing import Any

import httpx
import pytest

from tests.interactions.sent import Json, count, issue, patient, practitioner, said, weight

BASE = "http://clinic.test/fhir"
EXPRESSION = "https://attune-outcomes.org/fhir/CodeSystem/expression"


def found(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [
        f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
        for entry in answer.json().get("entry", ())
    ]


async def clinic(fhir: httpx.AsyncClient) -> None:
    """Jane (j) and Max (m), their therapist (t), and what was recorded of them."""
    for id_ in ("j", "m"):
        await put(fhir, patient(id=id_))
    await put(fhir, patient(id="old", link=[{"other": to("Patient/j"), "type": "replaces"}]))
    await put(fhir, practitioner(id="t"))
    await put(fhir, encounter("s", "Patient/j"))
    await put(fhir, weight("Patient/j", id="of-j", encounter=to("Encounter/s")))
    await put(fhir, weight("Patient/m", id="of-m"))
    await put(fhir, weight("Patient/m", id="by-j", performer=[to("Patient/j")]))
    await put(fhir, weight("Patient/j", id="both", performer=[to("Patient/j")], status="amended"))
    await put(fhir, weight(id="focus-j", focus=[to("Patient/j")], performer=[to("Practitioner/t")]))
    await put(fhir, response("written", subject=to("Patient/j")))
    await put(fhir, response("authored", author=to("Patient/j"), subject=to("Patient/m")))


def to(reference: str) -> Json:
    return {"reference": reference}


def encounter(id_: str, subject: str) -> Json:
    return {
        "resourceType": "Encounter", "id": id_, "status": "finished", "class": {"code": "AMB"},
        "subject": to(subject), "participant": [{"individual": to("Practitioner/t")}],
    }  # fmt: skip


def response(id_: str, **elements: Any) -> Json:
    return {"resourceType": "QuestionnaireResponse", "id": id_, "status": "in-progress", **elements}


async def put(fhir: httpx.AsyncClient, resource: Json) -> None:
    answer = await fhir.put(f"/{resource['resourceType']}/{resource['id']}", json=resource)
    assert answer.status_code == 201, answer.text


LINKED = (
    # Observation: subject, performer
    ("Patient/j/Observation", {"Observation/of-j", "Observation/by-j", "Observation/both"}),
    ("Patient/m/Observation", {"Observation/of-m", "Observation/by-j"}),
    # QuestionnaireResponse: subject, author
    (
        "Patient/j/QuestionnaireResponse",
        {"QuestionnaireResponse/written", "QuestionnaireResponse/authored"},
    ),
    ("Patient/j/Encounter", {"Encounter/s"}),
    ("Patient/j/EpisodeOfCare", set()),
    # Patient: link, and itself
    ("Patient/j/Patient", {"Patient/j", "Patient/old"}),
    ("Patient/m/Patient", {"Patient/m"}),
    ("Encounter/s/Observation", {"Observation/of-j"}),
    ("Encounter/s/Encounter", {"Encounter/s"}),
    ("Practitioner/t/Encounter", {"Encounter/s"}),
    ("Practitioner/t/Observation", {"Observation/focus-j"}),
    ("Practitioner/t/Practitioner", {"Practitioner/t"}),
    # conditions narrow it
    ("Patient/j/Observation?status=final", {"Observation/of-j", "Observation/by-j"}),
    ("Patient/j/Observation?patient=m", {"Observation/by-j"}),
    ("Patient/j/Observation?_id=of-j,of-m", {"Observation/of-j"}),
    ("Patient/j/Observation?code=29463-7&encounter=s", {"Observation/of-j"}),
    ("Patient/j/Observation?status:not=final", {"Observation/both"}),
    ("Patient/j/Observation?encounter:missing=true", {"Observation/by-j", "Observation/both"}),
    ("Patient/j/Observation?_lastUpdated=lt2001", set()),
    # all types
    (
        "Encounter/s/*",
        {"Encounter/s", "Observation/of-j"},
    ),
    (
        "Patient/j/*",
        {
            "Patient/j", "Patient/old", "Encounter/s", "Observation/of-j", "Observation/by-j",
            "Observation/both", "QuestionnaireResponse/written", "QuestionnaireResponse/authored",
        },
    ),
    ("Patient/j/*?_type=Encounter,Patient", {"Encounter/s", "Patient/j", "Patient/old"}),
    ("Patient/j/*?_id=s", {"Encounter/s"}),
)  # fmt: skip


async def test_what_any_of_the_links_leads_to_is_found_and_nothing_else(
    fhir: httpx.AsyncClient,
) -> None:
    await clinic(fhir)
    for asked, expected in LINKED:
        answer = await fhir.get(f"/{asked}")
        assert set(found(answer)) == expected, asked
        assert len(found(answer)) == len(expected), asked
        assert answer.json()["total"] == len(expected), asked
        assert await count(fhir, f"/{asked}") == len(expected), asked


async def test_the_answer_is_a_searchset_with_its_own_address(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    bundle = (await fhir.get("/Patient/j/Observation?status=final")).json()
    assert bundle["type"] == "searchset"
    assert bundle["link"] == [
        {"relation": "self", "url": f"{BASE}/Patient/j/Observation?status=final"}
    ]
    assert {entry["search"]["mode"] for entry in bundle["entry"]} == {"match"}
    assert bundle["entry"][0]["fullUrl"] == f"{BASE}/Observation/of-j"


@pytest.mark.parametrize("path", ["/Patient/j/Observation", "/Patient/j/*"])
async def test_post_equals_get_and_merges_query_and_body(
    fhir: httpx.AsyncClient, path: str
) -> None:
    await clinic(fhir)
    got = await fhir.get(f"{path}?_id=of-j,both,s&_count=2")
    posted = await fhir.post(f"{path}/_search?_count=2", data={"_id": "of-j,both,s"})
    assert found(got) == found(posted) != []


@pytest.mark.parametrize("path", ["Patient/j/Observation", "Patient/j/*"])
@pytest.mark.parametrize("sort", ["", "&_sort=_id", "&_sort=-_lastUpdated", "&_sort=_lastUpdated"])
async def test_pages_follow_one_another(fhir: httpx.AsyncClient, path: str, sort: str) -> None:
    await clinic(fhir)
    whole = await fhir.get(f"/{path}?_count=100{sort}")
    seen, following = list[str](), f"{BASE}/{path}?_count=1{sort}"
    while following:
        answer = await fhir.get(following)
        assert answer.json()["total"] == whole.json()["total"]
        links = {link["relation"]: link["url"] for link in answer.json()["link"]}
        assert links["self"] == following
        seen += found(answer)
        following = links.get("next", "")
    assert seen == found(whole)


async def test_a_page_belongs_to_one_compartment(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    first = await fhir.get("/Patient/j/Observation?_count=1")
    token = first.json()["link"][1]["url"].split("_page=")[1]
    for other in ("/Patient/m/Observation", "/Observation", "/Patient/j/*"):
        assert (await fhir.get(f"{other}?_page={token}")).status_code == 400


async def test_the_compartment_of_nobody_is_404_and_of_a_deleted_one_410(
    fhir: httpx.AsyncClient,
) -> None:
    """It is an address below the resource's own, and answers as that does."""
    await clinic(fhir)
    for path in ("/Patient/nobody/Observation", "/Patient/nobody/*"):
        assert issue(await fhir.get(path))[0] == "not-found"
        assert (await fhir.get(path)).status_code == 404
    await fhir.delete("/Patient/m")
    for path in ("/Patient/m/Observation", "/Patient/m/*"):
        assert (await fhir.get(path)).status_code == 410
    assert found(await fhir.get("/Observation?patient=m")) == [
        "Observation/of-m",
        "Observation/by-j",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        "Patient/j/Observation?nonsense=1", "Patient/j/Observation?_type=Observation",
        "Patient/j/*?_type=Questionnaire", "Patient/j/*?_type=Nonsense", "Patient/j/*?status=final",
        "Patient/j/*?_type=Patient&_type=Encounter", "Patient/j/*?_sort=_id&_sort=-_id",
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_refused_by_name(fhir: httpx.AsyncClient, asked: str) -> None:
    await clinic(fhir)
    answer = await fhir.get(f"/{asked}")
    assert answer.status_code == 400
    assert asked.split("?")[1].split("=")[0] in said(answer)


async def test_one_patients_expression_may_be_asked_for_in_their_compartment_alone(
    fhir: httpx.AsyncClient,
) -> None:
    """A practitioner's compartment holds the records of many patients."""
    await clinic(fhir)
    asked = f"Observation?code={EXPRESSION}|expression-episode&component-value-concept=tears"
    for one in ("Patient/j", "Encounter/s"):
        assert (await fhir.get(f"/{one}/{asked}")).status_code == 200
    refused = await fhir.get(f"/Practitioner/t/{asked}")
    assert refused.status_code == 403


async def test_parts_can_be_asked_for(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    for path in ("/Patient/j/Encounter?", "/Patient/j/*?_type=Encounter&"):
        (entry,) = (await fhir.get(f"{path}_elements=period")).json()["entry"]
        assert set(entry["resource"]) == {"resourceType", "id", "meta", "status", "class"}


async def test_a_compartment_search_in_a_batch_answers_as_by_itself(
    fhir: httpx.AsyncClient,
) -> None:
    await clinic(fhir)
    entry = {"request": {"method": "GET", "url": "Patient/j/Encounter"}}
    answer = await fhir.post(
        "", json={"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    )
    inner = answer.json()["entry"][0]["resource"]
    assert [each["resource"]["id"] for each in inner["entry"]] == ["s"]
