"""Conditions on other resources: chains, and `_has`.

http://hl7.org/fhir/R4/search.html#chaining and http://hl7.org/fhir/R4/search.html#has

A chain whose reference can name several types is asked of each that has the parameter, unless it
says one, as in `subject:Patient.name`. Every chain and every `_has` is judged on its own.
"""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from service.errors import BadRequest
from service.fhir.search.parameters import TABLE, Kind, Parameter
from service.fhir.search.query import Chain, Link, Query, Reverse
from service.fhir.search.refusal import Unsupported, quoted
from service.fhir.types import STORED

HAS = "_has"
MAX_DEPTH = 4
MAX_QUERIES = 50
"""Searches of other resources that one search may lead to."""

Narrow = Callable[[Query, str, str], Query]
"""The query with one more condition, of this name and value."""


def leads(name: str) -> bool:
    """Whether a parameter of this name is about other resources."""
    return "." in name or name.partition(":")[0] == HAS


def link(query: Query, name: str, value: str, narrow: Narrow) -> Link:
    """What `name` and `value` ask of resources linked with those that `query` is about.

    Raises `BadRequest` for too many steps, `Unsupported` naming what is not known.
    """
    if name.count(".") + name.count(f"{HAS}:") > MAX_DEPTH:
        raise BadRequest(f"A chain may have {MAX_DEPTH} steps at the most.")
    if name.partition(":")[0] == HAS:
        return _reverse(query, name, value, narrow)
    return _chain(query, name, value, narrow)


def added(query: Query, one: Link) -> Query:
    """`query` with one more link. Raises `BadRequest` where that leads to too many searches."""
    grown = replace(query, links=(*query.links, one))
    if sum(1 for _ in inner(grown)) > MAX_QUERIES:
        raise BadRequest(
            f"The chains of a search may lead to {MAX_QUERIES} searches at the most: say which type"
            " a reference names, as in subject:Patient.name."
        )
    return grown


def inner(query: Query) -> Iterator[Query]:
    """Every query that the links of `query` lead to, at any depth."""
    for one in query.links:
        for other in one.targets if isinstance(one, Chain) else (one.source,):
            yield other
            yield from inner(other)


def _chain(query: Query, name: str, value: str, narrow: Narrow) -> Chain:
    _refuse_unlinked(query)
    head, _, rest = name.partition(".")
    own, colon, kind = head.partition(":")
    parameter = _reference(query.type, own, name)
    types = [t for t in parameter.targets or TABLE if t in STORED and (not colon or t == kind)]
    if not types:
        raise Unsupported(
            "not-supported",
            f"Search parameter {quoted(name)} leads to no resource type that is searched here.",
        )
    targets, refusals = list[Query](), list[Unsupported]()
    for type_name in types:
        try:
            targets.append(narrow(_other(query, type_name), rest, value))
        except Unsupported as refusal:
            refusals.append(refusal)
    if not targets:
        raise _refusal(refusals, name, rest)
    return Chain(parameter=parameter, targets=tuple(targets))


def _refusal(refusals: list[Unsupported], name: str, rest: str) -> Unsupported:
    if len(refusals) == 1:
        return refusals[0]
    return Unsupported(
        "not-supported",
        f"Nothing that search parameter {quoted(name)} leads to has a search parameter"
        f" {quoted(rest)} here.",
    )


def _reverse(query: Query, name: str, value: str, narrow: Narrow) -> Reverse:
    _refuse_unlinked(query)
    parts = name.split(":", 3)
    if len(parts) < 4:
        raise Unsupported(
            "invalid", "'_has' is written _has:[type]:[reference parameter]:[parameter]."
        )
    _, kind, own, rest = parts
    if kind not in STORED:
        raise Unsupported("not-supported", f"'_has' knows no resource type {quoted(kind)} here.")
    parameter = _reference(kind, own, name)
    if parameter.targets and query.type not in parameter.targets:
        raise Unsupported(
            "not-supported", f"Search parameter '{own}' of {kind} never names a {query.type}."
        )
    return Reverse(parameter=parameter, source=narrow(_other(query, kind), rest, value))


def _refuse_unlinked(query: Query) -> None:
    if query.type not in STORED:
        raise Unsupported("not-supported", f"A search of {query.type} follows no links here.")


def _reference(kind: str, own: str, name: str) -> Parameter:
    """The reference parameter that a step takes; `name` is the whole of what was asked.

    A canonical is none: the index does not tell a version that was said from one that was not.
    """
    parameter = TABLE[kind].get(own)
    if parameter is None:
        raise Unsupported("not-supported", f"{kind} has no search parameter {quoted(own)} here.")
    if parameter.kind is not Kind.REFERENCE or parameter.canonical:
        raise Unsupported(
            "not-supported",
            f"Search parameter '{own}' of {kind} is no reference to resources that {quoted(name)}"
            " could follow.",
        )
    return parameter


def _other(query: Query, kind: str) -> Query:
    return Query(type=kind, zone=query.zone, base_url=query.base_url, value_sets=query.value_sets)
