"""The one door between what is stored and who asks: what the caller may not see is not there."""

from collections.abc import Iterable, Mapping

import orjson
from msgspec.structs import replace

from service.fhir.access import Access
from service.fhir.resource import Identity, Version
from service.fhir.scopes import Verb
from service.fhir.search.query import Chain, Link, Query


def confined(query: Query, access: Access) -> Query:
    """The same search of what the caller sees, its links to other resources included."""
    if access.rights is None:
        return query
    return replace(
        query,
        sight=access.rights.sight(query.type, Verb.SEARCH),
        links=tuple(_link(link, access) for link in query.links),
    )


def _link(link: Link, access: Access) -> Link:
    if isinstance(link, Chain):
        return replace(link, targets=tuple(confined(target, access) for target in link.targets))
    return replace(link, source=confined(link.source, access))


def shows(access: Access, version: Version, verb: Verb) -> bool:
    """Whether the caller may do `verb` with a version, which is no deletion."""
    if access.rights is None:
        return True
    assert version.body is not None
    return access.rights.sees(orjson.loads(version.body), verb)


def seen(access: Access, bodies: Mapping[Identity, bytes], verb: Verb) -> Mapping[Identity, bytes]:
    """Those of what stands that the caller may do `verb` with."""
    rights = access.rights
    if rights is None:
        return bodies
    return {i: body for i, body in bodies.items() if rights.sees(orjson.loads(body), verb)}


def shown(access: Access, versions: Iterable[Version], verb: Verb) -> tuple[Version, ...]:
    """Those that `shows` lets pass."""
    return tuple(v for v in versions if v.body is not None and shows(access, v, verb))
