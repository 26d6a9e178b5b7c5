"""The objects of an example, each with its type: where a mutation can be aimed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from service.fhir import r4
from service.fhir.exact_json import loads
from service.fhir.models import Element, Shape, shape
from tests.fhir.examples import INVALID, examples

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """An object of a resource; `path` are the keys and places that lead to it."""

    path: Path
    type: str

    @property
    def shape(self) -> Shape:
        return shape(self.type)


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """An example and its places by their types, so that no type is drowned by the Codings."""

    name: str
    resource: Mapping[str, Any]
    places: Mapping[str, tuple[Place, ...]]


@cache
def by_type() -> Mapping[str, tuple[Example, ...]]:
    """Every valid example by its resource type, whatever its size."""
    found = defaultdict[str, list[Example]](list)
    for name, body in examples().items():
        if name not in INVALID:
            resource = loads(body)
            found[resource["resourceType"]].append(
                Example(name=name, resource=resource, places=_grouped(resource))
            )
    return {name: tuple(each) for name, each in sorted(found.items())}


def value_at(root: Any, path: Path) -> Any:
    for step in path:
        root = root[step]
    return root


def replaced(root: Any, path: Path, value: Any) -> Any:
    """A copy of `root` with another value at `path`; all else is shared."""
    if not path:
        return value
    copy = dict(root) if isinstance(root, Mapping) else list(root)
    copy[path[0]] = replaced(root[path[0]], path[1:], value)
    return copy


def present(value: Mapping[str, Any], form: Shape) -> list[Element]:
    """The elements of a type that an object has."""
    return [element for name, element in form.elements.items() if name in value]


def _grouped(resource: Mapping[str, Any]) -> Mapping[str, tuple[Place, ...]]:
    found = defaultdict[str, list[Place]](list)
    for place in _places(resource, (), "Resource"):
        found[place.type].append(place)
    return {name: tuple(each) for name, each in sorted(found.items())}


def _places(value: Any, path: Path, kind: str) -> Iterator[Place]:
    name = value["resourceType"] if kind == "Resource" else kind
    if name in r4.UNMODELLED:
        return
    yield Place(path=path, type=name)
    for element in present(value, shape(name)):
        if not element.primitive:
            children = value[element.name] if element.many else [value[element.name]]
            for place, child in enumerate(children):
                step: Path = (element.name, place) if element.many else (element.name,)
                yield from _places(child, path + step, element.type)
