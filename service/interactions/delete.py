"""DELETE [base]/[type]/[id]: gone from search, kept in history. http://hl7.org/fhir/R4/http.html#delete"""

from service.fhir.resource import Identity
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.interactions.update import expected
from service.interactions.write import applied, removed


async def delete(context: Context, request: Request) -> Response:
    """204, however often it is asked."""
    identity = Identity(type=request.path[0], id=request.path[1])
    left = await removed(context, {identity: expected(request.headers.get("if-match"))})
    await applied(context, [], left)
    return Response(status=204)
