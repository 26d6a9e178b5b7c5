"""The PHQ-9 as US Core and the US behavioural health profiles show it.

Built here by the shape of `QuestionnaireResponse/phq-9-example` of US Core 6.1 to 9.0 (CC0) and
`phq-9-example-1` of the US behavioural health profiles: LOINC linkIds with a slash, LA answer
codes, the total and the difficulty question as items of their own.
"""

from typing import Any

import httpx
import pytest

from tests.journeys.reading import derived_from, findings, observations, stored

LOINC = "http://loinc.org"
SCORE = f"{LOINC}|44261-6"
ANSWERS = (
    ("44250-9", "LA6570-1", "More than half the days"),
    ("44255-8", "LA6570-1", "More than half the days"),
    ("44259-0", "LA6570-1", "More than half the days"),
    ("44254-1", "LA6570-1", "More than half the days"),
    ("44251-7", "LA6569-3", "Several days"),
    ("44258-2", "LA6569-3", "Several days"),
    ("44252-5", "LA6570-1", "More than half the days"),
    ("44253-3", "LA6568-5", "Not at all"),
    ("44260-8", "LA6568-5", "Not at all"),
)
"""2 + 2 + 2 + 2 + 1 + 1 + 2 + 0 + 0 = 12."""


def coded(item: str, code: str, display: str) -> dict[str, Any]:
    coding = {"system": LOINC, "code": code, "display": display}
    return {"linkId": f"/{item}", "text": display, "answer": [{"valueCoding": coding}]}


def total(value: int) -> dict[str, Any]:
    return {
        "linkId": "/44261-6",
        "text": "Patient health questionnaire 9 item total score",
        "answer": [{"valueDecimal": value}],
    }


DIFFICULTY = coded("69722-7", "LA6573-5", "Somewhat difficult")


def example(patient: str, *further: dict[str, Any]) -> dict[str, Any]:
    profile = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-questionnaireresponse"
    return {
        "resourceType": "QuestionnaireResponse",
        "id": f"{patient}-phq-9",
        "meta": {"profile": [f"{profile}|9.0.0"]},
        "text": {
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>PHQ-9, total 12</p></div>',
        },
        "questionnaire": "http://hl7.org/fhir/us/core/Questionnaire/phq-9-example",
        "status": "completed",
        "subject": {"reference": f"Patient/{patient}", "display": "Amy Example"},
        "authored": "2022-11-29T20:50:32.718Z",
        "author": {"reference": "Practitioner/us-core-practitioner-1"},
        "item": [*(coded(*answer) for answer in ANSWERS), *further],
    }


def people(fhir: httpx.Client, patient: str) -> None:
    for type_, id_ in (("Patient", patient), ("Practitioner", "us-core-practitioner-1")):
        assert fhir.put(f"{type_}/{id_}", json={"resourceType": type_, "id": id_}).is_success


@pytest.mark.parametrize(
    ("patient", "further"),
    [
        pytest.param("us-core", (total(12), DIFFICULTY), id="US Core"),
        pytest.param("us-behavioural", (DIFFICULTY, total(12)), id="US behavioural health"),
    ],
)
def test_the_example_scores_12_once_and_opens_no_review(
    fhir: httpx.Client, patient: str, further: tuple[dict[str, Any], ...]
) -> None:
    people(fhir, patient)
    response = example(patient, *further)
    stored(fhir.put(f"QuestionnaireResponse/{response['id']}", json=response))
    (score,) = observations(fhir, patient, SCORE)
    assert score["valueQuantity"]["value"] == 12
    assert derived_from(score) == {f"QuestionnaireResponse/{patient}-phq-9"}
    assert findings(fhir, patient, "safety-review") == []


def test_a_total_that_differs_from_its_answers_is_said_and_ours_counts(fhir: httpx.Client) -> None:
    people(fhir, "us-core-differs")
    response = example("us-core-differs", total(13), DIFFICULTY)
    answer = fhir.put(
        f"QuestionnaireResponse/{response['id']}",
        json=response,
        headers={"Prefer": "return=OperationOutcome"},
    )
    assert answer.status_code == 201
    assert answer.json()["resourceType"] == "OperationOutcome"
    said = " ".join(issue["diagnostics"] for issue in answer.json()["issue"])
    assert "12" in said
    assert "13" in said
    (score,) = observations(fhir, "us-core-differs", SCORE)
    assert score["valueQuantity"]["value"] == 12


def test_the_observations_that_come_beside_the_response_are_kept_and_not_counted_again(
    fhir: httpx.Client,
) -> None:
    """US Core sends the total beside the response as `valueString`, item 9 as an LA code."""
    patient = "us-core-beside"
    people(fhir, patient)
    response = example(patient, total(12), DIFFICULTY)
    stored(fhir.put(f"QuestionnaireResponse/{response['id']}", json=response))
    not_at_all = {"coding": [{"system": LOINC, "code": "LA6568-5", "display": "Not at all"}]}
    for code, value in (
        ("44260-8", {"valueCodeableConcept": not_at_all}),
        ("44261-6", {"valueString": "12"}),
    ):
        kept = stored(fhir.post("Observation", json=beside(patient, code, value)))
        assert kept["code"]["coding"][0]["code"] == code
    numbers = [o for o in observations(fhir, patient, SCORE) if "valueQuantity" in o]
    assert [o["valueQuantity"]["value"] for o in numbers] == [12]
    assert findings(fhir, patient, "safety-review") == []


def beside(patient: str, code: str, value: dict[str, Any]) -> dict[str, Any]:
    category = "http://terminology.hl7.org/CodeSystem/observation-category"
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": category, "code": "survey", "display": "Survey"}]}],
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2022-11-29T20:50:32.718000+00:00",
        "performer": [{"reference": "Practitioner/us-core-practitioner-1"}],
        "derivedFrom": [{"reference": f"QuestionnaireResponse/{patient}-phq-9"}],
        **value,
    }
