"""A PHQ-9 as a form of LOINC sends it."""

from tests.journeys.probe.speech import Json

QUESTIONNAIRE = "http://loinc.org/q/44249-1"


def response(patient_: str, encounter_: str, day: int, points: int) -> Json:
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": QUESTIONNAIRE,
        "status": "completed",
        "subject": {"reference": patient_},
        "encounter": {"reference": encounter_},
        "authored": f"2026-05-{day:02}T10:05:00Z",
        "item": [{"linkId": str(n), "answer": [{"valueInteger": points}]} for n in range(1, 10)],
    }
