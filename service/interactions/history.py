"""GET [base]/[type]/[id]/_history, [base]/[type]/_history and [base]/_history.

http://hl7.org/fhir/R4/http.html#history
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from service.errors import BadRequest, NotFound
from service.fhir import bundles
from service.fhir.datatypes import covered
from service.fhir.resource import Change, Identity
from service.fhir.scopes import Verb
from service.fhir.search.query import Query
from service.fhir.types import STORED
from service.interactions.asked import PAGED, asked, part, url
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.interactions.permission import allowed
from service.store import cursor, store
from service.store import history as histories
from service.store.history import Scope, Span


async def history(context: Context, request: Request) -> Response:
    """Versions newest first, deletions as entries without a resource."""
    scope = _scope(context, request.path)
    kind = request.path[0] if len(request.path) > 1 else ""
    given = asked(
        context.site, request, what="A history", kind=kind, shape=PAGED, own=("_at", "_since")
    )
    if scope.id is not None:
        await _refuse_unknown(context, Identity(type=scope.types[0], id=scope.id))
    here = "/".join((context.site.base_url, *request.path))
    page = await histories.history(
        context.tx,
        scope,
        _span(context, given.own),
        count=0 if given.shape.counts_only else given.shape.count,
        cursor=given.cursor,
        asked=cursor.asked("/".join(request.path), given.used),
    )
    body = bundles.history(
        [_narrowed(change, given.shape) for change in page.changes],
        base_url=context.site.base_url,
        self_url=url(here, given.used, given.cursor),
        next_url=url(here, given.used, page.next) if page.next else None,
        total=page.total,
    )
    told = tuple(change.version for change in page.changes)
    return Response(status=200, body=body, told=told)


def _scope(context: Context, path: Sequence[str]) -> Scope:
    match path:
        case [type_name, id_, _]:
            return Scope(types=(type_name,), id=id_)
        case [type_name, _]:
            return Scope(types=(type_name,))
    return Scope(types=allowed(context.tx.access, STORED, Verb.SEARCH))


async def _refuse_unknown(context: Context, identity: Identity) -> None:
    """A resource that was deleted keeps its history."""
    if await store.read(context.tx, identity) is None:
        raise NotFound(f"There is no {identity}.")


def _narrowed(change: Change, shape: Query) -> Change:
    version = change.version
    if version.body is None:
        return change
    return replace(change, version=replace(version, body=part(version.body, shape)))


def _span(context: Context, own: Mapping[str, str]) -> Span:
    since = _range("_since", context, own.get("_since"))
    return Span(since=since[0] if since else None, at=_range("_at", context, own.get("_at")))


def _range(name: str, context: Context, text: str | None) -> tuple[datetime, datetime] | None:
    if text is None:
        return None
    try:
        return covered(text, context.site.zone)
    except (ValueError, OverflowError):
        raise BadRequest(f"'{name}' takes an instant or a date.") from None
