"""Looking into FHIR JSON that may not be what it should be: what is of another shape is not there.

Refusals are made before and apart from this, so reading never fails.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

Element = Mapping[str, Any]
ARRAYS = (list, tuple)
NOTHING: Element = MappingProxyType({})


def each(element: Element, name: str) -> Iterator[tuple[int, Element]]:
    """The objects of the array `name` with their places."""
    value = element.get(name)
    if isinstance(value, ARRAYS):
        for place, member in enumerate(value):
            if type(member) is dict or isinstance(member, Mapping):  # the first is fast
                yield place, member


def child(element: Element, name: str) -> Element:
    """The object `name`; an empty one where there is none."""
    value = element.get(name)
    return value if type(value) is dict or isinstance(value, Mapping) else NOTHING


def text(element: Element, name: str) -> str | None:
    """The string `name`."""
    value = element.get(name)
    return value if isinstance(value, str) else None


def codes(concept: Element) -> tuple[tuple[str, str], ...]:
    """(system, code) of every coding of a CodeableConcept; a missing system is an empty one."""
    found = list[tuple[str, str]]()
    for _, coding in each(concept, "coding"):
        code, system = coding.get("code"), coding.get("system")
        if isinstance(code, str):
            found.append((system if isinstance(system, str) else "", code))
    return tuple(found)


def value(element: Element) -> tuple[str, Any] | None:
    """The name and content of `value[x]`; None where there is none."""
    return next(((name, element[name]) for name in element if name.startswith("value")), None)
