"""An entry of a posted Bundle as a request, and its answer as an entry."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from service.errors import BadRequest, Issue, ServiceError, Severity
from service.fhir.bundles import ReplyEntry
from service.fhir.outcome import of_error, outcome
from service.fhir.r4 import RESOURCE_TYPES
from service.fhir.types import TYPES
from service.interactions.answer import said
from service.interactions.messages import Request, Response, Return
from service.interactions.pairs import pairs

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
WITH_RESOURCE = frozenset({"POST", "PUT", "PATCH"})


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
    def skippable(self) -> bool:
        """Whether the client is lenient, and it is about a resource type of R4 that is not served
        here, or that clients do not write."""
        name = self.request.path[0] if self.request.path else ""
        known = TYPES.get(name)
        if known is None:
            passed = name in RESOURCE_TYPES
        else:
            passed = not known.writable and self.request.method not in ("GET", "HEAD")
        return passed and self.request.prefer.lenient


def opened(index: int, entry: Any, base_url: str, prefer: str) -> Entry:
    """Raises `BadRequest`, naming the entry, where it says no request that can be followed."""
    place = f"Bundle.entry[{index}]"
    if not isinstance(entry, Mapping) or not isinstance(entry.get("request"), Mapping):
        raise BadRequest(f"{place} must carry a request.", expression=f"{place}.request")
    asked = entry["request"]
    method, url = asked.get("method"), asked.get("url")
    if method not in METHODS:
        raise _refused(f"{place}.request.method", "must be an HTTP verb")
    if not isinstance(url, str):
        raise _refused(f"{place}.request.url", "must be there")
    full_url, resource = entry.get("fullUrl"), entry.get("resource")
    if method in WITH_RESOURCE and not isinstance(resource, Mapping):
        raise _refused(f"{place}.resource", "must be there")
    path, query = _address(url, base_url, place)
    return Entry(
        index=index,
        full_url=full_url if isinstance(full_url, str) else None,
        request=Request(
            method=method,
            path=path,
            query=query,
            headers=_headers(asked, place) | {"prefer": prefer},
            body=resource if method in WITH_RESOURCE else None,
        ),
    )


def _address(
    url: str, base_url: str, place: str
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The path and the query of a URL that is relative to the base, or begins with it."""
    ours = url.startswith(base_url) and url[len(base_url) :][:1] in ("", "/", "?")
    try:
        parts = urlsplit(url.removeprefix(base_url) if ours else url)
    except ValueError:
        raise _refused(f"{place}.request.url", "is not a URL") from None
    if parts.scheme or parts.netloc:
        raise _refused(f"{place}.request.url", "names another server")
    return tuple(unquote(part) for part in parts.path.split("/") if part), pairs(parts.query)


def _headers(asked: Mapping[str, Any], place: str) -> dict[str, str]:
    for key in HEADERS:
        if not isinstance(asked.get(key, ""), str):
            raise _refused(f"{place}.request.{key}", "must be a string")
    return {name: asked[key] for key, name in HEADERS.items() if key in asked}


def _refused(expression: str, rule: str) -> BadRequest:
    return BadRequest(f"{expression} {rule}.", expression=expression)


def answered(entry: Entry, response: Response, base_url: str) -> ReplyEntry:
    """A successful answer as an entry's response: what was asked for is always there, what was
    sent comes back only where the client prefers so."""
    version = response.version
    reading = entry.request.method == "GET" or version is None
    preferred = entry.request.prefer.answer
    said_too = version is not None and not reading and preferred is Return.OUTCOME
    return ReplyEntry(
        status=response.status,
        location=response.location and f"{base_url}/{response.location}",
        etag=version.etag if version else None,
        last_modified=version.last_updated if version else None,
        outcome=said(version, response.issues) if version and said_too else None,
        full_url=f"{base_url}/{version.identity}" if version else None,
        resource=response.body if reading or preferred is Return.REPRESENTATION else None,
    )


def failed(error: ServiceError) -> ReplyEntry:
    return ReplyEntry(status=error.status, outcome=of_error(error))


def skipped(entry: Entry) -> ReplyEntry:
    """What a lenient client is told of an entry whose type is not taken."""
    issue = Issue(
        severity=Severity.INFORMATION,
        code="not-supported",
        message=f"{entry.place} was skipped: {entry.request.path[0]} is not taken here.",
        expression=entry.place,
    )
    return ReplyEntry(status=200, outcome=outcome([issue]))


def located(error: ServiceError, entry: Entry) -> ServiceError:
    """The same error, said of an entry: every expression begins at its place in the Bundle."""
    return type(error)(str(error), issues=[_placed(issue, entry) for issue in error.issues])


@contextmanager
def naming(entry: Entry) -> Iterator[None]:
    """What is refused inside is refused of the entry."""
    try:
        yield
    except ServiceError as error:
        raise located(error, entry) from error


def _placed(issue: Issue, entry: Entry) -> Issue:
    inner = (issue.expression or "").partition(".")[2]
    return replace(
        issue,
        message=f"{entry.place}: {issue.message}",
        expression=f"{entry.place}.resource.{inner}" if inner else entry.place,
    )
