"""DELETE [base]/[type]/[id]: gone from search, kept in history. http://hl7.org/fhir/R4/http.html#delete"""

from service.errors import PreconditionFailed
from service.fhir.resource import Identity
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.interactions.update import expected
from service.interactions.write import applied
from service.store import store
from service.store.write import ANY


async def delete(context: Context, request: Request) -> Response:
    """204, however often it is asked."""
    identity = Identity(type=request.path[0], id=request.path[1])
    wanted = expected(request.headers.get("if-match"))
    if wanted is not ANY:
        version = await store.read(context.tx, identity)
        if version is None or version.number != wanted:
            raise PreconditionFailed(f"{identity} is not at the version that If-Match names.")
    await applied(context, [], [identity])
    return Response(status=204)
