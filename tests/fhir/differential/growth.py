"""New elements that are well formed for their type, to add where an example has none."""

import random
from collections.abc import Mapping
from typing import Any

from service.fhir import bindings
from service.fhir.models import Element, shape
from tests.fhir.differential.literals import GOOD

DEEP = 4
OFTEN = 0.15
"""How often an optional element is grown."""
CONCEPT = {"coding": [{"system": "https://a.example", "code": "a"}]}
BOUND = {"Attachment.contentType": "text/plain", "Money.currency": "EUR"}
"""A code of the value sets that are no lists."""


def grown(owner: str, element: Element, chance: random.Random, depth: int = 0) -> Any:
    """A value of one element of the type `owner`, in an array where it repeats."""
    value = _one(owner, element, chance, depth)
    return [value] if element.many else value


def grown_object(kind: str, chance: random.Random, depth: int = 0) -> dict[str, Any]:
    """What the type requires, and now and then what it allows; never empty."""
    if kind == "Extension":
        return extension(chance, depth)
    form = shape(kind)
    wanted = [form.elements[chance.choice(names)] for names in form.required]
    chosen = {element.choice or element.name for element in wanted}
    optional = [e for e in form.elements.values() if _grows(e) and e.name != "id"]
    for element in optional:
        if chance.random() < OFTEN and (element.choice or element.name) not in chosen:
            wanted.append(element)
            chosen.add(element.choice or element.name)
    if not wanted:
        simple = [element for element in optional if element.primitive] or optional
        wanted.append(chance.choice(simple))
    if depth > DEEP:
        wanted = [e for e in wanted if e.primitive or (e.name,) in form.required] or wanted[:1]
    return {element.name: grown(kind, element, chance, depth + 1) for element in wanted}


def extension(chance: random.Random, depth: int = 0) -> dict[str, Any]:
    """An extension with a value of any type."""
    values = [e for e in shape("Extension").elements.values() if e.choice == "value"]
    if depth > DEEP:
        values = [element for element in values if element.primitive]
    element = chance.choice(values)
    return {
        "url": "https://a.example/extension",
        element.name: grown("Extension", element, chance, depth + 1),
    }


def _grows(element: Element) -> bool:
    return element.name not in {"extension", "modifierExtension", "contained"}


def _one(owner: str, element: Element, chance: random.Random, depth: int) -> Any:
    place = f"{owner}.{element.name}"
    if place in bindings.CODES:
        return chance.choice(sorted(bindings.CODES[place]))
    if place in bindings.PATTERNS:
        return BOUND.get(place, "text/plain")
    if element.primitive:
        return chance.choice(GOOD[element.type])
    if element.type == "Resource":
        return {"resourceType": "Basic", "id": "grown", "code": CONCEPT}
    return _narrowed(grown_object(element.type, chance, depth), element, chance)


def _narrowed(value: dict[str, Any], element: Element, chance: random.Random) -> Mapping[str, Any]:
    if element.type == "Reference":
        target = chance.choice(sorted(element.targets) or ["Patient"])
        return {"reference": f"{target}/1"}
    return value
