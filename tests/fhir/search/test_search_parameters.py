"""The table of parameters against the definitions of FHIR 4.0.1, and the paths in it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from service.fhir.r4 import RESOURCE_TYPES
from service.fhir.search.parameters import TABLE, Parameter
from service.fhir.search.parameters.parameter import SPECIAL_VALUES
from service.fhir.search.paths import reader
from service.fhir.types import TYPES
from tests.fhir.definitions import (
    SERVED,
    children,
    elements,
    json_names,
    search_parameters,
    value_set,
)
from tests.fhir.search.official import EVERY_TYPE, NARROWED, own_expression

NOT_OFFERED = {
    "_content": "there is no index of all text",
    "_query": "there are no named queries",
    "_text": "there is no index of narratives",
}
"""Parameters of every type that R4 defines without a path, and why they are not in the table."""
TEXT_TYPES = {"CodeableConcept", "Coding", "Identifier"}


def official(type_name: str) -> dict[str, dict[str, Any]]:
    """What R4 defines for the type itself."""
    return {code: each for (base, code), each in search_parameters().items() if base == type_name}


def targets(parameter: Parameter, type_name: str, definition: dict[str, Any]) -> set[str]:
    """What a reference may name for the parameter; empty for anything.

    A definition for several types lists the targets of all: what the elements of this one may not
    name is no target. One that may name any type lists all but Parameters, which is never stored.
    """
    narrowed = NARROWED.findall(own_expression(type_name, definition))
    listed = set(narrowed or definition.get("target", ()))
    read = [each for path in parameter.paths for each in at(type_name, path)]
    named = {kind for _, _, element in read for kind in element.get("targets", ["Resource"])}
    if "Resource" not in named:
        listed &= named
    return set() if listed >= RESOURCE_TYPES - {"Parameters"} else listed


@pytest.mark.parametrize("type_name", SERVED)
def test_every_official_parameter_is_offered_and_no_other(type_name: str) -> None:
    offered = {name: p for name, p in TABLE[type_name].items() if name not in EVERY_TYPE}
    assert offered.keys() == official(type_name).keys()
    for name, definition in official(type_name).items():
        parameter = offered[name]
        assert parameter.kind.value == definition["type"], name
        assert parameter.definition == definition["url"], name
        assert set(parameter.targets) == targets(parameter, type_name, definition), name


def test_the_parameters_of_every_type_are_offered_for_every_type() -> None:
    common = {code: d for (base, code), d in search_parameters().items() if "Resource" in base}
    assert common.keys() == EVERY_TYPE | NOT_OFFERED.keys()
    assert set(TABLE) == set(TYPES)
    for parameters in TABLE.values():
        assert parameters.keys() >= EVERY_TYPE
        for name in EVERY_TYPE:
            assert parameters[name].kind.value == common[name]["type"]
            assert parameters[name].definition == common[name]["url"]


@pytest.mark.parametrize("type_name", SERVED)
def test_a_composite_asks_together_what_its_definition_says(type_name: str) -> None:
    urls = {each["url"]: code for (_, code), each in search_parameters().items()}
    for name, definition in official(type_name).items():
        if definition["type"] == "composite":
            parts = TABLE[type_name][name].components
            assert [urls[part["definition"]] for part in definition["component"]] == [
                urls[part.definition] for part in parts
            ], name


READ = [
    (type_name, parameter)
    for type_name in SERVED
    for name, parameter in TABLE[type_name].items()
    if name not in EVERY_TYPE and not parameter.components
]


@pytest.mark.parametrize(
    ("type_name", "parameter"), READ, ids=lambda each: getattr(each, "name", each)
)
def test_a_parameter_knows_the_system_of_its_codes_and_whether_they_have_words(
    type_name: str, parameter: Parameter
) -> None:
    if parameter.kind.value == "token":
        read = [each for path in parameter.paths for each in at(type_name, path)]
        systems = {
            system
            for _, _, definition in read
            if definition.get("binding") and definition["types"] == ["code"]
            for system in value_set(definition["binding"])
        }
        if {kind for _, kind, _ in read} & {"boolean"} or parameter.paths[0].endswith("?"):
            systems = {SPECIAL_VALUES}
        if systems:
            assert systems == {parameter.system}
        assert not parameter.text or {kind for _, kind, _ in read} & TEXT_TYPES
    if parameter.kind.value == "reference":
        kinds = {kind for path in parameter.paths for _, kind, _ in at(type_name, path)}
        assert kinds == ({"canonical"} if parameter.canonical else {"Reference"})


def at(type_name: str, path: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, type and definition of the elements at a path of the table."""
    places = [type_name]
    steps = [re.sub(r"\(.*\)", "", step) for step in path.rstrip("?").split(".")]
    for step in steps[:-1]:
        name = step.partition("[")[0]
        places = [below for place in places for below in entered(place, name)]
    name, bracket, kinds = steps[-1].partition("[")
    for place in places:
        for element, definition in children()[place].items():
            for json_name, kind in json_names(element, definition).items():
                wanted = kinds.rstrip("]").split("|") if bracket else [kind]
                if element.removesuffix("[x]") == name and kind in wanted:
                    yield json_name, kind, definition


def entered(place: str, name: str) -> list[str]:
    """Where the elements below an element are defined."""
    definition = children()[place].get(name) or children()[place][f"{name}[x]"]
    if "same_as" in definition:
        return [definition["same_as"]]
    if f"{place}.{name}" in children():
        return [f"{place}.{name}"]
    return [kind for kind in definition["types"] if kind in elements()]


def test_every_path_is_in_the_language() -> None:
    for parameters in TABLE.values():
        for parameter in parameters.values():
            for path in (*parameter.paths, *(p for c in parameter.components for p in c.paths)):
                assert reader(path)({}) in ([], [False], [{}])


RESOURCE: dict[str, Any] = {
    "name": [{"given": ["A", None, "B"]}, {"family": "C"}],
    "telecom": [{"system": "phone", "value": "1"}, {"system": "email", "value": "2"}],
    "valueQuantity": {"value": 1},
    "deceasedBoolean": False,
    "url": "x",
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("url", ["x"]),
        ("name.given", ["A", "B"]),
        ("name.family", ["C"]),
        ("nothing.at.all", []),
        ("url.deeper", []),
        ("telecom(system=email).value", ["2"]),
        ("value[Quantity|string].value", [1]),
        ("value[string]", []),
        ("deceased[boolean|dateTime]?", [False]),
        ("url?", [True]),
        ("missing?", [False]),
        ("$this", [RESOURCE]),
    ],
)
def test_a_path_reads_through_arrays_choices_and_conditions(path: str, values: list[Any]) -> None:
    assert reader(path)(RESOURCE) == values


@pytest.mark.parametrize("path", ["", "a..b", "a b", "a()", "a[", "value[x].exists()"])
def test_a_path_outside_the_language_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="step of a search path"):
        reader(path)
