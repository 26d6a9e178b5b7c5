"""What a client can take, and an interaction's answer as HTTP."""

from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.responses import Response as HttpResponse

from service.errors import NotAcceptable, ServiceError
from service.fhir.exact_json import dumps, pretty
from service.fhir.outcome import of_error
from service.interactions.messages import Response

FHIR_JSON = "application/fhir+json"
MEDIA_TYPE = f"{FHIR_JSON}; charset=utf-8"
RANGES = frozenset({FHIR_JSON, "application/json", "text/json", "json", "application/*", "*/*"})
"""Media ranges and `_format` values that mean FHIR JSON. http://hl7.org/fhir/R4/http.html#mime-type"""
OUR_VERSION = frozenset({"4.0", "4.0.1"})
STEADY_HEADERS = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}


def agree(accept: str | None, wanted: str | None) -> None:
    """Raises `NotAcceptable` where the client takes no FHIR JSON; `_format` beats Accept."""
    asked = wanted.replace(" ", "+") if wanted is not None else accept
    if asked is None or not asked.strip():
        return
    if not any(_means_fhir_json(part) for part in asked.split(",")):
        raise NotAcceptable(f"Only {FHIR_JSON} (FHIR {min(OUR_VERSION)}) can be answered here.")


def _means_fhir_json(media_range: str) -> bool:
    name, *parameters = (part.strip().lower() for part in media_range.split(";"))
    wishes = dict(part.partition("=")[::2] for part in parameters)
    version = wishes.get("fhirversion", "4.0")
    return name in RANGES and version in OUR_VERSION and not _excluded(wishes.get("q", "1"))


def _excluded(quality: str) -> bool:
    return quality.replace(".", "").strip("0") == ""


def rendered(response: Response, base_url: str, *, indent: bool, head: bool) -> HttpResponse:
    """The answer with its headers; a HEAD answer says the length and carries no body."""
    headers = dict(STEADY_HEADERS)
    if response.version is not None:
        headers["ETag"] = response.version.etag
        headers["Last-Modified"] = http_date(response.version.last_updated)
    if response.location is not None:
        headers["Location"] = f"{base_url}/{response.location}"
        headers["Content-Location"] = headers["Location"]
    body = response.body or b""
    if body and indent:
        body = pretty(body)
    if body:
        headers["Content-Type"] = MEDIA_TYPE
    if head and body:
        headers["Content-Length"] = str(len(body))
    return HttpResponse(b"" if head else body, status_code=response.status, headers=headers)


def refused(error: ServiceError) -> HttpResponse:
    """An OperationOutcome."""
    headers = STEADY_HEADERS | {"Content-Type": MEDIA_TYPE}
    return HttpResponse(dumps(of_error(error)), status_code=error.status, headers=headers)


def http_date(moment: datetime) -> str:
    """https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7"""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
