"""Whether a resource is linked with others as a search asks, read off their JSON."""

from collections.abc import Callable, Iterator, Sequence

from service.fhir.resource import Resource
from service.fhir.search.elements import referred
from service.fhir.search.parameters import Parameter
from service.fhir.search.paths import reader
from service.fhir.search.query import Chain, Link, Query

Meets = Callable[[Resource, Query], bool]
"""Whether one of the other resources meets a query of its own."""


def linked(
    resource: Resource, link: Link, base_url: str, world: Sequence[Resource], meets: Meets
) -> bool:
    """`world` holds every resource there is."""
    if isinstance(link, Chain):
        named = set(referred_to(resource, link.parameter, base_url))
        return any(
            _name(other) in named and meets(other, target)
            for other in world
            for target in link.targets
        )
    return any(
        meets(other, link.source)
        and _name(resource) in referred_to(other, link.parameter, base_url)
        for other in world
    )


def referred_to(resource: Resource, parameter: Parameter, base_url: str) -> Iterator[str]:
    """What a resource refers to by a parameter: `[type]/[id]` where that is on this server."""
    for path in parameter.paths:
        for element in reader(path)(resource):
            text = referred(element, parameter.targets, base_url)
            if text is not None:
                yield text


def _name(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"
