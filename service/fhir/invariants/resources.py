"""The invariants of the served resource types, those that define others apart.

https://hl7.org/fhir/R4/resourcelist.html
"""

from typing import Any

from service.fhir.invariants.invariant import (
    Holds,
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


def _not_at_home(name: str) -> Holds:
    return lambda value: all(each.get("use") != "home" for each in value.get(name, ()))


def _actual_with_members(value: Value) -> bool:
    return "member" not in value or value.get("actual") is True


def _single_or_components(*single: str) -> Holds:
    return lambda value: any_of(*single)(value) != has(value, "component")


def _no_groups_of_collected(value: Value) -> bool:
    return value.get("type") != "data-collection" or "group" not in value


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
    Invariant(
        "Organization", "org-1", "needs a name or an identifier", any_of("identifier", "name")
    ),
    Invariant(
        "Organization", "org-2", "must not be of use 'home'", _not_at_home("address"), "address"
    ),
    Invariant(
        "Organization", "org-3", "must not be of use 'home'", _not_at_home("telecom"), "telecom"
    ),
    Invariant(
        "GoalTarget",
        "gol-1",
        "needs a measure for its detail",
        lambda value: not has_choice(value, "detail") or "measure" in value,
    ),
    Invariant(
        "Group",
        "grp-1",
        "must not stand unless the group is actual",
        _actual_with_members,
        "member",
    ),
    Invariant(
        "MeasureGroupStratifier",
        "mea-1",
        "needs either a single criterion or components",
        _single_or_components("code", "description", "criteria"),
    ),
    Invariant(
        "MeasureReport",
        "mrp-1",
        "must not stand in a report of data collection",
        _no_groups_of_collected,
        "group",
    ),
    Invariant(
        "MeasureReportGroupStratifierStratum",
        "mrp-2",
        "needs either a value or components",
        _single_or_components("value"),
    ),
    Invariant(
        "AuditEventEntity", "sev-1", "must not have both a name and a query", apart("name", "query")
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
