"""GET [base]/[type]/[id] and its versions. http://hl7.org/fhir/R4/http.html#read"""

from email.utils import parsedate_to_datetime

from msgspec.structs import replace

from service.errors import Gone, NotFound
from service.fhir.resource import Identity, Version
from service.fhir.scopes import Verb
from service.interactions.asked import asked, part, refuse_count
from service.interactions.context import Context, Site
from service.interactions.messages import Request, Response
from service.store import store


async def read(context: Context, request: Request) -> Response:
    """The current version; 304 where the client has it, 410 where it was deleted."""
    return wanted(context.site, request, await standing(context, at(request)))


async def vread(context: Context, request: Request) -> Response:
    """One version. http://hl7.org/fhir/R4/http.html#vread"""
    identity, number = at(request), request.path[3]
    version = None
    if number.isascii() and number.isdigit() and len(number) < 10:
        version = await store.read_version(context.tx, identity, int(number))
    if version is None:
        raise NotFound(f"{identity} has no such version.")
    if version.deleted:
        raise Gone(f"Version {version.number} of {identity} is its deletion.")
    return wanted(context.site, request, version)


def at(request: Request) -> Identity:
    """The resource that is named by the path."""
    return Identity(type=request.path[0], id=request.path[1])


async def standing(context: Context, identity: Identity, verb: Verb = Verb.READ) -> Version:
    """The current version. Raises `NotFound` where there never was one with which the caller may do
    `verb`, `Gone` after a delete."""
    return stood(identity, await store.read(context.tx, identity, verb))


def stood(identity: Identity, version: Version | None) -> Version:
    """The version itself. Raises as `standing` does."""
    if version is None:
        raise NotFound(f"There is no {identity}.")
    if version.deleted:
        raise Gone(f"{identity} was deleted.")
    return version


def wanted(site: Site, request: Request, version: Version) -> Response:
    """As much of a version as is asked for."""
    given = asked(site, request, what="A read", kind=request.path[0])
    refuse_count(given)
    response = unless_known(request, version)
    if response.body is None:
        return response
    return replace(response, body=part(response.body, given.shape))


def unless_known(request: Request, version: Version) -> Response:
    """http://hl7.org/fhir/R4/http.html#cread"""
    known = request.headers.get("if-none-match")
    if known is not None:
        fresh = not _names(known, version)
    else:
        fresh = not _unchanged_since(request.headers.get("if-modified-since"), version)
    if not fresh:
        return Response(status=304, version=version)
    return Response(status=200, body=version.body, version=version)


def _names(if_none_match: str, version: Version) -> bool:
    """Compared weakly, as https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 asks."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or version.etag.removeprefix("W/") in tags


def _unchanged_since(header: str | None, version: Version) -> bool:
    """A header that is no HTTP date is ignored, as RFC 9110 section 13.1.3 asks."""
    if header is None:
        return False
    try:
        since = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return False
    if since.tzinfo is None:
        return False
    return version.last_updated.replace(microsecond=0) <= since
