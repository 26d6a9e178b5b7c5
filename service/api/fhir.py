"""The FHIR door: HTTP in, an interaction's request out, and its answer back."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

import structlog
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse

from service.api.rendering import FHIR_JSON, agree, refused, rendered
from service.errors import BadRequest, ServiceError, TooLarge, UnsupportedMediaType
from service.fhir.access import Access
from service.interactions.context import Site
from service.interactions.dispatch import answer
from service.interactions.messages import Request

FORM_PARAMETERS = frozenset({"_format", "_pretty"})
"""Parameters that speak of the answer's form, not of what is asked."""
JSON_TYPES = frozenset({FHIR_JSON, "application/json", "text/json"})
FORM = "application/x-www-form-urlencoded"
PLUS_OF_OFFSET = re.compile(r"(\d(?::|%3A)\d\d(?:\.\d+)?)\+(?=\d\d(?::|%3A)\d\d)", re.IGNORECASE)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class FhirDoor:
    """Everything below the base path."""

    site: Site
    prefix: str
    """Base path, such as `/fhir`."""
    body_limit: int
    """Bytes."""

    async def serve(self, http: HttpRequest) -> HttpResponse:
        """Every error is an OperationOutcome; what nobody foresaw says no more than that."""
        try:
            return await self._answered(http)
        except ServiceError as error:
            return refused(error)
        except Exception:
            log.exception("request.failed", method=http.method)
            return refused(
                ServiceError("The server failed to answer; the operator's log says why.")
            )

    async def _answered(self, http: HttpRequest) -> HttpResponse:
        pairs = query_pairs(http.scope["query_string"].decode("latin-1"))
        form = dict(pair for pair in pairs if pair[0] in FORM_PARAMETERS)
        agree(http.headers.get("accept"), form.get("_format"))
        path = http.url.path.removeprefix(self.prefix).strip("/")
        request = Request(
            method=http.method,
            path=tuple(path.split("/")) if path else (),
            query=tuple(pair for pair in pairs if pair[0] not in FORM_PARAMETERS),
            headers={name.lower(): value for name, value in http.headers.items()},
            body=await self._body(http, path),
        )
        response = await answer(self.site, Access(), request)
        return rendered(
            response,
            self.site.base_url,
            indent=form.get("_pretty") == "true",
            head=http.method == "HEAD",
        )

    async def _body(self, http: HttpRequest, path: str) -> bytes | None:
        """Raises `TooLarge` as soon as the limit is passed, whatever length was announced."""
        announced = http.headers.get("content-length", "0")
        if announced.isdigit() and int(announced) > self.body_limit:
            raise self._too_large()
        parts, size = list[bytes](), 0
        async for part in http.stream():
            size += len(part)
            if size > self.body_limit:
                raise self._too_large()
            parts.append(part)
        if not size:
            return None
        _refuse_other_content(http, FORM if path.endswith("/_search") else None)
        return b"".join(parts)

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The body may have {self.body_limit} bytes at the most.")


def query_pairs(raw: str) -> tuple[tuple[str, str], ...]:
    """A query's pairs; `+` is a space, except before the offset of a time."""
    try:
        return tuple(
            parse_qsl(PLUS_OF_OFFSET.sub(r"\1%2B", raw), keep_blank_values=True, errors="strict")
        )
    except ValueError:
        raise BadRequest("The query is not percent-encoded UTF-8.") from None


def _refuse_other_content(http: HttpRequest, form: str | None) -> None:
    """http://hl7.org/fhir/R4/http.html#mime-type"""
    if http.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("A compressed body is not taken; send it as it is.")
    name, *parameters = (p.strip().lower() for p in http.headers.get("content-type", "").split(";"))
    allowed: Iterable[str] = {form} if form else JSON_TYPES
    if name and name not in allowed:
        raise UnsupportedMediaType(f"The body must be {form or FHIR_JSON}.")
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key == "charset" and value.strip('"') not in ("utf-8", "us-ascii"):
            raise UnsupportedMediaType("The body must be in UTF-8.")
