"""What a client can take, and an interaction's answer as HTTP."""

from datetime import UTC, datetime
from email.utils import format_datetime

from msgspec import Struct
from starlette.responses import Response as HttpResponse

from service.errors import (
    MethodNotAllowed,
    NotAcceptable,
    ServiceError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from service.fhir.exact_json import dumps, pretty
from service.fhir.outcome import of_error
from service.interactions.messages import Response

FHIR_JSON = "application/fhir+json"
MEDIA_TYPE = f"{FHIR_JSON}; charset=utf-8"
RANGES = frozenset({FHIR_JSON, "application/json", "text/json", "json", "application/*", "*/*"})
"""Media ranges and `_format` values that mean FHIR JSON. http://hl7.org/fhir/R4/http.html#mime-type"""
OUR_VERSION = frozenset({"4.0", "4.0.1"})
RETRY_SECONDS = "1"
"""When what failed in passing may be tried again."""
STEADY_HEADERS = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}


class Manner(Struct, frozen=True, kw_only=True):
    """How an answer is written."""

    head: bool
    """Without its body, as HEAD asks."""
    indent: bool = False
    """For a human reader."""


def agree(accept: str | None, wanted: str | None) -> None:
    """Raises `NotAcceptable` where the client takes no FHIR JSON; `_format` beats Accept."""
    asked = wanted.replace(" ", "+") if wanted else accept
    if asked is None or not asked.strip():
        return
    ranges = [_read(part) for part in asked.split(",")]
    takes = any(name in RANGES and quality for name, quality in ranges)
    if not takes or (FHIR_JSON, False) in ranges:
        raise NotAcceptable(f"Only {FHIR_JSON} (FHIR {min(OUR_VERSION)}) can be answered here.")


def _read(media_range: str) -> tuple[str, bool]:
    """Its name, and whether it is wanted; another version of FHIR has no name here."""
    name, *parameters = (part.strip().lower() for part in media_range.split(";"))
    wishes = dict(part.partition("=")[::2] for part in parameters)
    ours = wishes.get("fhirversion", "4.0") in OUR_VERSION
    return name if ours else "", not _excluded(wishes.get("q", "1"))


def _excluded(quality: str) -> bool:
    return quality.replace(".", "").strip("0") == ""


def rendered(response: Response, base_url: str, manner: Manner) -> HttpResponse:
    """The answer with its headers."""
    headers = dict[str, str]()
    if response.version is not None:
        headers["ETag"] = response.version.etag
        headers["Last-Modified"] = http_date(response.version.last_updated)
    if response.location is not None:
        headers["Location"] = f"{base_url}/{response.location}"
        headers["Content-Location"] = headers["Location"]
    return _written(response.status, response.body or b"", headers, manner)


def refused(error: ServiceError, manner: Manner) -> HttpResponse:
    """An OperationOutcome."""
    return _written(error.status, dumps(of_error(error)), _beside(error), manner)


def _beside(error: ServiceError) -> dict[str, str]:
    """What a status is to be said with in headers."""
    match error:
        case MethodNotAllowed():
            return {"Allow": ", ".join(error.allowed)}
        case Unauthorized():
            return {"WWW-Authenticate": error.challenge}
        case TooManyRequests():
            return {"Retry-After": str(error.retry_seconds)}
        case Unavailable():
            return {"Retry-After": RETRY_SECONDS}
    return {}


def _written(status: int, body: bytes, headers: dict[str, str], manner: Manner) -> HttpResponse:
    """A HEAD answer says the length and carries no body."""
    headers |= STEADY_HEADERS
    if body and manner.indent:
        body = pretty(body)
    if body:
        headers["Content-Type"] = MEDIA_TYPE
        headers["Content-Length"] = str(len(body))
    return HttpResponse(b"" if manner.head else body, status_code=status, headers=headers)


def http_date(moment: datetime) -> str:
    """https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7"""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
