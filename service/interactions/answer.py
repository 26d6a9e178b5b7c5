"""The answer to a write. http://hl7.org/fhir/R4/http.html#ops"""

from service.errors import Issue, Severity
from service.fhir.exact_json import dumps
from service.fhir.outcome import outcome
from service.fhir.resource import Resource, Version
from service.interactions.messages import Request, Response, Return


def stored(
    request: Request, version: Version, *, created: bool, issues: tuple[Issue, ...] = ()
) -> Response:
    """201 or 200 with Location, and the body that the client prefers."""
    return Response(
        status=201 if created else 200,
        version=version,
        location=f"{version.identity}/_history/{version.number}",
        body=_body(request, version, issues),
        issues=issues,
    )


def said(version: Version, issues: tuple[Issue, ...]) -> Resource:
    """The OperationOutcome of a write that was accepted."""
    return outcome(issues or (_all_well(version),))


def _body(request: Request, version: Version, issues: tuple[Issue, ...]) -> bytes | None:
    match request.prefer.answer:
        case Return.MINIMAL:
            return None
        case Return.OUTCOME:
            return dumps(said(version, issues))
        case Return.REPRESENTATION | None:
            return version.body


def _all_well(version: Version) -> Issue:
    return Issue(
        severity=Severity.INFORMATION,
        code="informational",
        message=f"{version.identity} is stored as version {version.number}.",
    )
