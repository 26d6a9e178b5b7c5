"""POST [base]/[type]: a new resource under an id of ours. http://hl7.org/fhir/R4/http.html#create"""

from uuid import uuid4

from service.errors import BadRequest
from service.fhir.resource import Identity, Resource
from service.interactions import conditional
from service.interactions.answer import stored
from service.interactions.context import Context
from service.interactions.draft import Draft
from service.interactions.messages import Request, Response
from service.interactions.write import applied, checked
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
    issues = checked(context, resource, request.prefer)
    draft = Draft(
        identity=Identity(type=request.path[0], id=str(uuid4())),
        resource=resource,
        expected=CREATE,
        method="POST",
        lenient=request.prefer.lenient,
    )
    (version,) = (await applied(context, [draft])).versions
    return stored(request, version, created=True, issues=issues)


def of_type(resource: Resource, type_name: str) -> Resource:
    """The resource itself. Raises `BadRequest` where it is of another type than the URL says."""
    if resource.get("resourceType") != type_name:
        raise BadRequest(
            f"The body's resourceType must be {type_name}, as in the URL.",
            expression="resourceType",
        )
    return resource
