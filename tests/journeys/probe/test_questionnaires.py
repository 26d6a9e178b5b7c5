"""$populate and $extract: http://hl7.org/fhir/uv/sdc/"""

from tests.journeys.probe.resources import encounter, patient
from tests.journeys.probe.speech import Probe, outcome
from tests.journeys.probe.treatment import response


def test_a_questionnaire_is_populated_for_a_patient(probe: Probe, mark: str) -> None:
    (p,) = probe.stored(patient(mark))
    questionnaire = probe.search("Questionnaire?status=active&_count=1")["entry"][0]["resource"]
    answer = probe.ask(
        "POST",
        f"Questionnaire/{questionnaire['id']}/$populate",
        {
            "resourceType": "Parameters",
            "parameter": [{"name": "subject", "valueReference": {"reference": p}}],
        },
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    made = (
        next(each["resource"] for each in body["parameter"] if "resource" in each)
        if body["resourceType"] == "Parameters"
        else body
    )
    assert made["resourceType"] == "QuestionnaireResponse"
    assert made["status"] == "in-progress"
    assert made["subject"]["reference"].endswith(p)
    assert made["questionnaire"].startswith(questionnaire["url"])


def test_scores_are_extracted_from_a_stored_response(probe: Probe, mark: str) -> None:
    (p,) = probe.stored(patient(mark))
    (e,) = probe.stored(encounter(p, period={"start": "2026-05-01T10:00:00Z"}))
    (r,) = probe.stored(response(p, e, 1, 1))
    answer = probe.ask("POST", f"{r}/$extract", {"resourceType": "Parameters"})
    assert answer.status_code == 200, answer.text
    assert "44261-6" in answer.text


def test_what_is_not_there_has_nothing_to_extract(probe: Probe, mark: str) -> None:
    path = f"QuestionnaireResponse/{mark}/$extract"
    outcome(probe.ask("POST", path, {"resourceType": "Parameters"}), 404)
