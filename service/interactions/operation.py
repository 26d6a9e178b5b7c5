"""Running an operation that comes in at the port: a pure function of what it says it reads.

http://hl7.org/fhir/R4/operations.html#request
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

from service.fhir.body import parse
from service.fhir.compartments import patient_of
from service.fhir.exact_json import dumps
from service.fhir.references import local
from service.fhir.resource import Identity, PatientKey, Record, Resource, Version
from service.fhir.scopes import Verb
from service.fhir.search.parse import parse as query
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.interactions.parameters import parameters
from service.interactions.ports import OperationInput, PureOperation, Reads
from service.interactions.read import standing
from service.store import derivation, store
from service.store.search import search


def operate(operation: PureOperation) -> Callable[[Context, Request], Awaitable[Response]]:
    """What answers requests for `operation`: 200 with the resource that it computes.

    Raises `NotFound` or `Gone` as reading the resource in the path would.
    """

    async def run(context: Context, request: Request) -> Response:
        given = await _input(context, request, operation)
        made = operation.run(given)
        body = made if isinstance(made, bytes) else dumps(made)
        return Response(status=200, body=body, patients=_patients(context, given))

    return run


async def _input(context: Context, request: Request, operation: PureOperation) -> OperationInput:
    patient, instance, seen = None, None, None
    records: Sequence[Record] = ()
    digests: Mapping[Identity, bytes] = {}
    bodies = dict[Identity, bytes]()
    told = parameters(request, operation.parameters)
    type_name = request.path[0] if len(request.path) > 1 else None
    resources = list(await _named(context, type_name, operation.names(told)))
    if len(request.path) == 3:
        identity = Identity(type=request.path[0], id=request.path[1])
        version = await standing(context, identity)
        assert version.body is not None
        instance = parse(version.body)
        if operation.reads is Reads.PATIENT:
            patient = PatientKey(identity.id)
            records, digests = await derivation.standing(context.tx, patient)
            versions = await store.read_many(context.tx, operation.needs(records), Verb.SEARCH)
            bodies = {each.identity: each.body for each in versions if each.body is not None}
            if operation.compares:
                bodies |= await store.derived(context.tx, patient, Verb.SEARCH)
            of_record = (*(record.identity for record in records), *digests)
            seen = await _seen(context, () if operation.compares else of_record, bodies)
    return OperationInput(
        tenant=context.tx.tenant,
        type=type_name,
        instance=instance,
        patient=patient,
        records=records,
        resources=resources,
        base_url=context.site.base_url,
        parameters=told,
        seen=seen,
        bodies=bodies,
        digests=digests,
    )


def _patients(context: Context, given: OperationInput) -> tuple[PatientKey, ...]:
    """Whose records were read for it."""
    read = [*given.resources, *([given.instance] if given.instance else [])]
    named = {patient_of(resource, context.site.base_url) for resource in read}
    return tuple(sorted(key for key in (given.patient, *named) if key is not None))


async def _seen(
    context: Context, identities: Sequence[Identity], bodies: Mapping[Identity, bytes]
) -> Collection[Identity] | None:
    """Those that a search would show to the caller, and those that were read as one; None where
    that is everything."""
    if context.tx.access.rights is None:
        return None
    found = await store.read_many(context.tx, identities, Verb.SEARCH)
    return {*bodies, *(version.identity for version in found if not version.deleted)}


async def _named(
    context: Context, type_name: str | None, names: Sequence[str]
) -> Sequence[Resource]:
    """What stands under each reference, or under a canonical among resources of the type."""
    found = list[Version]()
    for name in names:
        identity = local(name, context.site.base_url)
        if identity is not None:
            found += await store.read_many(context.tx, [identity])
        elif type_name is not None:
            found += await _published(context, type_name, name)
    return _bodies(found)


async def _published(context: Context, type_name: str, canonical: str) -> Sequence[Version]:
    """The newest resource of a canonical, in its version where one is named.

    http://hl7.org/fhir/R4/references.html#canonical
    """
    url, _, version = canonical.partition("|")
    asked = [("url", _escaped(url)), ("_sort", "-_lastUpdated")]
    if version:
        asked.append(("version", _escaped(version)))
    site = context.site
    published = query(type_name, asked, zone=site.zone, base_url=site.base_url)
    return (await search(context.tx, published, limit=1)).rows


def _escaped(text: str) -> str:
    """http://hl7.org/fhir/R4/search.html#escaping"""
    for mark in "\\,|$":
        text = text.replace(mark, f"\\{mark}")
    return text


def _bodies(versions: Iterable[Version]) -> list[Resource]:
    return [parse(version.body) for version in versions if version.body is not None]
