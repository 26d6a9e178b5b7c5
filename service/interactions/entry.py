"""An entry of a posted Bundle as a request, and its answer as an entry."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from service.errors import BadRequest, Issue, ServiceError, Severity
from service.fhir.bundles import ReplyEntry
from service.fhir.outcome import of_error, outcome
from service.fhir.resource import Resource
from service.fhir.types import TYPES
from service.interactions.messages import Request, Response

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "ifMatch": "if-match",
        "ifNoneMatch": "if-none-match",
        "ifModifiedSince": "if-modified-since",
        "ifNoneExist": "if-none-exist",
    }
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
"""http://hl7.org/fhir/R4/valueset-http-verb.html"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry: its place in the Bundle, the name it goes by there, and what it asks."""

    index: int
    full_url: str | None
    request: Request

    @property
    def place(self) -> str:
        return f"Bundle.entry[{self.index}]"

    @property
    def served(self) -> bool:
        """Whether it asks for what this server does with the resource type it names."""
        path = self.request.path
        if not path or path == ("metadata",):
            return True
        known = TYPES.get(path[0])
        reads = self.request.method in ("GET", "HEAD")
        return known is not None and (reads or known.writable)


def opened(index: int, entry: Any, base_url: str, prefer: str) -> Entry:
    """Raises `BadRequest`, naming the entry, where it says no request that can be followed."""
    place = f"Bundle.entry[{index}]"
    if not isinstance(entry, Mapping) or not isinstance(entry.get("request"), Mapping):
        raise BadRequest(f"{place} must carry a request.", expression=f"{place}.request")
    asked = entry["request"]
    method, url = asked.get("method"), asked.get("url")
    if method not in METHODS:
        raise BadRequest(
            f"{place}.request.method must be an HTTP verb.", expression=f"{place}.request.method"
        )
    if not isinstance(url, str):
        raise BadRequest(f"{place}.request.url must be there.", expression=f"{place}.request.url")
    full_url, resource = entry.get("fullUrl"), entry.get("resource")
    if method in ("POST", "PUT") and not isinstance(resource, Mapping):
        raise BadRequest(f"{place} must carry a resource.", expression=f"{place}.resource")
    return Entry(
        index=index,
        full_url=full_url if isinstance(full_url, str) else None,
        request=_request(method, url.removeprefix(f"{base_url}/"), asked, resource, prefer),
    )


def _request(
    method: str, url: str, asked: Mapping[str, Any], resource: Resource | None, prefer: str
) -> Request:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise BadRequest("request.url is not a URL.") from None
    headers = {name: str(asked[key]) for key, name in HEADERS.items() if key in asked}
    return Request(
        method=method,
        path=tuple(unquote(part) for part in parts.path.split("/") if part),
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        headers=headers | {"prefer": prefer},
        body=resource,
    )


def answered(response: Response, base_url: str, *, with_body: bool) -> ReplyEntry:
    """A successful answer as an entry's response."""
    version = response.version
    return ReplyEntry(
        status=response.status,
        location=response.location and f"{base_url}/{response.location}",
        etag=version.etag if version else None,
        last_modified=version.last_updated if version else None,
        full_url=f"{base_url}/{version.identity}" if version else None,
        resource=response.body if with_body else None,
    )


def failed(error: ServiceError) -> ReplyEntry:
    return ReplyEntry(status=error.status, outcome=of_error(error))


def skipped(entry: Entry) -> ReplyEntry:
    """What a lenient client is told of an entry whose type is not served."""
    said = Issue(
        severity=Severity.INFORMATION,
        code="not-supported",
        message=f"{entry.place} was skipped: {entry.request.path[0]} is not served here.",
        expression=entry.place,
    )
    return ReplyEntry(status=200, outcome=outcome([said]))


def located(error: ServiceError, entry: Entry) -> ServiceError:
    """The same error, said of an entry: every expression begins at its place in the Bundle."""
    return type(error)(str(error), issues=[_placed(issue, entry) for issue in error.issues])


def _placed(issue: Issue, entry: Entry) -> Issue:
    inner = (issue.expression or "").partition(".")[2]
    return replace(
        issue,
        message=f"{entry.place}: {issue.message}",
        expression=f"{entry.place}.resource.{inner}" if inner else entry.place,
    )
