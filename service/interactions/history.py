"""GET [base]/[type]/[id]/_history. http://hl7.org/fhir/R4/http.html#history"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from service.errors import BadRequest, NotFound
from service.fhir import bundles
from service.fhir.datatypes import covered
from service.fhir.resource import Identity, Version
from service.fhir.search.refusal import quoted
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.store import store

DEFAULT_COUNT = 50
MOST = 1000


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a history request asks for."""

    count: int = DEFAULT_COUNT
    since: datetime | None = None
    """Only versions made at this instant or later."""
    before: int | None = None
    """Only versions with a smaller number: where the next page goes on."""
    used: tuple[tuple[str, str], ...] = ()
    """What was understood, as it was sent."""


async def history(context: Context, request: Request) -> Response:
    """Versions newest first, deletions as entries without a resource."""
    identity = Identity(type=request.path[0], id=request.path[1])
    wishes = _wishes(context, request)
    if await store.read(context.tx, identity) is None:
        raise NotFound(f"There is no {identity}.")
    versions = await store.history(
        context.tx, identity, count=wishes.count + 1, before=wishes.before, since=wishes.since
    )
    base_url = context.site.base_url
    here = f"{base_url}/{identity}/_history"
    body = bundles.history(
        versions[: wishes.count],
        base_url=base_url,
        self_url=_url(here, wishes.used),
        next_url=_next(here, versions, wishes),
    )
    return Response(status=200, body=body)


def _next(here: str, versions: tuple[Version, ...], wishes: Wishes) -> str | None:
    if wishes.count == 0 or len(versions) <= wishes.count:
        return None
    kept = tuple(pair for pair in wishes.used if pair[0] != "_before")
    return _url(here, (*kept, ("_before", str(versions[wishes.count - 1].number))))


def _url(here: str, pairs: tuple[tuple[str, str], ...]) -> str:
    return f"{here}?{urlencode(pairs)}" if pairs else here


def _wishes(context: Context, request: Request) -> Wishes:
    given = dict[str, str]()
    for name, value in request.query:
        if name in ("_count", "_since", "_before"):
            given[name] = value
        elif not request.prefer.lenient:
            raise BadRequest(f"History takes no parameter {quoted(name)}.")
    count, before = given.get("_count"), given.get("_before")
    return Wishes(
        count=DEFAULT_COUNT if count is None else min(_number("_count", count), MOST),
        since=_instant(context, given.get("_since")),
        before=None if before is None else _number("_before", before),
        used=tuple(given.items()),
    )


def _instant(context: Context, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return covered(text, context.site.zone)[0]
    except (ValueError, OverflowError):
        raise BadRequest("_since takes an instant.") from None


def _number(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise BadRequest(f"{name} takes a whole number.")
    return int(value[:9])
