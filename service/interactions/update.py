"""PUT [base]/[type]/[id]: a new version, or a new resource under the client's id; and PUT
[base]/[type]?criteria, of the one resource that meets a condition.

http://hl7.org/fhir/R4/http.html#update
"""

import re

from service.errors import BadRequest, PreconditionFailed
from service.fhir.resource import Identity, Resource, Version
from service.interactions import conditional
from service.interactions.answer import stored
from service.interactions.context import Context
from service.interactions.create import of_type
from service.interactions.draft import Draft
from service.interactions.messages import Request, Response
from service.interactions.write import applied, checked
from service.store.write import ABSENT, ANY, Expected

ETAG = re.compile(r'(?:W/)?"([^",]*)"')
NUMBER = re.compile(r"[1-9][0-9]{0,8}")


async def update(context: Context, request: Request) -> Response:
    """200 with the new version, 201 where the id was free or its resource deleted, or where nothing
    met the condition."""
    asked = conditional.condition(request)
    found = None if asked is None else await conditional.sole(context, asked)
    aimed = await aim(context, request, found)
    issues = checked(context.site, aimed.resource, request.prefer)
    result = await applied(context, [aimed])
    (version,) = result.versions
    return stored(request, version, created=aimed.identity in result.created, issues=issues)


async def aim(context: Context, request: Request, found: Version | None) -> Draft:
    """What is to be stored, and where; `found` is what met the condition, if there is one.

    Raises `BadRequest` where the body names another place.
    """
    resource = of_type(request.resource(), request.path[0])
    wanted = _absent(request) or expected(request)
    if len(request.path) == 1:
        identity, wanted = await conditional.aim(context, resource, found, wanted)
    else:
        identity = _addressed(request, resource)
    return Draft(
        identity=identity, resource=resource, expected=wanted, lenient=request.prefer.lenient
    )


def _addressed(request: Request, resource: Resource) -> Identity:
    type_name, key = request.path
    if resource.get("id") != key:
        raise BadRequest(
            f"The body's id must be there and equal the id in the URL, {key}.",
            expression=f"{type_name}.id",
        )
    return Identity(type=type_name, id=key)


def _absent(request: Request) -> Expected | None:
    """If-None-Match: only where nothing stands. https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2

    Raises `BadRequest` where it says anything else than `*`, or If-Match is there, too.
    """
    tag = request.headers.get("if-none-match")
    if tag is None:
        return None
    if tag.strip() != "*" or "if-match" in request.headers:
        raise BadRequest("If-None-Match of an update is '*', and stands without If-Match.")
    return ABSENT


def expected(request: Request) -> Expected:
    """The version that If-Match demands. http://hl7.org/fhir/R4/http.html#concurrency

    Raises `BadRequest` where it is no ETag, `PreconditionFailed` where it is not one of ours.
    """
    if_match = request.headers.get("if-match")
    if if_match is None:
        return ANY
    tag = ETAG.fullmatch(if_match.strip())
    if tag is None:
        raise BadRequest('If-Match takes one version as sent in ETag, such as W/"1".')
    if NUMBER.fullmatch(tag[1]) is None:
        raise PreconditionFailed("If-Match names a version that this server never made.")
    return int(tag[1])
