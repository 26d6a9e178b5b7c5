"""$validate: what a write would be told, and nothing is written.

http://hl7.org/fhir/R4/resource-operation-validate.html
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from service.errors import BadRequest, Invalid, Issue, Severity
from service.fhir.body import parse
from service.fhir.exact_json import dumps
from service.fhir.outcome import outcome
from service.fhir.resource import Identity, Resource
from service.fhir.scopes import Verb
from service.fhir.types import BASE_PROFILE, TYPES
from service.interactions.context import Context
from service.interactions.draft import Draft
from service.interactions.integrity import refuse_dangling
from service.interactions.messages import Request, Response
from service.interactions.parameters import RESOURCE, parameters, resource_of, text
from service.interactions.ports import Operation
from service.interactions.read import standing
from service.interactions.table import Level
from service.interactions.write import examined, stored
from service.store import store
from service.store.write import ANY

OPERATION = Operation(
    name="validate",
    definition="http://hl7.org/fhir/OperationDefinition/Resource-validate",
    documentation=(
        "Everything that a write of the resource would be refused for or told, as an "
        "OperationOutcome; nothing is stored."
    ),
    levels=(Level.TYPE, Level.INSTANCE),
    parameters=(RESOURCE, "mode", "profile"),
    verbs=(Verb.READ, Verb.CREATE, Verb.UPDATE),
)
NOBODYS = "unwritten"
"""The id of a resource that has none yet."""


class Mode(StrEnum):
    """http://hl7.org/fhir/R4/valueset-resource-validation-mode.html"""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    PROFILE = "profile"


async def validate(context: Context, request: Request) -> Response:
    """200 with an OperationOutcome, whatever is found.

    Raises `BadRequest` where there is nothing to validate, or where it is asked for what the
    operation does not define.
    """
    given = parameters(request, OPERATION.parameters)
    type_name, place = request.path[0], _identity(request)
    mode, profile = _mode(given, place), text(given, "profile")
    if mode is Mode.DELETE and place is not None:
        return _said(await _of_delete(context, place))
    sent = resource_of(given)
    if mode is Mode.PROFILE and (sent is not None or profile is None):
        raise BadRequest("The mode 'profile' takes a profile, and the resource that is stored.")
    resource = await _stored(context, place) if sent is None else sent
    issues = [
        *_of_type(type_name, resource),
        *examined(context.site, resource),
        *_of_profile(profile, resource),
        *await _of_place(context, mode, type_name, place, resource),
    ]
    issues += await _of_others(context, place, resource, valid=not issues)
    return _said(issues)


def _identity(request: Request) -> Identity | None:
    """The resource in the path; None at a type."""
    if len(request.path) < 3:
        return None
    return Identity(type=request.path[0], id=request.path[1])


def _mode(given: Mapping[str, tuple[Any, ...]], place: Identity | None) -> Mode | None:
    asked = text(given, "mode")
    if asked is None:
        return None
    if asked not in tuple(Mode):
        raise BadRequest("The parameter 'mode' takes create, update, delete or profile.")
    mode = Mode(asked)
    if mode is not Mode.CREATE and place is None:
        raise BadRequest(f"The mode '{mode}' is about a resource: its id belongs into the URL.")
    return mode


async def _stored(context: Context, place: Identity | None) -> Resource:
    if place is None:
        raise BadRequest("The operation needs a resource, as its body or its parameter 'resource'.")
    version = await standing(context, place)
    assert version.body is not None
    return parse(version.body)


def _said(issues: Iterable[Issue]) -> Response:
    """What is otherwise only said is an error here."""
    strict = [
        replace(issue, severity=Severity.ERROR) if issue.severity is Severity.WARNING else issue
        for issue in issues
    ]
    return Response(status=200, body=dumps(outcome(strict)))


def _of_type(type_name: str, resource: Resource) -> Iterator[Issue]:
    if resource["resourceType"] != type_name:
        yield Issue(
            code="invalid",
            message=f"The resourceType must be {type_name}, as in the URL.",
            expression="resourceType",
        )


def _of_profile(profile: str | None, resource: Resource) -> Iterator[Issue]:
    """The specification's own profile of a type is what every resource is held against."""
    if profile is None:
        return
    canonical = profile.partition("|")[0]
    if canonical == f"{BASE_PROFILE}{resource['resourceType']}":
        return
    known = canonical in {each.profile for each in TYPES.values()}
    yield Issue(
        code="invalid" if known else "not-supported",
        message=(
            "The profile that was named is of another resource type."
            if known
            else "The resource cannot be validated against the profile that was named: this server"
            " does not hold it."
        ),
        expression="meta.profile",
    )


async def _of_place(
    context: Context,
    mode: Mode | None,
    type_name: str,
    place: Identity | None,
    resource: Resource,
) -> list[Issue]:
    """Whether a write of that kind would be taken there."""
    if mode not in (Mode.CREATE, Mode.UPDATE):
        return []
    issues = _read_only(type_name)
    if mode is Mode.UPDATE and place is not None:
        if resource.get("id") != place.id:
            message = f"The id must be there and equal the id in the URL, {place.id}."
            issues.append(Issue(code="invalid", message=message, expression=f"{type_name}.id"))
        issues += await _derived(context, place)
    return issues


async def _of_delete(context: Context, place: Identity) -> list[Issue]:
    """Deleting what is not there changes nothing, and is no error."""
    return _read_only(place.type) or await _derived(context, place)


def _read_only(type_name: str) -> list[Issue]:
    if TYPES[type_name].writable:
        return []
    return [Issue(code="not-supported", message=f"{type_name} is read-only here.")]


async def _derived(context: Context, place: Identity) -> list[Issue]:
    version = await store.read(context.tx, place)
    if version is None or not version.derived:
        return []
    message = f"{place} is derived from a patient's records and read-only."
    return [Issue(code="forbidden", message=message)]


async def _of_others(
    context: Context, place: Identity | None, resource: Resource, *, valid: bool
) -> Iterable[Issue]:
    """References that lead nowhere, and what only a valid resource can be too much for."""
    identity = place or Identity(type=str(resource["resourceType"]), id=NOBODYS)
    draft = Draft(identity=identity, resource=resource, expected=ANY)
    try:
        if context.site.reference_integrity:
            await refuse_dangling(context, [draft])
        if valid:
            stored(context.site, draft)
    except Invalid as refusal:
        return refusal.issues
    return ()
