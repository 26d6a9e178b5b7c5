"""FHIRPath Patch: a Parameters resource that says what to change in another.

http://hl7.org/fhir/R4/fhirpatch.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from service.errors import BadRequest, Inapplicable, ServiceError, TooLarge
from service.fhir.models import Element
from service.fhir.patch import MOST_OPERATIONS
from service.fhir.patch_value import brought
from service.fhir.path import Member, Path, parsed
from service.fhir.path_match import found, sole
from service.fhir.resource import Resource
from service.fhir.tree import Node, Tree, named, write

PARTS: Mapping[str, str] = MappingProxyType(
    {
        "type": "valueCode",
        "path": "valueString",
        "name": "valueString",
        "index": "valueInteger",
        "source": "valueInteger",
        "destination": "valueInteger",
    }
)
"""The parts of an operation, beside `value`, and where each has its own."""
KINDS: Mapping[str, type] = MappingProxyType(
    {"valueCode": str, "valueString": str, "valueInteger": int}
)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation, well formed as far as this can be told without the resource."""

    path: Path
    parts: Mapping[str, Any]


Apply = Callable[[Tree, Operation], None]


def patched(resource: dict[str, Any], parameters: Resource) -> Resource:
    """`resource`, which is changed in place, after the operations in their order.

    Raises `BadRequest` for what is no FHIRPath Patch, `Inapplicable` where an operation does not
    fit the resource as it is, `TooLarge` for a patch beyond all measure.
    """
    given = parameters.get("parameter", [])
    if not isinstance(given, list):
        raise BadRequest(
            "Parameters.parameter must be an array.", expression="Parameters.parameter"
        )
    if len(given) > MOST_OPERATIONS:
        raise TooLarge(f"A patch may have {MOST_OPERATIONS} operations at the most.")
    tree = Tree(resource)
    for place, parameter in enumerate(given):
        try:
            apply, operation = _operation(parameter)
            apply(tree, operation)
        except ServiceError as error:
            where = f"Parameters.parameter[{place}]"
            raise type(error)(f"{where} is refused: {error}", expression=where) from None
    return resource


def _add(tree: Tree, operation: Operation) -> None:
    """To the end of a list, or where nothing is yet."""
    target = sole(tree, operation.path)
    kind = "Element" if target.primitive else target.type
    candidates = named(kind, operation.parts["name"])
    element, occurrence = brought(operation.parts["value"], candidates)
    holder = tree.holder(target)
    there = {e.name: tree.occurrences(holder, e) for e in candidates}
    if not element.many and any(there.values()):
        raise Inapplicable(f"The element '{element.step}' is there already and does not repeat.")
    write(holder, element, [*there[element.name], occurrence])


def _delete(tree: Tree, operation: Operation) -> None:
    """What is not there need not be deleted."""
    nodes = found(tree, operation.path)
    if len(nodes) > 1:
        raise Inapplicable(f"The path must name one element, and names {len(nodes)}.")
    for node in nodes:
        _refuse_whole(node)
        tree.put(node, None)


def _replace(tree: Tree, operation: Operation) -> None:
    """With all that stands beside it; a choice may become one of another type."""
    node = sole(tree, operation.path)
    _refuse_whole(node)
    assert node.parent is not None
    assert node.element is not None
    owner = "Element" if node.parent.primitive else node.parent.type
    element, occurrence = brought(operation.parts["value"], named(owner, node.element.step))
    if element is node.element:
        tree.put(node, occurrence)
    else:
        holder = tree.holder(node.parent)
        write(holder, node.element, [])
        write(holder, element, [occurrence])


def _insert(tree: Tree, operation: Operation) -> None:
    holder, element = _list(tree, operation.path)
    _, occurrence = brought(operation.parts["value"], [element])
    there = tree.occurrences(holder, element)
    place = operation.parts["index"]
    if place not in range(len(there) + 1):
        raise Inapplicable(f"The index must be from 0 to {len(there)}.")
    there.insert(place, occurrence)
    write(holder, element, there)


def _move(tree: Tree, operation: Operation) -> None:
    holder, element = _list(tree, operation.path)
    there = tree.occurrences(holder, element)
    source, destination = operation.parts["source"], operation.parts["destination"]
    if source not in range(len(there)) or destination not in range(len(there)):
        raise Inapplicable(f"Source and destination must be below {len(there)}, the list's length.")
    there.insert(destination, there.pop(source))
    write(holder, element, there)


def _list(tree: Tree, path: Path) -> tuple[dict[str, Any], Element]:
    """The list that a path names by its last step, and the object that has it."""
    match path.steps:
        case [*steps, Member(name=name)]:
            owner = sole(tree, Path(type=path.type, steps=tuple(steps)))
        case _:
            raise Inapplicable("The path must end in the name of an element that repeats.")
    element = named("Element" if owner.primitive else owner.type, name)[0]
    if not element.many:
        raise Inapplicable(f"The element '{element.step}' does not repeat.")
    return tree.holder(owner), element


def _refuse_whole(node: Node) -> None:
    if node.parent is None:
        raise Inapplicable("A resource as a whole is not replaced or deleted by a patch.")


APPLY: Mapping[str, tuple[Apply, tuple[str, ...]]] = MappingProxyType(
    {
        "add": (_add, ("name", "value")),
        "delete": (_delete, ()),
        "insert": (_insert, ("index", "value")),
        "move": (_move, ("source", "destination")),
        "replace": (_replace, ("value",)),
    }
)
"""Each type of operation, and the parts that it needs beside `type` and `path`."""


def _operation(parameter: Any) -> tuple[Apply, Operation]:
    if not isinstance(parameter, Mapping) or parameter.get("name") != "operation":
        raise BadRequest("Every parameter of a patch must be an 'operation'.")
    given = parameter.get("part", [])
    parts = dict[str, Any]()
    for part in given if isinstance(given, list) else ():
        name = part.get("name") if isinstance(part, Mapping) else None
        if not isinstance(name, str) or name in parts or name not in {*PARTS, "value"}:
            raise BadRequest("An operation has a part that is not known, or one twice.")
        parts[name] = part if name == "value" else _simple(name, part)
    if parts.get("type") not in APPLY:
        raise BadRequest(f"The part 'type' must be one of {', '.join(APPLY)}.")
    apply, needed = APPLY[parts["type"]]
    for name in ("path", *needed):
        if name not in parts:
            raise BadRequest(f"The part '{name}' must be there.")
    return apply, Operation(path=parsed(parts["path"]), parts=parts)


def _simple(name: str, part: Mapping[str, Any]) -> Any:
    key = PARTS[name]
    value = part.get(key)
    if not isinstance(value, KINDS[key]) or isinstance(value, bool):
        raise BadRequest(f"The part '{name}' must have a {key}.")
    return value
