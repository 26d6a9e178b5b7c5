"""The invariants of the served resource types, Questionnaire apart.

https://hl7.org/fhir/R4/resourcelist.html
"""

from typing import Any

from service.fhir.invariants.invariant import (
    Invariant,
    Value,
    any_of,
    apart,
    has,
    has_choice,
    together,
)


def _value_or_reason(value: Value) -> bool:
    return "dataAbsentReason" not in value or not has_choice(value, "value")


def _codings(concept: Value) -> set[tuple[Any, Any]]:
    return {(c.get("system"), c.get("code")) for c in concept.get("coding", ()) if "code" in c}


def _own_code_once(value: Value) -> bool:
    if not has_choice(value, "value"):
        return True
    own = _codings(value["code"])
    return not any(own & _codings(part["code"]) for part in value.get("component", ()))


def _unique_concepts(value: Value) -> bool:
    codes: list[Any] = []
    level = list(value.get("concept", ()))
    while level:
        codes += [concept["code"] for concept in level if "code" in concept]
        level = [child for concept in level for child in concept.get("concept", ())]
    return len(codes) == len(set(codes))


def _system_for_concepts(value: Value) -> bool:
    return has(value, "system") or not any_of("concept", "filter")(value)


def _code_unless_abstract(value: Value) -> bool:
    return has(value, "code") or value.get("abstract") is True


INCLUDE = "ValueSetComposeInclude"
CONTAINS = "ValueSetExpansionContains"

RESOURCES: tuple[Invariant, ...] = (
    Invariant(
        "Observation",
        "obs-6",
        "must not stand beside a value",
        _value_or_reason,
        "dataAbsentReason",
    ),
    Invariant(
        "Observation",
        "obs-7",
        "must not stand beside a component of the same code",
        _own_code_once,
        "value",
    ),
    Invariant(
        "ObservationReferenceRange",
        "obs-3",
        "needs low, high or text",
        any_of("low", "high", "text"),
    ),
    Invariant(
        "PatientContact",
        "pat-1",
        "needs a name, telecom, address or organization",
        any_of("name", "telecom", "address", "organization"),
    ),
    Invariant(
        "QuestionnaireResponseItem",
        "qrs-1",
        "must not have items beside its answers",
        apart("answer", "item"),
    ),
    Invariant("CodeSystem", "csd-1", "must not have a code twice", _unique_concepts, "concept"),
    Invariant(INCLUDE, "vsd-1", "needs a system or a valueSet", any_of("system", "valueSet")),
    Invariant(
        INCLUDE, "vsd-2", "needs a system for its concepts and filters", _system_for_concepts
    ),
    Invariant(
        INCLUDE, "vsd-3", "must not have both concept and filter", apart("concept", "filter")
    ),
    Invariant(CONTAINS, "vsd-6", "needs a code or a display", any_of("code", "display")),
    Invariant(CONTAINS, "vsd-9", "needs a code unless it is abstract", _code_unless_abstract),
    Invariant(CONTAINS, "vsd-10", "needs a system for its code", together("code", "system")),
)
