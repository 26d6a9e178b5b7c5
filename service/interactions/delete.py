"""DELETE [base]/[type]/[id], and of the one resource that meets a condition: gone from search, kept
in history. http://hl7.org/fhir/R4/http.html#delete"""

from service.fhir.resource import Identity
from service.interactions import conditional
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.interactions.update import expected
from service.interactions.write import applied, removed


async def delete(context: Context, request: Request) -> Response:
    """204, however often it is asked."""
    asked, wanted = conditional.condition(request), expected(request)
    if asked is None:
        identity = Identity(type=request.path[0], id=request.path[1])
    else:
        found = await conditional.sole(context, asked)
        if found is None:
            conditional.refuse_version_of_nothing(wanted)
            return Response(status=204)
        identity = found.identity
    await applied(context, [], await removed(context, {identity: wanted}))
    return Response(status=204, about=identity)
