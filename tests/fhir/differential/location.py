"""Where in a body an issue points: the value, what stands beside it, and what the element is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from service.fhir import r4
from service.fhir.models import Element, shape
from tests.fhir.definitions import parts

STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]")


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A value of a body, in the object that has it."""

    owner: str
    """The type of the object, "" where its structure is not known."""
    holder: Any
    """The object."""
    name: str
    """The member that it is in."""
    element: Element | None
    value: Any
    beside: Any = None
    """What stands at `_name`."""
    item: bool = False
    """Whether it is one of an array."""
    above: "Spot | None" = None

    @property
    def type(self) -> str:
        """What is found below: a resource is of the type that it says it is."""
        if self.element is None or self.element.type != "Resource":
            return self.element.type if self.element else ""
        named = self.value.get("resourceType") if isinstance(self.value, Mapping) else None
        return named if named in r4.RESOURCE_TYPES - r4.UNMODELLED else ""

    @property
    def official(self) -> str:
        """The path of the element in HL7's definitions, "" where they are not among ours."""
        path = official_paths().get(self.owner, "")
        if not path or self.element is None:
            return path
        step = self.element.step
        return f"{path}.{step}[x]" if self.element.choice else f"{path}.{step}"


@cache
def official_paths() -> Mapping[str, str]:
    """What `models` calls a type or part, and its path."""
    return {name: path for path, name in parts().items()}


def spots(resource: Mapping[str, Any], expression: str) -> list[Spot]:
    """All that the expression can mean: a choice may have two values at once."""
    kind = expression.partition(".")[0]
    found = [Spot(owner=kind, holder=None, name="", element=None, value=resource)]
    for name, place in STEP.findall(expression[len(kind) :]):
        found = [
            below
            for spot in found
            for below in (_named(spot, name) if name else _at(spot, int(place)))
        ]
    return found


def root(spot: Spot) -> Spot:
    """The whole resource that a spot is in."""
    while spot.above is not None:
        spot = spot.above
    return spot


def _named(spot: Spot, step: str) -> Iterator[Spot]:
    kind = spot.type if spot.above else spot.owner
    value = spot.value
    if spot.element is not None and spot.element.primitive:
        kind, value = "Element", spot.beside
    if not isinstance(value, Mapping):
        return
    known = shape(kind).elements if kind else {}
    elements = [element for element in known.values() if step in (element.name, element.step)]
    names = {element.name: element for element in elements} or {step: None}
    for name, element in names.items():
        if len(names) == 1 or name in value or f"_{name}" in value:
            yield Spot(
                owner=kind,
                holder=value,
                name=name,
                element=element,
                value=value.get(name),
                beside=value.get(f"_{name}"),
                above=spot,
            )


def _at(spot: Spot, place: int) -> Iterator[Spot]:
    yield Spot(
        owner=spot.owner,
        holder=spot.holder,
        name=spot.name,
        element=spot.element,
        value=_item(spot.value, place),
        beside=_item(spot.beside, place),
        item=True,
        above=spot.above,
    )


def _item(value: Any, place: int) -> Any:
    return value[place] if isinstance(value, list) and place < len(value) else None
