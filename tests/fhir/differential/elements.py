"""Mutations of the elements of an object: gone, new, empty, of the wrong kind or number.

Each takes a copy of the object and gives it back changed, or nothing where it does not apply.
"""

import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from service.fhir.models import Element, Shape
from tests.fhir.differential.growth import grown
from tests.fhir.differential.places import present

Value = dict[str, Any]
Mutation = Callable[[Value, Shape, random.Random], Value | None]

UNKNOWN = (
    "unknownElement", "fhir_comments", "resource_type", "resourceType", "class_fhir", "status__ext",
    "Status", "valueInteger64", "valueCodeableReference", "versionAlgorithmString", "_id",
    "_resourceType", "__proto__", "a'b", "", "value", "value[x]", "$this", "implicit_rules",
)  # fmt: skip
EMPTY: tuple[Any, ...] = ("", [], {}, {"id": "a"}, [""], [{}], [[]], [{"id": "a"}])
OTHER_KINDS: tuple[Any, ...] = (
    "banana", "1", "true", "2026-05-03", 0, 7, True, False, {"text": "x"}, {"id": "a"}, ["x"],
    [{"text": "x"}], [7], '{"text": "x"}', '{"url": "https://a.example", "valueString": "x"}',
    {"resourceType": "Patient"}, {"coding": [{"code": "a"}]}, {"reference": "Patient/1"},
)  # fmt: skip


def remove(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """Any member goes."""
    del value[chance.choice(list(value))]
    return value


def remove_required(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A required element goes, with its extensions."""
    if not form.required:
        return None
    gone = chance.choice(form.required)
    return {k: v for k, v in value.items() if k.removeprefix("_") not in gone}


def add(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """An element of the type comes that the object did not have."""
    chosen = {element.step for element in present(value, form)}
    absent = [element for element in form.elements.values() if element.step not in chosen]
    if not absent:
        return None
    element = chance.choice(absent)
    value[element.name] = grown(form.name, element, chance)
    return value


def regrow(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """An element has another well-formed value."""
    found = _some(value, form, chance)
    if found is not None:
        value[found.name] = grown(form.name, found, chance)
    return value if found else None


def add_unknown(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A member comes that no element of the type is."""
    names = [name for name in UNKNOWN if name not in value and name not in form.elements]
    value[chance.choice(names)] = chance.choice(OTHER_KINDS)
    return value


def rename(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A member has the name of another element of the type, or its own in other letters."""
    name = chance.choice(list(value))
    spelled = (name.upper(), name.capitalize(), f"_{name}", f"{name}s", name.rstrip("s"))
    value[chance.choice((*spelled, *form.elements))] = value.pop(name)
    return value


def empty(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """An element is empty, which in FHIR none ever is."""
    return _set(value, form, chance, deepcopy(chance.choice(EMPTY)))


def null(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """An element is null, or a null stands among its values with nothing beside it."""
    found = _some(value, form, chance)
    if found is None or f"_{found.name}" in value:
        return None
    own = value[found.name]
    value[found.name] = chance.choice((None, [*own, None] if found.many else [None], [None]))
    return value


def other_kind(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """An element is of another kind of JSON than its own."""
    return _set(value, form, chance, deepcopy(chance.choice(OTHER_KINDS)))


def rewrap(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """An array where one value belongs, one value where an array does, or an array too many."""
    found = _some(value, form, chance)
    if found is None:
        return None
    own = value[found.name]
    value[found.name] = own[0] if found.many and chance.random() < 0.5 else [own]
    return value


def repeat(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A value stands twice in its array, or one alone is left."""
    many = [element for element in present(value, form) if element.many]
    if not many:
        return None
    name = chance.choice(many).name
    own = value[name]
    value[name] = [*own, chance.choice(own)] if chance.random() < 0.7 else own[:1]
    return value


def choose_twice(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A choice has two types at once, the second perhaps as an extension only."""
    found = _choice(value, form, chance)
    if found is None:
        return None
    _, other = found
    if other.primitive and chance.random() < 0.3:
        value[f"_{other.name}"] = extended(chance)
    else:
        value[other.name] = grown(form.name, other, chance)
    return value


def choose_other(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A choice has another type, with a value of that type or still with that of the first."""
    found = _choice(value, form, chance)
    if found is None:
        return None
    one, other = found
    own = value.pop(one.name)
    value[other.name] = own if chance.random() < 0.5 else grown(form.name, other, chance)
    return value


def swap(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """Two elements of one type have each other's values: a start and an end, a low and a high."""
    elements = present(value, form)
    pairs = [
        (one.name, other.name)
        for place, one in enumerate(elements)
        for other in elements[place + 1 :]
        if (one.type, one.many) == (other.type, other.many)
    ]
    if not pairs:
        return None
    one_name, other_name = chance.choice(pairs)
    value[one_name], value[other_name] = value[other_name], value[one_name]
    return value


def extended(chance: random.Random) -> Mapping[str, Any]:
    """What may stand beside a primitive or in its place."""
    return {"extension": [{"url": "https://a.example/why", "valueCode": chance.choice("ab")}]}


def _some(value: Value, form: Shape, chance: random.Random) -> Element | None:
    elements = present(value, form)
    return chance.choice(elements) if elements else None


def _set(value: Value, form: Shape, chance: random.Random, new: Any) -> Value | None:
    found = _some(value, form, chance)
    if found is None:
        return None
    value[found.name] = new
    return value


def _choice(value: Value, form: Shape, chance: random.Random) -> tuple[Element, Element] | None:
    """An element of a choice that the object has, and another type of the same choice."""
    chosen = [element for element in present(value, form) if element.choice is not None]
    if not chosen:
        return None
    one = chance.choice(chosen)
    others = [e for e in form.elements.values() if e.choice == one.choice and e is not one]
    return one, chance.choice(others)
