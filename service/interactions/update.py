"""PUT [base]/[type]/[id]: a new version, or a new resource under the client's id.

http://hl7.org/fhir/R4/http.html#update
"""

import re

from service.errors import BadRequest, PreconditionFailed
from service.fhir.resource import Identity, Resource
from service.interactions.answer import stored
from service.interactions.context import Context
from service.interactions.create import of_type
from service.interactions.draft import Draft
from service.interactions.messages import Request, Response
from service.interactions.write import applied, checked
from service.store.write import ANY, Expected

ETAG = re.compile(r'(?:W/)?"([^",]*)"')
NUMBER = re.compile(r"[1-9][0-9]{0,8}")


async def update(context: Context, request: Request) -> Response:
    """200 with the new version, 201 where the id was free or its resource deleted."""
    resource, identity = addressed(request)
    issues = checked(context, resource, request.prefer)
    draft = Draft(
        identity=identity,
        resource=resource,
        expected=expected(request.headers.get("if-match")),
        lenient=request.prefer.lenient,
    )
    result = await applied(context, [draft])
    (version,) = result.versions
    return stored(request, version, created=identity in result.created, issues=issues)


def addressed(request: Request) -> tuple[Resource, Identity]:
    """The body and where it goes. Raises `BadRequest` where the body names another place."""
    type_name, key = request.path
    resource = of_type(request.resource(), type_name)
    if resource.get("id") != key:
        raise BadRequest(
            f"The body's id must be there and equal the id in the URL, {key}.",
            expression=f"{type_name}.id",
        )
    return resource, Identity(type=type_name, id=key)


def expected(if_match: str | None) -> Expected:
    """The version that If-Match demands. http://hl7.org/fhir/R4/http.html#concurrency

    Raises `BadRequest` where it is no ETag, `PreconditionFailed` where it is not one of ours.
    """
    if if_match is None:
        return ANY
    tag = ETAG.fullmatch(if_match.strip())
    if tag is None:
        raise BadRequest('If-Match takes one version as sent in ETag, such as W/"1".')
    if NUMBER.fullmatch(tag[1]) is None:
        raise PreconditionFailed("If-Match names a version that this server never made.")
    return int(tag[1])
