"""A course of weekly sessions with one PHQ-9 each, which the clients of others read."""

from collections.abc import Iterator
from typing import Any

import httpx

PATIENT = "client-patient"
SESSIONS = 23
"""More than three pages of seven."""


def load(base: str) -> None:
    """Writes all of it at once."""
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"resource": r, "request": {"method": "PUT", "url": f"{r['resourceType']}/{r['id']}"}}
            for r in resources()
        ],
    }
    headers = {"Content-Type": "application/fhir+json"}
    answer = httpx.post(base, json=bundle, headers=headers, timeout=60)
    assert answer.status_code == 200, answer.text


def resources() -> Iterator[dict[str, Any]]:
    subject = {"reference": f"Patient/{PATIENT}"}
    yield {"resourceType": "Patient", "id": PATIENT, "name": [{"family": "Synthetic"}]}
    for week in range(1, SESSIONS + 1):
        start = f"2025-{week // 4 + 1:02}-{week % 4 * 7 + 1:02}T10:00:00Z"
        yield {
            "resourceType": "Encounter",
            "id": f"client-session-{week}",
            "status": "finished",
            "class": {
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB",
            },
            "subject": subject,
            "period": {"start": start},
        }  # fmt: skip
        yield {
            "resourceType": "QuestionnaireResponse",
            "id": f"client-form-{week}",
            "questionnaire": "https://attune-outcomes.org/fhir/Questionnaire/phq-9",
            "status": "completed",
            "subject": subject,
            "encounter": {"reference": f"Encounter/client-session-{week}"},
            "authored": start,
            "item": [
                {"linkId": str(item), "answer": [{"valueInteger": (item + week) % 2}]}
                for item in range(1, 10)
            ],
        }


def numbered(prefix: str) -> list[str]:
    return [f"{prefix}-{week}" for week in range(1, SESSIONS + 1)]
