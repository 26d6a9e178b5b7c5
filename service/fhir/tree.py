"""The elements of a resource where they stand, so that a patch can find and change them.

An element is a value, and beside a primitive its id and extensions: `birthDate` and `_birthDate`
are one element. Lists of primitives and what stands beside them are kept in step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from service.errors import Inapplicable, TooLarge
from service.fhir import r4
from service.fhir.models import Element, shape
from service.fhir.search.refusal import quoted

MOST = 200_000
"""Elements that one patch may look at: the work of a patch grows no further."""

Occurrence = tuple[Any, Any]
"""The value of an element, and what stands beside it; None for what is not there."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Node:
    """An element of a resource, or the resource itself."""

    type: str
    value: Any
    beside: Any = None
    parent: "Node | None" = None
    """The element that has this one; None for the resource."""
    element: Element | None = None
    """What it is there."""
    place: int = 0
    """Where it is in a list."""

    @property
    def primitive(self) -> bool:
        return self.element is not None and self.element.primitive


def named(type_name: str, name: str) -> Sequence[Element]:
    """The elements of a type that go by a name; several where it is a choice.

    Raises `Inapplicable` where there is none.
    """
    found = _by_name(type_name).get(name, ())
    if not found:
        raise Inapplicable(f"{type_name} has no element {quoted(name)}.")
    return found


@cache
def _by_name(type_name: str) -> Mapping[str, tuple[Element, ...]]:
    try:
        form = None if type_name in r4.UNMODELLED else shape(type_name)
    except KeyError:
        form = None
    if form is None:
        raise Inapplicable("The structure of this type is not known here.")
    names = dict[str, tuple[Element, ...]]()
    for element in form.elements.values():
        for name in {element.name, element.step}:
            names[name] = (*names.get(name, ()), element)
    return MappingProxyType(names)


class Tree:
    """A resource that is being changed, in place."""

    def __init__(self, resource: dict[str, Any]) -> None:
        self.root = Node(type=str(resource.get("resourceType")), value=resource)
        self._left = MOST

    def children(self, node: Node, name: str) -> list[Node]:
        """The elements of a node that go by a name. Raises `Inapplicable` where it has none."""
        holder = (node.beside or {}) if node.primitive else node.value
        return [
            Node(
                type=_type(element, value),
                value=value,
                beside=beside,
                parent=node,
                element=element,
                place=place,
            )
            for element in named("Element" if node.primitive else node.type, name)
            for place, (value, beside) in enumerate(self.occurrences(holder, element))
        ]

    def occurrences(self, holder: Mapping[str, Any], element: Element) -> list[Occurrence]:
        """All that an object has of an element. Raises `TooLarge` when too much was looked at."""
        values, companions = holder.get(element.name), None
        if element.primitive:
            companions = holder.get(f"_{element.name}")
        if values is None and companions is None:
            return []
        if not element.many:
            values, companions = [values], [companions]
        found = _paired(values, companions)
        self._left -= len(found)
        if self._left < 0:
            raise TooLarge("The patch looks at too many elements.")
        for value, beside in found:
            _refuse_misshapen(element, value, beside)
        return found

    def holder(self, node: Node) -> dict[str, Any]:
        """The object that has the node's elements; beside a primitive it is made when needed."""
        if not node.primitive:
            assert isinstance(node.value, dict)
            return node.value
        if node.beside is not None:
            assert isinstance(node.beside, dict)
            return node.beside
        made = dict[str, Any]()
        self.put(node, (node.value, made))
        return made

    def put(self, node: Node, occurrence: Occurrence | None) -> None:
        """Replace an element, or take it away: with it goes what has nothing left."""
        assert node.parent is not None
        assert node.element is not None
        owner = self.holder(node.parent)
        found = self.occurrences(owner, node.element)
        found[node.place : node.place + 1] = [] if occurrence is None else [occurrence]
        write(owner, node.element, found)
        if not owner:
            self._emptied(node.parent)

    def _emptied(self, node: Node) -> None:
        """FHIR has no empty elements; a resource has its type at least."""
        kept = node.primitive and node.value is not None
        self.put(node, (node.value, None) if kept else None)


def write(holder: dict[str, Any], element: Element, found: Sequence[Occurrence]) -> None:
    """Put these in the place of all that an object has of an element."""
    values, companions = [value for value, _ in found], [beside for _, beside in found]
    _set(holder, element.name, values, element.many)
    if element.primitive:
        _set(holder, f"_{element.name}", companions, element.many)


def _type(element: Element, value: Any) -> str:
    return str(value.get("resourceType")) if element.type == "Resource" else element.type


def _paired(values: Any, companions: Any) -> list[Occurrence]:
    for each in (values, companions):
        if not isinstance(each, list | None):
            raise Inapplicable("An element that may repeat is no array.")
    own, beside = values or [], companions or []
    length = max(len(own), len(beside))
    return list(
        zip(
            [*own, *[None] * (length - len(own))],
            [*beside, *[None] * (length - len(beside))],
            strict=True,
        )
    )


def _refuse_misshapen(element: Element, value: Any, beside: Any) -> None:
    """What an operation brought is valid only once the whole is checked: go no further into it."""
    if element.primitive:
        fits = not isinstance(value, dict | list) and isinstance(beside, dict | None)
    else:
        fits = isinstance(value, dict)
    if not fits:
        raise Inapplicable(f"An element '{element.step}' is not formed as {element.type} is.")


def _set(holder: dict[str, Any], key: str, values: list[Any], many: bool) -> None:
    if all(value is None for value in values):
        holder.pop(key, None)
    else:
        holder[key] = values if many else values[0]
