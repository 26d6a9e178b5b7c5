"""GET [base]/Patient/[id]/$[name]: what is computed live from one patient's records."""

from service.fhir.body import parse
from service.fhir.exact_json import dumps
from service.fhir.resource import Identity, PatientKey
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.interactions.ports import OperationInput
from service.interactions.read import standing
from service.store import derivation, store


async def operate(context: Context, request: Request) -> Response:
    """The operation's answer. Raises `NotFound` or `Gone` as reading the patient would."""
    type_name, key, name = request.path
    await standing(context, Identity(type=type_name, id=key))
    patient = PatientKey(key)
    operation = next(o for o in context.site.ports.operations if f"${o.name}" == name)
    records, _ = await derivation.standing(context.tx, patient)
    versions = await store.read_many(context.tx, operation.needs(records))
    given = OperationInput(
        patient=patient,
        records=records,
        resources=[parse(version.body) for version in versions if version.body is not None],
        base_url=context.site.base_url,
        parameters=dict(request.query),
    )
    return Response(status=200, body=dumps(operation.run(given)))
