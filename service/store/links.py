"""Which way a condition on other resources is answered, decided by how many of them meet it.

Few are found first, each held against its body, and named in an ordinary condition on the
reference or the id; then everything that the search does with conditions is done with this one.
Of many, or where no index leads to them, or where the search is narrow enough without, the link
stays, and SQL follows it from the outer rows (`clauses.links`).
"""

from collections.abc import Awaitable, Callable, Sequence
from itertools import chain

import orjson
from msgspec.structs import replace

from service.fhir.references import local
from service.fhir.resource import Version
from service.fhir.search.linked import referred_to
from service.fhir.search.parameters import TABLE
from service.fhir.search.parameters.every_type import ID, LAST_UPDATED
from service.fhir.search.query import Chain, Clause, Coded, Link, Naming, Query, Reverse, Sort
from service.store.clauses.probe import UNTIMED, Probe, Rank
from service.store.clauses.statement import RESOURCE, statement
from service.store.database import Transaction

FEW = 1_000
"""As many resources as a condition names at the most."""

SOME = 50
"""As many are read at first; of more it is asked beforehand whether they are too many."""

Find = Callable[[Query, int], Awaitable[Sequence[Version]]]
"""So many matches at the most of a query that is settled."""


async def settled(tx: Transaction, query: Query, few: int, find: Find) -> Query:
    """`query` with clauses in place of those links that no more than `few` resources answer.

    The order of its matches is the same, whichever links are left.
    """
    if not query.links:
        return query
    plain = statement(replace(query, links=()), tx.number).start
    narrow = plain.rank <= Rank.PATIENT
    if not query.sort and not query.merged:
        query = replace(query, sort=_unasked(query, plain))
    clauses, links = list(query.clauses), list[Link]()
    for link in query.links:
        inside = await _inside(tx, link, few, find)
        clause = None if _left(tx, inside, narrow) else await _named(tx, query, inside, few, find)
        if clause is None:
            links.append(inside)
        else:
            clauses.append(clause)
    return replace(query, clauses=tuple(clauses), links=tuple(links))


def _unasked(query: Query, plain: Probe) -> tuple[Sort, ...]:
    """The order that the search has without its links, said: `order` gives it to what begins
    there."""
    if plain.table == "coded_value" and plain.rank not in UNTIMED:
        return (Sort(parameter=TABLE[query.type]["date"], descending=True),)
    if plain.rank is Rank.UPDATED:
        return (Sort(parameter=TABLE[query.type][LAST_UPDATED]),)
    return ()


async def _inside(tx: Transaction, link: Link, few: int, find: Find) -> Link:
    """The link with its own queries settled."""
    if isinstance(link, Reverse):
        return replace(link, source=await settled(tx, link.source, few, find))
    targets = [await settled(tx, target, few, find) for target in link.targets]
    return replace(link, targets=tuple(targets))


def _left(tx: Transaction, link: Link, narrow: bool) -> bool:
    """Whether a link is not worth looking at from its other end.

    In a `narrow` search it costs less to follow it from the few rows there are, if the index does
    not need the bodies to be certain.
    """
    statements = [statement(query, tx.number) for query in _queries(link)]
    if any(each.start is RESOURCE or each.start.rank is Rank.REST for each in statements):
        return True
    return narrow and not any(each.doubts for each in statements)


async def _named(tx: Transaction, query: Query, link: Link, few: int, find: Find) -> Clause | None:
    """The condition that names what is on the other end; None for more than `few` of them."""
    found = list[Version]()
    for other in _queries(link):
        most = few - len(found)
        some = await find(other, min(SOME, most) + 1)
        if min(len(some), most) > SOME:
            if await _beyond(tx, other, most):
                return None
            some = await find(other, most + 1)
        found += some
        if len(found) > few:
            return None
    if isinstance(link, Chain):
        names = tuple(str(version.identity) for version in found)
        return Clause(parameter=link.parameter, values=(Naming(references=names),))
    ids = dict.fromkeys(chain.from_iterable(_referred(query, link, v) for v in found))
    values = tuple(Coded(system=None, code=id_) for id_ in ids)
    return Clause(parameter=TABLE[query.type][ID], values=values)


async def _beyond(tx: Transaction, other: Query, most: int) -> bool:
    """Whether the index alone can tell that there are more: their bodies need not be read then."""
    asked = statement(other, tx.number)
    if asked.doubts:
        return False
    sql, arguments = asked.beyond(most)
    return bool(await tx.connection.fetchval(sql, *arguments))


def _referred(query: Query, link: Reverse, version: Version) -> list[str]:
    """The ids of the resources of the query's type that `version` refers to."""
    assert version.body is not None
    texts = referred_to(orjson.loads(version.body), link.parameter, query.base_url)
    named = [local(text, query.base_url) for text in texts]
    return [identity.id for identity in named if identity and identity.type == query.type]


def _queries(link: Link) -> tuple[Query, ...]:
    return link.targets if isinstance(link, Chain) else (link.source,)
