"""PUT [base]/[type]/[id]: a new version, or a new resource under the client's id.

http://hl7.org/fhir/R4/http.html#update
"""

import re

from service.errors import BadRequest
from service.fhir.resource import Identity, Resource
from service.interactions.answer import stored
from service.interactions.context import Context
from service.interactions.create import of_type
from service.interactions.messages import Request, Response
from service.interactions.write import Draft, applied, checked
from service.store.write import ANY, Expected

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""http://hl7.org/fhir/R4/datatypes.html#id"""
ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')


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
    (version,) = await applied(context, [draft])
    return stored(request, version, created=version.number == 1, issues=issues)


def addressed(request: Request) -> tuple[Resource, Identity]:
    """The body and where it goes. Raises `BadRequest` where the body names another place."""
    type_name, key = request.path
    if ID.fullmatch(key) is None:
        raise BadRequest("An id is 1 to 64 letters, digits, '-' and '.'.", expression="id")
    resource = of_type(request.resource(), type_name)
    if resource.get("id") != key:
        raise BadRequest(
            f"The body's id must be there and equal the id in the URL, {key}.", expression="id"
        )
    return resource, Identity(type=type_name, id=key)


def expected(if_match: str | None) -> Expected:
    """The version that If-Match demands. http://hl7.org/fhir/R4/http.html#concurrency"""
    if if_match is None:
        return ANY
    match = ETAG.fullmatch(if_match.strip())
    if match is None:
        raise BadRequest('If-Match takes one version as sent in ETag, such as W/"1".')
    return int(match[1])
