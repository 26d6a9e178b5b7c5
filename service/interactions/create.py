"""POST [base]/[type]: a new resource under an id of ours. http://hl7.org/fhir/R4/http.html#create"""

from uuid import uuid4

from service.errors import BadRequest, Issue
from service.fhir.access import Access
from service.fhir.resource import Identity, Resource
from service.interactions import conditional
from service.interactions.answer import stored
from service.interactions.context import Context, Site
from service.interactions.creations import Creation
from service.interactions.draft import Draft
from service.interactions.messages import Request, Response
from service.interactions.permission import refuse_creating
from service.interactions.write import applied, checked
from service.interactions.write import stored as written
from service.store.write import CREATE


async def create(context: Context, request: Request) -> Response:
    """201 with the new version's Location; with If-None-Exist maybe the one that is there, and then
    what was sent is not looked at."""
    resource = of_type(request.resource(), request.path[0])
    asked = conditional.condition(request)
    if asked is not None:
        await conditional.lock(context, [conditional.lock_key(context, asked)])
        found = await conditional.match(context, asked)
        if found is not None:
            return stored(request, found, created=False)
    draft, issues = _drafted(context.site, resource, request)
    (version,) = (await applied(context, [draft])).versions
    return stored(request, version, created=True, issues=issues)


def creation(site: Site, access: Access, request: Request) -> Creation:
    """A create that asks nothing of what exists, ready to be stored beside others."""
    draft, issues = _drafted(site, of_type(request.resource(), request.path[0]), request)
    refuse_creating(access, draft)
    return Creation(
        draft=draft,
        write=written(site, draft),
        answer=lambda version: stored(request, version, created=True, issues=issues),
    )


def _drafted(site: Site, resource: Resource, request: Request) -> tuple[Draft, tuple[Issue, ...]]:
    """What is to be stored, and what is to be said of it."""
    issues = checked(site, resource, request.prefer)
    draft = Draft(
        identity=Identity(type=request.path[0], id=str(uuid4())),
        resource=resource,
        expected=CREATE,
        method="POST",
        lenient=request.prefer.lenient,
    )
    return draft, issues


def of_type(resource: Resource, type_name: str) -> Resource:
    """The resource itself. Raises `BadRequest` where it is of another type than the URL says."""
    if resource.get("resourceType") != type_name:
        raise BadRequest(
            f"The body's resourceType must be {type_name}, as in the URL.",
            expression="resourceType",
        )
    return resource
