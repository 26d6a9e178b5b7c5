"""Values of findings as FHIR elements, numbers as decimals."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from service.clinical.canonical import EXPRESSION, FINDING, OBSERVATION_CATEGORY, SCALE, UCUM
from service.clinical.expression import CODES as EXPRESSION_CODES
from service.clinical.finding_codes import CODES
from service.clinical.findings import (
    Absent,
    Amount,
    Category,
    Component,
    Concept,
    Share,
    Value,
    When,
)

ABSENT_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
NAMED_ELSEWHERE: Mapping[str, str] = MappingProxyType({})
SYSTEMS: Mapping[str, tuple[str, Mapping[str, str]]] = MappingProxyType(
    {
        "finding": (FINDING, CODES),
        "expression": (EXPRESSION, EXPRESSION_CODES),
        "scale": (SCALE, NAMED_ELSEWHERE),
    }
)
"""By its name in a `Concept`: the system, and the displays that this room gives its codes."""
CATEGORIES = {Category.SURVEY: "Survey", Category.THERAPY: "Therapy"}
SCALARS = {bool: "valueBoolean", int: "valueInteger", str: "valueString"}
DIGITS = 9
"""Significant digits of a computed number; what lies beyond is binary noise."""


def category_element(category: Category) -> Mapping[str, Any]:
    coding = {
        "system": OBSERVATION_CATEGORY,
        "code": category.value,
        "display": CATEGORIES[category],
    }
    return {"coding": [coding]}


def component_element(component: Component) -> Mapping[str, Any]:
    code = component.code
    named = code if isinstance(code, Concept) else Concept(code=code)
    return {"code": concept_element(named), **value_element(component.value)}


def value_element(value: Value | Absent) -> Mapping[str, Any]:
    match value:
        case Absent():
            coding = {"system": ABSENT_REASON, "code": value.code}
            return {"dataAbsentReason": {"coding": [coding], "text": value.reason}}
        case Amount():
            return {"valueQuantity": _quantity(value.value, value.unit)}
        case Share():
            part, whole = _quantity(value.part, value.unit), _quantity(value.whole, value.unit)
            return {"valueRatio": {"numerator": part, "denominator": whole}}
        case Concept():
            return {"valueCodeableConcept": concept_element(value)}
        case When():
            return {"valueDateTime": value.text}
        case _:
            return {SCALARS[type(value)]: value}


def _quantity(value: float, unit: str) -> Mapping[str, Any]:
    return {"value": decimal(value), "unit": unit, "system": UCUM, "code": unit}


def decimal(value: float) -> Decimal:
    """At most nine significant digits, without trailing zeros: 12, 3.5, 3.58333333."""
    rounded = Decimal(f"{value:.{DIGITS}g}")
    return Decimal(f"{abs(rounded) if rounded.is_zero() else rounded:f}")


def concept_element(concept: Concept) -> Mapping[str, Any]:
    system, displays = SYSTEMS[concept.system]
    display = displays.get(concept.code)
    coding = filled({"system": system, "code": concept.code, "display": display})
    return filled({"coding": [coding], "text": concept.text})


def filled(body: Mapping[str, Any]) -> dict[str, Any]:
    """Without members that say nothing: FHIR knows no null and no empty value."""
    return {key: value for key, value in body.items() if value not in (None, "", [])}
