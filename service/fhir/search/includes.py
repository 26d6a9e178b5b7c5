"""`_include` and `_revinclude`: what is answered beside the matches, and how it is named.

http://hl7.org/fhir/R4/search.html#include
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from msgspec.structs import replace

from service.fhir.resource import Resource
from service.fhir.search.elements import referred
from service.fhir.search.parameters import TABLE, Kind, Parameter
from service.fhir.search.paths import reader
from service.fhir.search.query import Include, Join, Query, Summary
from service.fhir.search.refusal import Unsupported, quoted
from service.fhir.types import STORED

ALL = "*"


def refuse_with_text(query: Query) -> None:
    """Raises `Unsupported`: "the _include and _revinclude parameters cannot be mixed with
    _summary=text"."""
    if query.includes and query.summary is Summary.TEXT:
        raise Unsupported(
            "not-supported", "'_include' and '_revinclude' cannot be mixed with '_summary=text'."
        )


def without(query: Query) -> Query:
    used = tuple(pair for pair in query.used if pair[0] not in READERS)
    return replace(query, includes=(), used=used)


def references(kind: str) -> Iterator[Parameter]:
    """The parameters of a type that can be followed."""
    return (p for p in TABLE[kind].values() if p.kind is Kind.REFERENCE)


def offered(kind: str) -> tuple[str, ...]:
    """Every value of `_include` in a search of a type."""
    return (ALL, *(f"{kind}:{parameter.name}" for parameter in references(kind)))


def offered_reverse(kind: str) -> tuple[str, ...]:
    """Every value of `_revinclude` in a search of a type."""
    return (
        ALL,
        *(
            f"{source}:{parameter.name}"
            for source in STORED
            for parameter in references(source)
            if not parameter.targets or kind in parameter.targets
        ),
    )


def named(resource: Resource, join: Join, base_url: str) -> Iterator[str]:
    """What `resource` names by a join, each as `names` writes it; nothing where it is of another
    type than the join's source."""
    if resource["resourceType"] != join.source:
        return
    targets = (join.target,) if join.target else join.parameter.targets
    for path in join.parameter.paths:
        for element in reader(path)(resource):
            if not join.parameter.canonical:
                yield referred(element, targets, base_url) or ""
            elif isinstance(element, str):
                yield element


def names(resource: Resource) -> tuple[str, ...]:
    """What names a resource: its type and id; its URL alone, and with its version."""
    known = [f"{resource['resourceType']}/{resource['id']}"]
    url, version = resource.get("url"), resource.get("version")
    if isinstance(url, str):
        known += [url] if version is None else [url, f"{url}|{version}"]
    return tuple(known)


def _read(query: Query, value: str, *, name: str, reverse: bool, iterate: bool) -> Query:
    joins = tuple(_joins(name, value, STORED if reverse else tuple(TABLE)))
    if not iterate:
        joins = tuple(join for join in joins if _meets(query.type, join, reverse=reverse))
    if not joins and value != ALL:
        raise Unsupported(
            "not-supported",
            f"'{name}' as given never leads from a {query.type}; with ':iterate' it is asked of"
            " what is included, too.",
        )
    include = Include(joins=joins, reverse=reverse, iterate=iterate)
    return replace(query, includes=(*query.includes, include))


def _joins(name: str, value: str, sources: Sequence[str]) -> Iterator[Join]:
    """`*`, `[type]:*`, `[type]:[parameter]`, the latter two with a target type after them."""
    source, _, rest = value.partition(":")
    own, colon, target = rest.partition(":")
    if value == ALL:
        yield from (Join(source=kind, parameter=p) for kind in sources for p in references(kind))
        return
    if source not in sources:
        raise Unsupported("not-supported", f"'{name}' knows no resource type {quoted(source)}.")
    chosen = [p for p in references(source) if own in (ALL, p.name)]
    if not chosen:
        raise Unsupported(
            "not-supported",
            f"'{name}' knows no reference parameter {quoted(own)} of {source} here.",
        )
    if colon:
        chosen = [p for p in chosen if target in (p.targets or STORED) and target in STORED]
    if not chosen:
        raise Unsupported(
            "not-supported", f"'{name}' leads by '{own}' of {source} to no {quoted(target)} here."
        )
    yield from (Join(source=source, parameter=p, target=target or None) for p in chosen)


def _meets(kind: str, join: Join, *, reverse: bool) -> bool:
    """Whether a join begins at, or where it is followed backwards ends at, resources of `kind`."""
    if not reverse:
        return join.source == kind
    targets = (join.target,) if join.target else join.parameter.targets
    return not targets or kind in targets


READERS: Mapping[str, Callable[[Query, str], Query]] = MappingProxyType(
    {
        name + modifier: partial(_read, name=name, reverse=reverse, iterate=bool(modifier))
        for name, reverse in (("_include", False), ("_revinclude", True))
        for modifier in ("", ":iterate")
    }
)
"""By name: the query with what was asked."""
