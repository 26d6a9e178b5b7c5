"""GET [base]?..., POST [base]/_search and GET [base]/Patient/[id]/*: a search of several types.

http://hl7.org/fhir/R4/http.html#search
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from service.errors import BadRequest
from service.fhir.compartment_definitions import served
from service.fhir.resource import Identity
from service.fhir.scopes import Verb
from service.fhir.search.extract import IN_ROW
from service.fhir.search.parse import parse
from service.fhir.search.query import Query
from service.fhir.search.refusal import quoted
from service.fhir.search.within import within
from service.fhir.types import STORED
from service.interactions.asked import CURSOR
from service.interactions.context import Context
from service.interactions.messages import Request, Response
from service.interactions.permission import allow, allowed
from service.interactions.search import admitted, bundle
from service.store.cursor import asked
from service.store.included import Included
from service.store.search import search_all as find

TYPE = "_type"
"""Which types are searched, separated by commas; without it, all."""
Pairs = tuple[tuple[str, str], ...]


async def search_all(context: Context, request: Request, owner: Identity | None = None) -> Response:
    """A searchset Bundle of every type that is asked for, in one order; inside the compartment of
    `owner`, where there is one.

    Raises `BadRequest` for a parameter that not all of the types have.
    """
    if request.body is not None:
        raise BadRequest("Search parameters come in the query, or in a form to _search.")
    place = f"{owner}/*" if owner else ""
    types, chosen = _types(request.query, served(owner.type) if owner else STORED)
    pairs = tuple(pair for pair in request.query if pair[0] not in (CURSOR, TYPE))
    if chosen:
        for name in types:
            allow(context.tx.access, (name,), (Verb.SEARCH,))
    types = allowed(context.tx.access, types, Verb.SEARCH)
    queries = _queries(context, types, pairs, lenient=request.prefer.lenient)
    if owner is not None:
        queries = [within(query, owner) for query in queries]
    for query in queries:
        admitted(context, query)
    cursor = next((value for name, value in request.query if name == CURSOR), None)
    used = (*chosen, *queries[0].used)
    page = await find(context.tx, queries, cursor=cursor, asked=asked(place, used))
    whole = replace(queries[0], used=used)
    body = bundle(context, whole, page, cursor, place=place, more=Included())
    return Response(status=200, body=body, told=page.rows)


def _types(query: Pairs, offered: Iterable[str]) -> tuple[Sequence[str], Pairs]:
    """The types to search, and the parameter that said so."""
    said = [value for name, value in query if name == TYPE]
    offered = [name for name in offered if name in STORED]
    if not said:
        return tuple(offered), ()
    if len(said) > 1:
        raise BadRequest(f"Search parameter '{TYPE}' may be given once only.")
    types = tuple(dict.fromkeys(said[0].split(",")))
    for name in types:
        if name not in offered:
            raise BadRequest(f"'{TYPE}' takes types that can be searched here, not {quoted(name)}.")
    return types, ((TYPE, said[0]),)


def _queries(context: Context, types: Sequence[str], pairs: Pairs, *, lenient: bool) -> list[Query]:
    """One search for each type. What one of them does not know, a lenient client does without."""
    queries = [_query(context, name, pairs, lenient=lenient) for name in types]
    known = set.intersection(*({name for name, _ in query.used} for query in queries))
    ignored = {issue.message: issue for query in queries for issue in query.ignored}
    if ignored:
        common = tuple(pair for pair in pairs if pair[0] in known)
        queries = [_query(context, name, common, lenient=lenient) for name in types]
        queries[0] = replace(queries[0], ignored=tuple(ignored.values()))
    return queries


def _query(context: Context, type_name: str, pairs: Pairs, *, lenient: bool) -> Query:
    site = context.site
    query = parse(
        type_name,
        pairs,
        zone=site.zone,
        base_url=site.base_url,
        lenient=lenient,
        value_sets=site.ports.value_sets,
    )
    for key in query.sort:
        if key.parameter.name not in IN_ROW:
            raise BadRequest("'_sort' takes _id and _lastUpdated where several types are searched.")
    if query.includes:
        raise BadRequest("'_include' and '_revinclude' take a search of one type.")
    return replace(query, merged=True)
