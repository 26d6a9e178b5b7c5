"""What can go wrong, as one tree of exceptions.

    ServiceError                500 exception
    +-- BadRequest              400 invalid
    |   +-- Malformed           400 structure
    +-- Unauthorized            401 login
    +-- Forbidden               403 forbidden
    +-- NotFound                404 not-found
    +-- MethodNotAllowed        405 not-supported
    +-- NotAcceptable           406 not-supported
    +-- Conflict                409 conflict
    +-- Gone                    410 deleted
    +-- PreconditionFailed      412 conflict
    |   +-- MultipleMatches     412 multiple-matches
    +-- TooLarge                413 too-long
    +-- UnsupportedMediaType    415 not-supported
    +-- Invalid                 422 invariant
    |   +-- Inapplicable        422 processing
    +-- TooManyRequests         429 throttled
    +-- Unavailable             503 transient

Every class says its HTTP status and its OperationOutcome issue code; `fhir.outcome` turns any of
them into the one OperationOutcome that an answer or a batch entry carries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Severity(StrEnum):
    """http://hl7.org/fhir/R4/valueset-issue-severity.html"""

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One thing to say about a request: the rule broken, where, in one sentence."""

    severity: Severity = Severity.ERROR
    code: str
    """A code of http://hl7.org/fhir/R4/valueset-issue-type.html."""
    message: str
    expression: str | None = None
    """FHIRPath of the element, such as `Observation.component[0].code`; None when there is none."""


class ServiceError(Exception):
    """A request that ends in an OperationOutcome instead of its answer."""

    status: ClassVar[int] = 500
    issue: ClassVar[str] = "exception"

    def __init__(
        self, message: str, *, expression: str | None = None, issues: Iterable[Issue] = ()
    ) -> None:
        """`issues`, where given, replace the one issue made from `message`."""
        super().__init__(message)
        self.issues = tuple(issues) or (
            Issue(code=self.issue, message=message, expression=expression),
        )


class BadRequest(ServiceError):
    status = 400
    issue = "invalid"


class Malformed(BadRequest):
    issue = "structure"


class Unauthorized(ServiceError):
    """Nobody knows who asks. https://www.rfc-editor.org/rfc/rfc6750#section-3"""

    status = 401
    issue = "login"

    def __init__(
        self,
        message: str,
        *,
        expression: str | None = None,
        issues: Iterable[Issue] = (),
        fault: str | None = None,
    ) -> None:
        """`fault` is an error code of RFC 6750; None where no token was shown."""
        super().__init__(message, expression=expression, issues=issues)
        said = f', error="{fault}"' if fault is not None else ""
        self.challenge = f'Bearer realm="fhir"{said}'


class Forbidden(ServiceError):
    status = 403
    issue = "forbidden"


class NotFound(ServiceError):
    status = 404
    issue = "not-found"


class MethodNotAllowed(ServiceError):
    status = 405
    issue = "not-supported"

    def __init__(
        self,
        message: str,
        *,
        expression: str | None = None,
        issues: Iterable[Issue] = (),
        allowed: Iterable[str] = (),
    ) -> None:
        """`allowed` are the methods that are offered there."""
        super().__init__(message, expression=expression, issues=issues)
        self.allowed = tuple(allowed)


class NotAcceptable(ServiceError):
    status = 406
    issue = "not-supported"


class Conflict(ServiceError):
    status = 409
    issue = "conflict"


class Gone(ServiceError):
    status = 410
    issue = "deleted"


class PreconditionFailed(ServiceError):
    status = 412
    issue = "conflict"


class MultipleMatches(PreconditionFailed):
    issue = "multiple-matches"


class TooLarge(ServiceError):
    status = 413
    issue = "too-long"


class UnsupportedMediaType(ServiceError):
    status = 415
    issue = "not-supported"


class Invalid(ServiceError):
    status = 422
    issue = "invariant"


class Inapplicable(Invalid):
    """A patch that is well formed and does not fit the resource as it is."""

    issue = "processing"


class TooManyRequests(ServiceError):
    status = 429
    issue = "throttled"

    def __init__(
        self,
        message: str,
        *,
        expression: str | None = None,
        issues: Iterable[Issue] = (),
        retry_seconds: int,
    ) -> None:
        """`retry_seconds` from now it may be tried again."""
        super().__init__(message, expression=expression, issues=issues)
        self.retry_seconds = retry_seconds


class Unavailable(ServiceError):
    status = 503
    issue = "transient"
