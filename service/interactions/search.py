"""GET [base]/[type]?... and POST [base]/[type]/_search. http://hl7.org/fhir/R4/http.html#search"""

from dataclasses import replace
from urllib.parse import urlencode

from service.errors import BadRequest, Forbidden, Issue, Severity
from service.fhir import bundles
from service.fhir.body import parse as parsed
from service.fhir.bundles import Mode, SearchEntry
from service.fhir.exact_json import dumps
from service.fhir.outcome import outcome
from service.fhir.resource import Version
from service.fhir.search.parse import parse
from service.fhir.search.query import Query
from service.fhir.search.subset import narrows, subset
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.store.included import Included, included
from service.store.search import Page
from service.store.search import search as find

CURSOR = "_page"
"""Our own parameter: the sealed place from which a page goes on."""
CUT_OFF = Issue(
    severity=Severity.INFORMATION,
    code="too-costly",
    message="More resources are asked for by '_include' or '_revinclude' than one page includes.",
)


async def search(context: Context, request: Request) -> Response:
    """A searchset Bundle, empty where nothing matches."""
    if request.body is not None:
        raise BadRequest("Search parameters come in the query, or in a form to _search.")
    query = parse(
        request.path[0],
        [pair for pair in request.query if pair[0] != CURSOR],
        zone=context.site.zone,
        base_url=context.site.base_url,
        lenient=request.prefer.lenient,
    )
    admitted(context, query)
    cursor = next((value for name, value in request.query if name == CURSOR), None)
    page = await find(context.tx, query, cursor=cursor)
    more = await included(context.tx, query, page.rows)
    return Response(status=200, body=_bundle(context, query, page, more, cursor))


def admitted(context: Context, query: Query) -> None:
    """Raises `Forbidden` for a search that the site does not answer whoever asks."""
    if issues := tuple(context.site.ports.admit(query)):
        raise Forbidden("This search is not answered.", issues=issues)


def _bundle(
    context: Context, query: Query, page: Page, more: Included, cursor: str | None
) -> bytes:
    here = f"{context.site.base_url}/{query.type}"
    own = query.used if cursor is None else (*query.used, (CURSOR, cursor))
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
        self_url=_url(here, own),
        next_url=_url(here, (*query.used, (CURSOR, page.next))) if page.next else None,
        total=page.total,
    )


def _entry(query: Query, version: Version, mode: Mode) -> SearchEntry:
    assert version.body is not None
    if not narrows(query):
        return SearchEntry(identity=version.identity, body=version.body, mode=mode)
    part = dumps(subset(parsed(version.body), query))
    return SearchEntry(identity=version.identity, body=part, mode=mode)


def _url(here: str, pairs: tuple[tuple[str, str], ...]) -> str:
    return f"{here}?{urlencode(pairs)}" if pairs else here
