"""GET [base]/Patient/[id]/[type]?... and its like: a search among what is linked to one resource.

http://hl7.org/fhir/R4/http.html#search and https://hl7.org/fhir/R4/compartmentdefinition.html
"""

from service.fhir.resource import Identity
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.interactions.read import standing
from service.interactions.search import found
from service.interactions.search_all import search_all
from service.interactions.table import EVERY_TYPE


async def compartment(context: Context, request: Request) -> Response:
    """A searchset Bundle, empty where nothing matches.

    Raises `NotFound` or `Gone` as reading the resource would whose compartment it is.
    """
    owner = Identity(type=request.path[0], id=request.path[1])
    await standing(context, owner)
    if request.path[2] == EVERY_TYPE:
        return await search_all(context, request, owner)
    return await found(context, request, request.path[2], owner)
