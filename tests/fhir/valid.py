"""Valid resources, each a fresh copy to spoil."""

from typing import Any

CODE = {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]}


def observation(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": CODE,
        "subject": {"reference": "Patient/1"},
        **elements,
    }


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "name": [{"family": "Doe", "given": ["Jane"]}], **elements}


def questionnaire(*items: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "status": "active", "item": list(items)}


def item(**elements: Any) -> dict[str, Any]:
    return {"linkId": "1", "type": "string", **elements}


def response(*items: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": list(items)}
