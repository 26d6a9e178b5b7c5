"""Running an operation that comes in at the port: a pure function of what it says it reads.

http://hl7.org/fhir/R4/operations.html#request
"""

from collections.abc import Awaitable, Callable, Sequence

from service.fhir.body import parse
from service.fhir.exact_json import dumps
from service.fhir.resource import Identity, PatientKey, Record, Resource
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.interactions.parameters import parameters
from service.interactions.ports import OperationInput, PureOperation, Reads
from service.interactions.read import standing
from service.store import derivation, store


def operate(operation: PureOperation) -> Callable[[Context, Request], Awaitable[Response]]:
    """What answers requests for `operation`: 200 with the resource that it computes.

    Raises `NotFound` or `Gone` as reading the resource in the path would.
    """

    async def run(context: Context, request: Request) -> Response:
        given = await _input(context, request, operation)
        return Response(status=200, body=dumps(operation.run(given)))

    return run


async def _input(context: Context, request: Request, operation: PureOperation) -> OperationInput:
    patient, instance = None, None
    records: Sequence[Record] = ()
    resources: Sequence[Resource] = ()
    if len(request.path) == 3:
        identity = Identity(type=request.path[0], id=request.path[1])
        version = await standing(context, identity)
        assert version.body is not None
        instance = parse(version.body)
        if operation.reads is Reads.PATIENT:
            patient = PatientKey(identity.id)
            records, _ = await derivation.standing(context.tx, patient)
            versions = await store.read_many(context.tx, operation.needs(records))
            resources = [parse(v.body) for v in versions if v.body is not None]
    return OperationInput(
        type=request.path[0] if len(request.path) > 1 else None,
        instance=instance,
        patient=patient,
        records=records,
        resources=resources,
        base_url=context.site.base_url,
        parameters=parameters(request, operation.parameters),
    )
