"""What a site turns on is derived with the write; nothing of it before."""

from typing import Any

from service.store.cluster import Cluster
from tests.door import door

FLAG = "depressive-symptoms-without-reported-low-mood"
FORM: dict[str, Any] = {
    "resourceType": "QuestionnaireResponse",
    "id": "q",
    "status": "completed",
    "questionnaire": "https://attune-outcomes.org/fhir/Questionnaire/phq-9",
    "subject": {"reference": "Patient/p"},
    "authored": "2026-05-03T10:00:00Z",
    # 3 + 1 + 2 + 2 + 3 + 2 + 1 + 1 + 0 = 15
    "item": [
        {"linkId": str(item), "answer": [{"valueInteger": answer}]}
        for item, answer in enumerate((3, 1, 2, 2, 3, 2, 1, 1, 0), start=1)
    ],
}


async def found(cluster: Cluster, code: str, **decided: Any) -> list[dict[str, Any]]:
    async with door(cluster, **decided) as fhir:
        await fhir.put("/Patient/p", json={"resourceType": "Patient", "id": "p"})
        assert (await fhir.put("/QuestionnaireResponse/q", json=FORM)).status_code == 201
        bundle = (await fhir.get("/Observation", params={"patient": "p", "code": code})).json()
    return [entry["resource"] for entry in bundle.get("entry", ())]


async def test_the_experimental_flag_stands_only_where_a_site_turns_it_on(
    cluster: Cluster,
) -> None:
    assert await found(cluster, FLAG) == []
    (flag,) = await found(cluster, FLAG, low_mood_flag=True)
    assert flag["valueCodeableConcept"]["coding"][0]["code"] == "pattern-shown"
    assert flag["derivedFrom"] == [{"reference": "QuestionnaireResponse/q"}]


async def test_the_sessions_of_a_course_are_there_with_the_first_form(cluster: Cluster) -> None:
    (course,) = await found(cluster, "course")
    assert course["valueInteger"] == 1
    (row,) = course["extension"]
    assert row["extension"] == [
        {"url": "number", "valueInteger": 1},
        {"url": "start", "valueDateTime": "2026-05-03"},
    ]
