"""The FHIR door: HTTP in, an interaction's request out, and its answer back."""

from dataclasses import dataclass

import structlog
from msgspec.structs import replace
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse

from service.api.auth.authenticator import Authenticator
from service.api.quota import Quota
from service.api.rendering import FHIR_JSON, OUR_VERSION, Manner, agree, refused, rendered
from service.errors import (
    BadRequest,
    ServiceError,
    TooLarge,
    TooManyRequests,
    UnsupportedMediaType,
)
from service.fhir.access import Access
from service.interactions.context import Site
from service.interactions.dispatch import METADATA, answer, chosen
from service.interactions.messages import Request
from service.interactions.pairs import pairs
from service.interactions.patch import JSON_PATCH
from service.interactions.unforeseen import failure, told

FORM_PARAMETERS = frozenset({"_format", "_pretty"})
"""Parameters that speak of the answer's form, not of what is asked."""
ALSO_JSON = frozenset({"application/json", "text/json"})
"""Taken, and not asked for."""
JSON_TYPES = ALSO_JSON | {FHIR_JSON}
FORM_TYPES = frozenset({"application/x-www-form-urlencoded"})
PATCH_TYPES = JSON_TYPES | {JSON_PATCH}
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class FhirDoor:
    """Everything below the base path."""

    site: Site
    prefix: str
    """Base path, such as `/fhir`."""
    body_limit: int
    """Bytes."""
    authenticator: Authenticator | None
    """None where nobody is asked who they are."""
    quota: Quota | None = None
    """None: as many requests as there come."""

    async def serve(self, http: HttpRequest) -> HttpResponse:
        """Every error is an OperationOutcome; what nobody foresaw says no more than that."""
        manner = Manner(head=http.method == "HEAD")
        try:
            access = await self._access(http)
            request, form = await self._request(http)
            manner = replace(manner, indent=form.get("_pretty") == "true")
            agree(request.headers.get("accept"), form.get("_format"))
            return rendered(await answer(self.site, access, request), self.site.base_url, manner)
        except ServiceError as error:
            return refused(error, manner)
        except ClientDisconnect:
            return refused(BadRequest("The body ended before its announced length."), manner)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is told without its message)
            log.error("request.failed", method=http.method, **told(error))
            return refused(failure(), manner)

    async def _access(self, http: HttpRequest) -> Access:
        """Who is asking; what the server can do is told to everybody."""
        open_to_all = http.method in ("GET", "HEAD") and self._below(http) == METADATA
        if self.authenticator is None or open_to_all:
            return Access()
        query = pairs(_text(http.scope["query_string"]))
        access = await self.authenticator.authenticate(
            http.headers.getlist("authorization"), (name for name, _ in query)
        )
        self._spend(access)
        return access

    def _spend(self, access: Access) -> None:
        """Raises `TooManyRequests` where a client has asked more than its share."""
        if self.quota is None:
            return
        wait = self.quota.spend((access.tenant, access.client or access.user))
        if wait:
            raise TooManyRequests(
                f"This client may ask again in {wait} seconds.", retry_seconds=wait
            )

    def _below(self, http: HttpRequest) -> tuple[str, ...]:
        return _path(str(http.scope["path"]).removeprefix(self.prefix))

    async def _request(self, http: HttpRequest) -> tuple[Request, dict[str, str]]:
        """What is asked, and in which form it is to be answered.

        Whether anything is offered at the address is settled before the body is read.
        """
        asked = pairs(_text(http.scope["query_string"]))
        request = Request(
            method=http.method,
            path=self._below(http),
            query=_without_form(asked),
            headers=_headers(http),
        )
        if http.method in WITH_BODY:
            chosen(self.site, request)
            body = await self._body(http, _taken(request))
            if _is_form(request):
                asked = (*asked, *pairs(_text(body)))
                request = replace(request, query=_without_form(asked))
            else:
                request = replace(request, body=body)
        return request, dict(pair for pair in asked if pair[0] in FORM_PARAMETERS)

    async def _body(self, http: HttpRequest, media_types: frozenset[str]) -> bytes:
        """Raises `TooLarge` as soon as the limit is passed, whatever length was announced."""
        announced = http.headers.get("content-length", "0")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > self.body_limit:
            raise self._too_large()
        _refuse_other_content(http, media_types)
        parts, size = list[bytes](), 0
        async for part in http.stream():
            size += len(part)
            if size > self.body_limit:
                raise self._too_large()
            parts.append(part)
        return b"".join(parts)

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The body may have {self.body_limit} bytes at the most.")


def _taken(request: Request) -> frozenset[str]:
    """The media types that a body may have."""
    if _is_form(request):
        return FORM_TYPES
    return PATCH_TYPES if request.method == "PATCH" else JSON_TYPES


def _path(below: str) -> tuple[str, ...]:
    """One slash at the end changes nothing, also of the base itself."""
    if below in ("", "/"):
        return ()
    return tuple(below.removeprefix("/").removesuffix("/").split("/"))


def _is_form(request: Request) -> bool:
    return request.path[-1:] == ("_search",)


def _without_form(asked: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in asked if pair[0] not in FORM_PARAMETERS)


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise BadRequest("The query is not percent-encoded UTF-8.") from None


def _headers(http: HttpRequest) -> dict[str, str]:
    """One value for each name: repeated headers are a list, as RFC 9110 section 5.2 says."""
    headers = dict[str, str]()
    for name, value in http.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _refuse_other_content(http: HttpRequest, media_types: frozenset[str]) -> None:
    """http://hl7.org/fhir/R4/http.html#mime-type"""
    if http.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("A compressed body is not taken; send it as it is.")
    name, *parameters = (p.strip().lower() for p in http.headers.get("content-type", "").split(";"))
    if name and name not in media_types:
        said = " or ".join(sorted(media_types - ALSO_JSON))
        raise UnsupportedMediaType(f"The body must be {said}.")
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key == "charset" and value.strip('"') not in UTF_8:
            raise UnsupportedMediaType("The body must be in UTF-8.")
        if key == "fhirversion" and value not in OUR_VERSION:
            raise UnsupportedMediaType(f"The body must be of FHIR {min(OUR_VERSION)}.")
