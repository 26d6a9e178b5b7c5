"""What a FHIRPath Patch brings: a value of a data type, or parts where the type has no name.

http://hl7.org/fhir/R4/fhirpatch.html#anonymous
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from service.errors import BadRequest, Inapplicable
from service.fhir.models import Element
from service.fhir.tree import Occurrence, named, write

KINDS: Mapping[str, str] = MappingProxyType(
    {
        kind: family
        for family, kinds in {
            "string": ("code", "id", "markdown", "string", "xhtml"),
            "uri": ("canonical", "oid", "uri", "url", "uuid"),
            "integer": ("integer", "positiveInt", "unsignedInt"),
            "dateTime": ("date", "dateTime", "instant"),
        }.items()
        for kind in kinds
    }
)
"""Primitive types of which one may stand for another; what is written is held against the
element's own type in the end."""

Part = Mapping[str, Any]


def brought(part: Part, elements: Sequence[Element]) -> tuple[Element, Occurrence]:
    """Which of the elements, alternatives of a choice, a part is a value of, and that value.

    Raises `BadRequest` where the part has no value, `Inapplicable` where its type is another.
    """
    if "part" in part:
        element = _only(elements)
        return element, (_composed(element.type, part["part"]), None)
    if "resource" in part:
        element = _fitting(elements, "Resource")
        return element, (part["resource"], None)
    kind, value, beside = _typed(part)
    return _fitting(elements, kind), (value, beside)


def _typed(part: Part) -> tuple[str, Any, Any]:
    """The type of `value[x]`, its value, and what stands beside it."""
    kinds = {key.lstrip("_").removeprefix("value") for key in part if _is_value(key)}
    if len(kinds) != 1:
        raise BadRequest("A value must be there once, as value[x] or as parts.")
    kind = kinds.pop()
    return kind, part.get(f"value{kind}"), part.get(f"_value{kind}")


def _is_value(key: str) -> bool:
    name = key.removeprefix("_")
    return name.startswith("value") and name != "value"


def _fitting(elements: Sequence[Element], kind: str) -> Element:
    """By the very type, or else by one of the same kind where there is no choice."""
    for element in elements:
        if _written(element.type) == kind:
            return element
    if len(elements) == 1:
        family = KINDS.get(elements[0].type)
        if family and kind in map(_written, (k for k, f in KINDS.items() if f == family)):
            return elements[0]
    expected = " or ".join(sorted(element.type for element in elements)[:5])
    raise Inapplicable(f"The value of '{elements[0].step}' must be of type {expected}.")


def _written(kind: str) -> str:
    """How `value[x]` names a type."""
    return kind[0].upper() + kind[1:]


def _only(elements: Sequence[Element]) -> Element:
    element = elements[0]
    if len(elements) > 1 or element.primitive or element.type == "Resource":
        raise Inapplicable(f"The value of '{element.step}' cannot be given as parts.")
    return element


def _composed(type_name: str, parts: Any) -> dict[str, Any]:
    """An object of a type from its parts, each named as the element that it is."""
    if not isinstance(parts, list):
        raise BadRequest("The parts of a value must be an array.")
    found = dict[str, tuple[Element, list[Occurrence]]]()
    for part in parts:
        name = part.get("name") if isinstance(part, Mapping) else None
        if not isinstance(name, str):
            raise BadRequest("Every part of a value must have a name.")
        element, occurrence = brought(part, named(type_name, name))
        _, occurrences = found.setdefault(element.name, (element, []))
        occurrences.append(occurrence)
    composed = dict[str, Any]()
    for element, occurrences in found.values():
        if len(occurrences) > 1 and not element.many:
            raise Inapplicable(f"'{element.step}' of {type_name} does not repeat.")
        write(composed, element, occurrences)
    return composed
