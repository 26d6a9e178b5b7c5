"""What an operation is told: by its query, or by a Parameters resource in the body.

http://hl7.org/fhir/R4/operations.html#request
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from service.errors import BadRequest
from service.fhir.resource import Resource
from service.fhir.search.refusal import quoted
from service.interactions.messages import Request

Given = Mapping[str, tuple[Any, ...]]
"""The values of each parameter in their order: text from a query, JSON from a body (the value of
`value[x]`, a resource, or the list of a parameter's parts)."""
RESOURCE = "resource"
"""The parameter that a body is which is no Parameters resource."""


def parameters(request: Request, known: Collection[str]) -> Given:
    """The parameters by name. Raises `BadRequest` for one that is not `known`, unless the client is
    lenient, and for a body that holds none."""
    given = dict[str, tuple[Any, ...]]()
    for name, value in told(request):
        if name in known:
            given[name] = (*given.get(name, ()), value)
        elif not request.prefer.lenient:
            raise BadRequest(f"The operation takes no parameter {quoted(name)}.", expression=None)
    return given


def told(request: Request) -> Iterator[tuple[str, Any]]:
    """Every parameter with its value, those of the query first. Raises `BadRequest` for a body that
    holds none."""
    yield from request.query
    yield from _body(request)


def text(given: Given, name: str) -> str | None:
    """The one value of a parameter that is text; None where it is not given.

    Raises `BadRequest` where there is more than one, or it is something else.
    """
    values = given.get(name, ())
    if not values:
        return None
    if len(values) > 1 or not isinstance(values[0], str):
        raise BadRequest(f"The parameter {quoted(name)} takes one text.")
    return values[0]


def _body(request: Request) -> Iterator[tuple[str, Any]]:
    if request.body is None or request.body == b"":
        return
    resource = request.resource()
    if resource["resourceType"] != "Parameters":
        yield RESOURCE, resource
        return
    for place, parameter in enumerate(resource.get("parameter", ())):
        yield _named(place, parameter)


def _named(place: int, parameter: Any) -> tuple[str, Any]:
    where = f"Parameters.parameter[{place}]"
    if not isinstance(parameter, Mapping) or not isinstance(parameter.get("name"), str):
        raise BadRequest(f"{where} must have a name.", expression=f"{where}.name")
    values = [value for key, value in parameter.items() if _holds_value(key)]
    if len(values) != 1:
        raise BadRequest(f"{where} must have one value, one resource, or parts.", expression=where)
    return parameter["name"], values[0]


def _holds_value(key: str) -> bool:
    return key in ("resource", "part") or (key.startswith("value") and len(key) > len("value"))


def resource_of(given: Given, name: str = RESOURCE) -> Resource | None:
    """The one resource given as `name`; None where there is none.

    Raises `BadRequest` where there are several, or it is no resource.
    """
    values = given.get(name, ())
    if not values:
        return None
    if len(values) > 1 or not isinstance(values[0], Mapping) or "resourceType" not in values[0]:
        raise BadRequest(f"The parameter {quoted(name)} takes one resource.")
    return values[0]
