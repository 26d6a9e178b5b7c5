"""The elements that a path finds in a resource."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, assert_never

from service.errors import Inapplicable
from service.fhir.path import Criterion, Index, Literal, Member, OfType, Path, Step, Where
from service.fhir.tree import Node, Tree


def found(tree: Tree, path: Path) -> list[Node]:
    """All that a path names, in the resource's order; none where nothing is there.

    Raises `Inapplicable` for a path of another type of resource, or elements that R4 does not have.
    """
    if path.type != tree.root.type:
        raise Inapplicable(f"The path must begin with {tree.root.type}, the type of the resource.")
    nodes = [tree.root]
    for step in path.steps:
        nodes = _next(tree, nodes, step)
    return nodes


def sole(tree: Tree, path: Path) -> Node:
    """The one element that a path names. Raises `Inapplicable` where it names none or several."""
    nodes = found(tree, path)
    if len(nodes) != 1:
        raise Inapplicable(f"The path must name one element, and names {len(nodes)}.")
    return nodes[0]


def _next(tree: Tree, nodes: list[Node], step: Step) -> list[Node]:
    match step:
        case Member(name=name):
            return [child for node in nodes for child in tree.children(node, name)]
        case Index(place=-1):
            return nodes[-1:]
        case Index(place=place):
            return nodes[place : place + 1]
        case OfType(type=kind):
            return [node for node in nodes if node.type == kind]
        case Where(criteria=criteria):
            return [node for node in nodes if all(_meets(tree, node, c) for c in criteria)]
        case _:
            assert_never(step)


def _meets(tree: Tree, node: Node, criterion: Criterion) -> bool:
    """As in FHIRPath, what is there more than once equals no single value."""
    nodes = [node]
    for step in criterion.path:
        nodes = _next(tree, nodes, step)
    return len(nodes) == 1 and _equal(nodes[0].value, criterion.value)


def _equal(value: Any, literal: Literal) -> bool:
    """True is no number, and a number no text."""
    kinds: Sequence[type] = (bool, str)
    for kind in kinds:
        if isinstance(value, kind) or isinstance(literal, kind):
            return type(value) is type(literal) and bool(value == literal)
    return isinstance(value, int | Decimal) and bool(value == literal)
