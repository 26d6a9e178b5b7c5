"""PATCH [base]/[type]/[id], and of the one resource that meets a condition.

http://hl7.org/fhir/R4/http.html#patch
"""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from service.errors import (
    BadRequest,
    Forbidden,
    Inapplicable,
    Malformed,
    NotFound,
    PreconditionFailed,
    TooLarge,
    UnsupportedMediaType,
)
from service.fhir import fhirpath_patch
from service.fhir import patch as json_patch
from service.fhir.body import parse
from service.fhir.exact_json import dumps, loads
from service.fhir.references import references
from service.fhir.resource import Identity, Resource, Version
from service.fhir.scopes import Verb
from service.interactions import conditional
from service.interactions.answer import stored
from service.interactions.context import Context, Site
from service.interactions.draft import Draft
from service.interactions.messages import Request, Response
from service.interactions.permission import readable
from service.interactions.read import standing
from service.interactions.update import expected
from service.interactions.write import applied, checked
from service.store import write

JSON_PATCH = "application/json-patch+json"


async def patch(context: Context, request: Request) -> Response:
    """200 with the new version, which a patch makes even where it changes nothing."""
    draft = changed(context.site, request, await _target(context, request))
    issues = checked(context.site, draft.resource, request.prefer)
    (version,) = (await applied(context, [draft])).versions
    response = stored(request, version, created=False, issues=issues)
    return response if readable(context, version) else replace(response, body=None)


async def _target(context: Context, request: Request) -> Version:
    """What is to be changed, held: a patch of a version that another write replaces would undo it.

    Raises `NotFound`, `Gone`, or `MultipleMatches` for a condition that several meet.
    """
    asked = conditional.condition(request)
    if asked is None:
        identity = Identity(type=request.path[0], id=request.path[1])
        await write.lock(context.tx, [identity])
        return await standing(context, identity, Verb.UPDATE)
    return sole(await conditional.sole(context, asked), asked.type)


def sole(found: Version | None, type_name: str) -> Version:
    """The version itself. Raises `NotFound` where a condition found none."""
    if found is None:
        raise NotFound(f"No {type_name} meets the condition.")
    return found


def changed(site: Site, request: Request, version: Version) -> Draft:
    """What a patch makes of a version.

    Raises `PreconditionFailed` where If-Match names another version, `Forbidden` where clients do
    not write the resource, and what applying the patch raises.
    """
    wanted = expected(request)
    if isinstance(wanted, int) and wanted != version.number:
        raise PreconditionFailed(f"{version.identity} is not at version {wanted}: read it again.")
    if version.derived:
        raise Forbidden(f"{version.identity} is derived from a patient's records and read-only.")
    assert version.body is not None
    before = parse(version.body)
    kept = frozenset(text for _, text in references(before))
    after = _patched(before, _document(request))
    if after.get("resourceType") != version.identity.type or after.get("id") != version.identity.id:
        raise Inapplicable("A patch changes neither the type nor the id of a resource.")
    return Draft(
        identity=version.identity,
        resource=_writable(after, site.body_limit),
        expected=version.number,
        lenient=request.prefer.lenient,
        kept=kept,
    )


def _patched(resource: dict[str, Any], document: Any) -> Resource:
    if isinstance(document, list):
        return json_patch.patched(resource, document)
    if isinstance(document, Mapping) and document.get("resourceType") == "Parameters":
        return fhirpath_patch.patched(resource, document)
    raise BadRequest("A patch is an array of operations, or a Parameters resource.")


def _document(request: Request) -> Any:
    """The operations as they were sent. Raises `BadRequest` where there are none."""
    if isinstance(request.body, Mapping):
        return _of_entry(request.body)
    if not request.body:
        raise BadRequest("PATCH needs a patch as its body.")
    document = loads(request.body)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == JSON_PATCH and not isinstance(document, list):
        raise BadRequest("A JSON Patch is an array of operations.")
    return document


def _of_entry(resource: Resource) -> Any:
    """In a Bundle a JSON Patch comes as a Binary resource."""
    if resource.get("resourceType") != "Binary":
        return resource
    if resource.get("contentType") != JSON_PATCH:
        raise UnsupportedMediaType(
            f"A patch in a Binary must be {JSON_PATCH}.", expression="Binary.contentType"
        )
    try:
        return loads(b64decode("".join(str(resource.get("data", "")).split()), validate=True))
    except (binascii.Error, ValueError):
        raise BadRequest("Binary.data must be base64.", expression="Binary.data") from None


def _writable(resource: Resource, most: int) -> Resource:
    """What could not have been sent as a whole does not come about in parts."""
    try:
        body = dumps(resource)
        again = loads(body)
    except (Malformed, TypeError):
        raise Inapplicable("The patch leaves what could not be sent as a resource.") from None
    if len(body) > most:
        raise TooLarge(f"A resource may have {most} bytes at the most.")
    assert isinstance(again, dict)
    return again
