"""Structure, bindings and invariants are those that HL7 defines for R4 (4.0.1)."""

from typing import Any

import pytest

from service.fhir import bindings
from service.fhir.invariants import INVARIANTS
from service.fhir.models import shape
from service.fhir.references import CHOICE, LINK_TYPES, LINKS
from tests.fhir.definitions import (
    SERVED,
    children,
    elements,
    json_names,
    parts,
    value_set,
)

LINK = {"uri", "url", "oid", "uuid", "canonical"}


def test_the_definitions_are_those_of_every_served_type() -> None:
    assert set(SERVED) < {path for path in elements() if "." not in path}
    assert len(elements()) > 1500


@pytest.mark.parametrize("path", sorted(parts()))
def test_a_type_has_the_elements_of_r4_and_no_others(path: str) -> None:
    form = shape(parts()[path])
    official = {
        json_name: (kind, definition)
        for name, definition in children()[path].items()
        for json_name, kind in json_names(name, definition).items()
    }
    assert set(form.elements) == set(official)
    for name, (kind, definition) in official.items():
        element = form.elements[name]
        assert element.many is (definition["max"] != "1"), name
        assert element.summary is definition.get("summary", False), name
        assert element.type in _allowed_types(path, name, kind, definition), name
        if kind == "Reference":
            assert element.targets == set(definition.get("targets", ())) - {"Resource"}, name


def _allowed_types(path: str, name: str, kind: str, definition: dict[str, Any]) -> set[str]:
    """`id` is a string in R4's definitions and an id in its prose; parts have names of ours."""
    if "same_as" in definition:
        return {parts()[definition["same_as"]]}
    if kind in ("BackboneElement", "Element"):
        return {parts()[f"{path}.{name}"]}
    return {"id", "string"} if name == "id" else {kind}


@pytest.mark.parametrize("path", sorted(parts()))
def test_a_type_requires_what_r4_requires(path: str) -> None:
    official = {
        frozenset(json_names(name, definition))
        for name, definition in children()[path].items()
        if definition["min"] > 0
    }
    assert {frozenset(names) for names in shape(parts()[path]).required} == official


BOUND = [
    (f"{parts()[above]}.{name}", definition)
    for above in parts()
    for name, definition in children()[above].items()
    if "binding" in definition
]


@pytest.mark.parametrize(("place", "definition"), BOUND, ids=[place for place, _ in BOUND])
def test_a_required_binding_allows_the_codes_of_its_value_set(
    place: str, definition: dict[str, Any]
) -> None:
    systems = value_set(definition["binding"])
    if definition["types"] == ["CodeableConcept"]:
        assert bindings.CONCEPTS[place] == {
            (system, code) for system, codes in systems.items() for code in codes or ()
        }
    elif None in systems.values():
        assert place in bindings.PATTERNS
    else:
        assert bindings.CODES[place] == {code for codes in systems.values() for code in codes or ()}


def test_nothing_is_bound_that_r4_does_not_bind() -> None:
    bound = {place for place, _ in BOUND}
    assert {*bindings.CODES, *bindings.PATTERNS, *bindings.CONCEPTS} == bound


ELSEWHERE = {
    "dom-2": "asked of what is contained, in structure",
    "dom-3": "asked of the whole resource, in validation",
    "dom-4": "asked of what is contained, in structure",
    "dom-5": "asked of what is contained, in structure",
    "eld-11": "its expression holds for every element that has a type",
    "ref-1": "asked of references, in structure",
    "txt-1": "asked of narratives, in narrative",
    "txt-2": "asked of narratives, in narrative",
}
"""Invariants of severity error that are not in the table of invariants, and why."""


def test_every_invariant_that_refuses_is_asked() -> None:
    official = {
        constraint["key"]
        for path, definition in elements().items()
        for constraint in definition.get("constraints", ())
        if constraint["severity"] == "error" and path.split(".")[0] in parts()
    }
    asked = {rule.key for rules in INVARIANTS.values() for rule in rules}
    assert asked.isdisjoint(ELSEWHERE)
    assert asked | set(ELSEWHERE) == official


CONSTRAINED = {
    constraint["key"]: {
        p
        for p, d in elements().items()
        if constraint["key"] in {c["key"] for c in d.get("constraints", ())}
    }
    for definition in elements().values()
    for constraint in definition.get("constraints", ())
}
"""The paths that each invariant stands at."""


@pytest.mark.parametrize("name", sorted(INVARIANTS))
def test_an_invariant_stands_at_the_element_where_r4_has_it_or_right_above_or_below(
    name: str,
) -> None:
    (place,) = (path for path, part in parts().items() if part == name)
    for rule in INVARIANTS[name]:
        official = CONSTRAINED[rule.key]
        assert any(
            place == path or place.startswith(f"{path}.") or path.startswith(f"{place}.")
            for path in official
        ) or any(_has_type(path, place) for path in official), rule.key


def _has_type(path: str, type_name: str) -> bool:
    """Constraints of a datatype are repeated at each element of it."""
    return type_name in elements()[path].get("types", ())


@pytest.mark.parametrize("path", sorted(parts()))
def test_a_link_is_rewritten_and_a_choice_with_a_reference_has_one_name(path: str) -> None:
    for name, definition in children()[path].items():
        names = json_names(name, definition)
        for json_name, kind in names.items():
            if kind in LINK and (path, name) not in NO_LINKS:
                assert json_name in LINKS or json_name.endswith(LINK_TYPES)
            if kind == "Reference" and name.endswith("[x]"):
                match = CHOICE.fullmatch(json_name)
                assert match is not None
                assert match[1] == name.removesuffix("[x]")


NO_LINKS = {("ElementDefinition.type", "code")}
"""Elements of type uri that are told by no name of their own."""


def test_nothing_is_taken_for_a_link_that_never_is_one() -> None:
    names = {
        json_name
        for path in parts()
        for name, definition in children()[path].items()
        for json_name, kind in json_names(name, definition).items()
        if kind in LINK
    }
    assert LINKS - {"reference"} <= names
