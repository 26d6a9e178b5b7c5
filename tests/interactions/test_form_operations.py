"""Forms over HTTP: shipped questionnaires, responses begun, responses extracted."""

import httpx
import pytest
import pytest_asyncio

from service.fhir.validation import validate
from tests.interactions.sent import Json, count, created, patient, said

OURS = "https://attune-outcomes.org/fhir/Questionnaire"
THEIRS = "https://clinic.example/Questionnaire/before"
LOINC = "http://loinc.org"
SUBJECT = {"reference": "Patient/p"}
TWELVE = (2, 2, 2, 2, 1, 1, 2, 0, 0)


@pytest_asyncio.fixture(loop_scope="session")
async def people(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))


def form(**elements: object) -> Json:
    item = {"linkId": "q", "text": "What would be useful?", "type": "text"}
    return {
        "resourceType": "Questionnaire", "status": "active", "url": THEIRS, "item": [item],
        **elements,
    }  # fmt: skip


def phq_9(**elements: object) -> Json:
    """2 + 2 + 2 + 2 + 1 + 1 + 2 + 0 + 0 = 12."""
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{OURS}/phq-9",
        "status": "completed",
        "subject": SUBJECT,
        "authored": "2026-05-03T10:00:00Z",
        "item": [
            {"linkId": str(number), "answer": [{"valueInteger": answer}]}
            for number, answer in enumerate(TWELVE, start=1)
        ],
        **elements,
    }


def asked(**values: object) -> Json:
    split = [(*name.split("__"), value) for name, value in values.items()]
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": n.replace("_", "-"), kind: v} for n, kind, v in split],
    }


def begun(answer: httpx.Response) -> Json:
    assert answer.status_code == 200, answer.text
    (parameter,) = answer.json()["parameter"]
    assert parameter["name"] == "response"
    return dict(parameter["resource"])


async def test_the_instruments_ship_and_nobody_else_writes_them(fhir: httpx.AsyncClient) -> None:
    found = (await fhir.get("/Questionnaire", params={"url": f"{OURS}/phq-9"})).json()
    (shipped,) = [e["resource"] for e in found["entry"]]
    assert [item["linkId"] for item in shipped["item"]] == [
        "stem", *(str(number) for number in range(1, 10)), "difficulty", "total", "phq-9-core",
    ]  # fmt: skip
    answer = await fhir.put("/Questionnaire/phq-9", json=form(id="phq-9"))
    assert answer.status_code == 403
    assert (await fhir.delete("/Questionnaire/phq-9")).status_code == 403
    assert (await fhir.get("/Questionnaire/phq-9")).json() == shipped


async def test_a_shipped_form_is_found_by_the_codes_of_loinc(fhir: httpx.AsyncClient) -> None:
    for code in ("44260-8", "44261-6", "69722-7"):
        assert await count(fhir, f"/Questionnaire?code={LOINC}|{code}") == 1


@pytest.mark.usefixtures("people")
async def test_a_response_is_begun_filled_in_and_scored(fhir: httpx.AsyncClient) -> None:
    path = "/Questionnaire/phq-9/$populate"
    response = begun(await fhir.post(path, json=asked(subject__valueReference=SUBJECT)))
    assert response["status"] == "in-progress"
    assert validate(response) == ()
    questions = [item for item in response["item"] if item["linkId"].isdecimal()]
    for item, answer in zip(questions, TWELVE, strict=True):
        item["answer"] = [{"valueInteger": answer}]
    await created(fhir, {**response, "status": "completed", "authored": "2026-05-03T10:00:00Z"})
    found = (await fhir.get(f"/Observation?patient=p&code={LOINC}|44261-6")).json()
    assert [e["resource"]["valueQuantity"]["value"] for e in found["entry"]] == [12]


@pytest.mark.usefixtures("people")
async def test_nothing_is_stored_when_a_response_is_begun(fhir: httpx.AsyncClient) -> None:
    await fhir.get("/Questionnaire/srs/$populate?subject=Patient/p")
    assert await count(fhir, "/QuestionnaireResponse") == 0


async def test_a_questionnaire_of_a_client_is_begun_by_reference_and_by_canonical(
    fhir: httpx.AsyncClient,
) -> None:
    await fhir.put("/Questionnaire/x", json=form(id="x", version="1"))
    here = "http://clinic.test/fhir/Questionnaire/x"
    for source in (
        {"questionnaireRef__valueReference": {"reference": "Questionnaire/x"}},
        {"questionnaire__valueReference": {"reference": here}},
        {"questionnaire__valueCanonical": THEIRS},
        {"canonical__valueUri": f"{THEIRS}|1"},
        {"questionnaire__resource": form(version="1")},
    ):
        body = asked(subject__valueReference=SUBJECT, **source)
        response = begun(await fhir.post("/Questionnaire/$populate", json=body))
        assert response["questionnaire"] == f"{THEIRS}|1"
        assert response["item"] == [{"linkId": "q", "text": "What would be useful?"}]


async def test_the_newest_questionnaire_of_a_canonical_is_begun_or_the_version_asked_for(
    fhir: httpx.AsyncClient,
) -> None:
    for version in ("2", "1", "3"):
        await created(fhir, form(version=version))
    for name, expected in ((THEIRS, "3"), (f"{THEIRS}|1", "1")):
        body = asked(subject__valueReference=SUBJECT, questionnaire__valueCanonical=name)
        response = begun(await fhir.post("/Questionnaire/$populate", json=body))
        assert response["questionnaire"] == f"{THEIRS}|{expected}"


async def test_a_form_of_ours_is_begun_whatever_a_client_stores_under_its_canonical(
    fhir: httpx.AsyncClient,
) -> None:
    await created(fhir, form(url=f"{OURS}/srs"))
    body = asked(subject__valueReference=SUBJECT, questionnaire__valueCanonical=f"{OURS}/srs")
    response = begun(await fhir.post("/Questionnaire/$populate", json=body))
    assert [item["linkId"] for item in response["item"]][:4] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/Questionnaire/$populate?subject=Patient/p", 400),
        ("/Questionnaire/srs/$populate", 400),
        ("/Questionnaire/unknown/$populate?subject=Patient/p", 404),
        ("/Questionnaire/$populate?subject=Patient/p&questionnaire=http://a.example", 404),
        ("/Questionnaire/$populate?subject=Patient/p&questionnaire=http://a.example/a,b", 404),
        ("/Questionnaire/$populate?subject=Patient/p&questionnaire=Questionnaire/x", 404),
        ("/Questionnaire/$populate?subject=Patient/p&questionnaire=", 400),
    ],
)
async def test_a_form_that_is_not_here_or_about_nobody_is_refused(
    fhir: httpx.AsyncClient, path: str, status: int
) -> None:
    assert (await fhir.get(path)).status_code == status


@pytest.mark.usefixtures("people")
async def test_a_deleted_questionnaire_is_not_begun(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Questionnaire/x", json=form(id="x"))
    await fhir.delete("/Questionnaire/x")
    assert (await fhir.get("/Questionnaire/x/$populate?subject=Patient/p")).status_code == 410
    path = "/Questionnaire/$populate?subject=Patient/p&questionnaire=Questionnaire/x"
    assert (await fhir.get(path)).status_code == 404


@pytest.mark.usefixtures("people")
async def test_the_scores_of_an_extraction_are_those_that_are_stored(
    fhir: httpx.AsyncClient,
) -> None:
    stored = await created(fhir, phq_9())
    answer = await fhir.get(f"/QuestionnaireResponse/{stored['id']}/$extract")
    found = [e["resource"] for e in answer.json()["entry"]]
    answers = [o for o in found if "valueInteger" in o]
    assert [o["valueInteger"] for o in answers] == list(TWELVE)
    scores = {o["id"]: o for o in found if "valueQuantity" in o}
    assert len(scores) == 2
    for place, score in scores.items():
        here = (await fhir.get(f"/Observation/{place}")).json()
        del here["meta"]["versionId"], here["meta"]["lastUpdated"]
        assert score == here
    reference = {"reference": f"QuestionnaireResponse/{stored['id']}"}
    assert all(o["derivedFrom"] == [reference] for o in found)


@pytest.mark.usefixtures("people")
async def test_nothing_is_stored_when_a_response_is_extracted(fhir: httpx.AsyncClient) -> None:
    stored = await created(fhir, phq_9())
    before = await count(fhir, "/Observation")
    await fhir.post(f"/QuestionnaireResponse/{stored['id']}/$extract")
    sent = asked(questionnaire_response__resource=phq_9())
    assert (await fhir.post("/QuestionnaireResponse/$extract", json=sent)).status_code == 200
    assert await count(fhir, "/Observation") == before
    assert await count(fhir, "/QuestionnaireResponse") == 1


@pytest.mark.usefixtures("people")
async def test_an_extraction_can_be_stored_and_adds_no_score_that_stands(
    fhir: httpx.AsyncClient,
) -> None:
    stored = await created(fhir, phq_9())
    bundle = (await fhir.get(f"/QuestionnaireResponse/{stored['id']}/$extract")).json()
    scored = f"/Observation?patient=p&code={LOINC}|44261-6"
    assert await count(fhir, scored) == 1
    answer = await fhir.post("", json=bundle)
    assert answer.status_code == 200, answer.text
    statuses = [e["response"]["status"] for e in answer.json()["entry"]]
    assert statuses == ["201"] * 9 + ["200"] * 2
    assert await count(fhir, scored) == 1
    assert await count(fhir, f"/Observation?patient=p&code={LOINC}|44260-8") == 1


@pytest.mark.usefixtures("people")
async def test_a_response_that_is_not_scored_is_not_extracted(fhir: httpx.AsyncClient) -> None:
    unknown = await created(fhir, phq_9(questionnaire=THEIRS))
    answer = await fhir.get(f"/QuestionnaireResponse/{unknown['id']}/$extract")
    assert answer.status_code == 422
    assert said(answer) == (
        "QuestionnaireResponse.questionnaire names no questionnaire whose items are known here, "
        "so nothing is extracted."
    )
    for path in ("/QuestionnaireResponse/unknown/$extract", "/QuestionnaireResponse/a_b/$extract"):
        assert (await fhir.get(path)).status_code == 404
    assert (await fhir.post("/QuestionnaireResponse/$extract")).status_code == 400
