"""Plain builders of what clients send."""

from collections.abc import Iterable, Mapping
from typing import Any

from service.clinical.canonical import EXPRESSION, FINDING, LOINC, OBSERVATION_CATEGORY

BASE_URL = "https://clinic.example/fhir"

PHQ_9_CODES = (
    "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3",
    "44260-8",
)  # fmt: skip
LA = {0: "LA6568-5", 1: "LA6569-3", 2: "LA6570-1", 3: "LA6571-9"}
PHQ_9 = "https://attune-outcomes.org/fhir/Questionnaire/phq-9"


def item(link_id: str, *answers: Mapping[str, Any]) -> dict[str, Any]:
    return {"linkId": link_id, "answer": list(answers)}


def integer(value: int) -> dict[str, Any]:
    return {"valueInteger": value}


def loinc(value: int) -> dict[str, Any]:
    return {"valueCoding": {"system": LOINC, "code": LA[value]}}


def phq_9(answers: Iterable[int | None]) -> list[dict[str, Any]]:
    """Items by our own linkIds; None leaves the item out."""
    numbered = enumerate(answers, start=1)
    return [item(str(number), integer(a)) for number, a in numbered if a is not None]


def response(
    items: Iterable[Mapping[str, Any]], *, questionnaire: str | None = PHQ_9, **changes: Any
) -> dict[str, Any]:
    """A completed QuestionnaireResponse; a change to None leaves the element out."""
    built = {
        "resourceType": "QuestionnaireResponse",
        "id": "form",
        "questionnaire": questionnaire,
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "authored": "2026-05-03T10:00:00Z",
        "item": list(items),
    } | changes
    return {name: value for name, value in built.items() if value is not None}


def coded(code: str, system: str = EXPRESSION) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def component(code: str, **value: Any) -> dict[str, Any]:
    return {"code": coded(code), **value}


def observation(code: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A final Observation; a change to None leaves the element out."""
    built = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": code,
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2026-05-03T10:00:00Z",
    } | changes
    return {name: value for name, value in built.items() if value is not None}


def therapy(code: str, **changes: Any) -> dict[str, Any]:
    """A record of CodeSystem `expression` with its category."""
    category = [coded("therapy", OBSERVATION_CATEGORY)]
    return observation(coded(code), **({"category": category} | changes))


def episode(*components: Mapping[str, Any], presence: str = "tears", **changes: Any) -> Any:
    first = component("expression-presence", valueCodeableConcept=coded(presence))
    return therapy("expression-episode", component=[first, *components], **changes)


def total(code: str, value: Any, **changes: Any) -> dict[str, Any]:
    """A score that arrives ready-made, by its LOINC code."""
    return observation(coded(code, LOINC), **({"valueQuantity": {"value": value}} | changes))


def answer_to_finding(code: str, **changes: Any) -> dict[str, Any]:
    return observation(
        coded(code, FINDING),
        **(
            {
                "focus": [{"reference": "Observation/finding"}],
                "performer": [{"reference": "Practitioner/t"}],
            }
            | changes
        ),
    )
