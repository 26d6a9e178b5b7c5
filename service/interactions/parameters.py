"""What an operation is told: by its query, or by a Parameters resource in the body.

http://hl7.org/fhir/R4/operations.html#request
"""

from collections.abc import Collection, Iterator
from typing import Any

from service.errors import BadRequest
from service.fhir.given import RESOURCE, Given, gathered, named, resource_of, text
from service.fhir.search.refusal import quoted
from service.interactions.messages import Request

__all__ = ["RESOURCE", "Given", "parameters", "resource_of", "text", "told"]


def parameters(request: Request, known: Collection[str]) -> Given:
    """The parameters by name. Raises `BadRequest` for one that is not `known`, unless the client is
    lenient, and for a body that holds none."""
    given = list(told(request))
    unknown = next((name for name, _ in given if name not in known), None)
    if unknown is not None and not request.prefer.lenient:
        raise BadRequest(f"The operation takes no parameter {quoted(unknown)}.", expression=None)
    return gathered((name, value) for name, value in given if name in known)


def told(request: Request) -> Iterator[tuple[str, Any]]:
    """Every parameter with its value, those of the query first. Raises `BadRequest` for a body that
    holds none."""
    yield from request.query
    yield from _body(request)


def _body(request: Request) -> Iterator[tuple[str, Any]]:
    if request.body is None or request.body == b"":
        return
    resource = request.resource()
    if resource["resourceType"] != "Parameters":
        yield RESOURCE, resource
        return
    yield from named(resource.get("parameter", ()), "Parameters.parameter")
