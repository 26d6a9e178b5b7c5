"""GET [base]/metadata: what this server can do, read off the tables it runs on.

http://hl7.org/fhir/R4/http.html#capabilities
"""

from service.errors import BadRequest
from service.fhir.capability import (
    JSON,
    ConditionalDelete,
    Conduct,
    Inclusion,
    Offer,
    OperationOffer,
    capability_statement,
)
from service.fhir.compartment_definitions import DEFINITIONS
from service.fhir.exact_json import dumps
from service.fhir.search import includes
from service.fhir.search.parameters import TABLE
from service.fhir.search.refusal import quoted
from service.fhir.types import TYPES
from service.interactions.context import Site
from service.interactions.messages import Request, Response
from service.interactions.operations import offered
from service.interactions.patch import JSON_PATCH
from service.interactions.ports import Operation
from service.interactions.table import COMPARTMENTS, INTERACTIONS, Level

RELEASED = "2026-11-25"
"""When what is offered here last changed."""
CONDUCT = Conduct(
    update_create=True,
    conditional_create=True,
    conditional_update=True,
    conditional_delete=ConditionalDelete.SINGLE,
    conditional_read=True,
)
MODES = ("full", "normative")


def metadata(site: Site, request: Request) -> Response:
    """The CapabilityStatement; there is no other mode."""
    if not request.prefer.lenient:
        _refuse_other_modes(request)
    statement = capability_statement(
        software=site.software,
        date=RELEASED,
        types=TYPES.values(),
        offers=[
            Offer(code=row.code, writes=row.writes, types=row.types)
            for row in INTERACTIONS
            if row.code and row.level is not Level.SYSTEM
        ],
        system=(
            "transaction",
            "batch",
            *(row.code for row in INTERACTIONS if row.code and row.level is Level.SYSTEM),
        ),
        conduct=CONDUCT,
        parameters=TABLE,
        patch_formats=(JSON, JSON_PATCH),
        compartments=[f"{DEFINITIONS}{name.lower()}" for name in COMPARTMENTS],
        includes={
            kind: Inclusion(include=includes.offered(kind), reverse=includes.offered_reverse(kind))
            for kind in TABLE
        },
        operations=[_offer(row.operation) for row in offered(site)],
        security=site.security,
    )
    return Response(status=200, body=dumps(statement))


def _offer(operation: Operation) -> OperationOffer:
    on_types = {Level.TYPE, Level.INSTANCE} & set(operation.levels)
    return OperationOffer(
        name=operation.name,
        definition=operation.definition,
        documentation=operation.documentation,
        system=Level.SYSTEM in operation.levels,
        types=frozenset(operation.types or TYPES) if on_types else frozenset(),
    )


def _refuse_other_modes(request: Request) -> None:
    for name, value in request.query:
        if name != "mode":
            raise BadRequest(f"The CapabilityStatement takes no parameter {quoted(name)}.")
        if value not in MODES:
            raise BadRequest("The CapabilityStatement is offered in the mode full only.")
