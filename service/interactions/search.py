"""GET [base]/[type]?... and POST [base]/[type]/_search. http://hl7.org/fhir/R4/http.html#search"""

from msgspec.structs import replace

from service.errors import BadRequest, Forbidden, Issue, Severity
from service.fhir import bundles
from service.fhir.bundles import Mode, SearchEntry
from service.fhir.exact_json import dumps
from service.fhir.outcome import outcome
from service.fhir.resource import Identity, Version
from service.fhir.search.parse import parse
from service.fhir.search.query import Query
from service.fhir.search.within import within
from service.interactions.asked import CURSOR, part, url
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.store import audit_reading
from service.store.included import Included, included
from service.store.search import Page
from service.store.search import search as find

CUT_OFF = Issue(
    severity=Severity.INFORMATION,
    code="too-costly",
    message="More resources are asked for by '_include' or '_revinclude' than one page includes.",
)


async def search(context: Context, request: Request) -> Response:
    """A searchset Bundle, empty where nothing matches."""
    return await found(context, request, request.path[0])


async def found(
    context: Context, request: Request, type_name: str, owner: Identity | None = None
) -> Response:
    """The same for a type; inside the compartment of `owner`, where there is one."""
    if request.body is not None:
        raise BadRequest("Search parameters come in the query, or in a form to _search.")
    query = parse(
        type_name,
        [pair for pair in request.query if pair[0] != CURSOR],
        zone=context.site.zone,
        base_url=context.site.base_url,
        lenient=request.prefer.lenient,
        value_sets=context.site.ports.value_sets,
    )
    if owner is not None:
        query = within(query, owner)
    admitted(context, query)
    cursor = next((value for name, value in request.query if name == CURSOR), None)
    page = await _page(context, query, cursor)
    more = await included(context.tx, query, page.rows)
    body = bundle(context, query, page, cursor, place=query.place, more=more)
    return Response(status=200, body=body, told=(*page.rows, *more.rows))


async def _page(context: Context, query: Query, cursor: str | None) -> Page:
    if query.type != audit_reading.AUDIT_EVENT:
        return await find(context.tx, query, cursor=cursor)
    found = await audit_reading.search(context.tx, query, cursor=cursor)
    return Page(rows=found.rows, total=found.total, next=found.next)


def admitted(context: Context, query: Query) -> None:
    """Raises `Forbidden` for a search that the site does not answer whoever asks."""
    if issues := tuple(context.site.ports.admit(query)):
        raise Forbidden("This search is not answered.", issues=issues)


def bundle(
    context: Context, query: Query, page: Page, cursor: str | None, *, place: str, more: Included
) -> bytes:
    """A page of matches and what is included beside them; `place` is the address that was
    searched, below the base."""
    here = "/".join(filter(None, (context.site.base_url, place)))
    entries = [_entry(query, version, Mode.MATCH) for version in page.rows]
    # "The list of elements does not apply to included resources."
    whole = replace(query, elements=())
    entries += [_entry(whole, version, Mode.INCLUDE) for version in more.rows]
    issues = query.ignored if more.complete else (*query.ignored, CUT_OFF)
    if issues:
        said = SearchEntry(identity=None, body=dumps(outcome(issues)), mode=Mode.OUTCOME)
        entries.append(said)
    return bundles.searchset(
        entries,
        base_url=context.site.base_url,
        self_url=url(here, query.used, cursor),
        next_url=url(here, query.used, page.next) if page.next else None,
        total=page.total,
    )


def _entry(query: Query, version: Version, mode: Mode) -> SearchEntry:
    assert version.body is not None
    return SearchEntry(identity=version.identity, body=part(version.body, query), mode=mode)
