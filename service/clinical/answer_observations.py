"""Answers to single items as FHIR Observations.

http://hl7.org/fhir/uv/sdc/extraction.html#observation-based-extraction
"""

from collections.abc import Iterator, Mapping
from typing import Any

from service.clinical.canonical import UCUM
from service.clinical.definitions import Instrument, Item
from service.clinical.elements import Element, child, text, value
from service.clinical.findings import category
from service.clinical.items import item_codings, item_display
from service.clinical.observation_values import category_element, filled
from service.clinical.response_items import Answered
from service.fhir.resource import Resource

SCORE = "{score}"


def answer_observation(
    answer: Answered, response: Resource, *, instrument: Instrument, item: Item
) -> Resource:
    """The Observation of one answer, its value as answered; it has no id."""
    security = child(response, "meta").get("security")
    return filled(
        {
            "resourceType": "Observation",
            "meta": filled({"security": security}) or None,
            "basedOn": response.get("basedOn"),
            "status": "amended" if response["status"] == "amended" else "final",
            "category": [category_element(category(expressed=instrument.expressed))],
            "code": {
                "coding": item_codings(instrument, item),
                "text": item_display(instrument, item),
            },
            "subject": response.get("subject"),
            "encounter": response.get("encounter"),
            "effectiveDateTime": response.get("authored"),
            "performer": list(_performer(response)),
            **_value(answer.element),
            "derivedFrom": [{"reference": f"QuestionnaireResponse/{response['id']}"}],
        }
    )


def _performer(response: Resource) -> Iterator[Element]:
    """Who wrote the answers down, save a Device, which performs no Observation."""
    author = child(response, "author")
    named = text(author, "type") or (text(author, "reference") or "")
    if author and "Device" not in named.split("/"):
        yield author


def _value(answer: Element) -> Mapping[str, Any]:
    """http://hl7.org/fhir/R4/observation-definitions.html#Observation.value_x_ knows no decimal and
    no Coding."""
    name, content = value(answer) or ("", None)
    match name:
        case "valueDecimal":
            return {
                "valueQuantity": {"value": content, "unit": SCORE, "system": UCUM, "code": SCORE}
            }
        case "valueCoding":
            return {"valueCodeableConcept": {"coding": [content]}}
    return {name: content}
