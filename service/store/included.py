"""What is answered beside the matches of a page: what they refer to, and what refers to them.

http://hl7.org/fhir/R4/search.html#include
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from service.fhir.references import local
from service.fhir.resource import Resource, Version
from service.fhir.scopes import Verb
from service.fhir.search.includes import named, names
from service.fhir.search.parameters import TABLE
from service.fhir.search.query import Include, Join, Query
from service.store.clauses.coded import column_of
from service.store.database import Transaction
from service.store.hashing import hash64
from service.store.index import mark
from service.store.saying import MOST_ROWS, Saying, saying
from service.store.store import read_many
from service.store.visibility import shown

MOST = 1_000
"""Resources included in one page."""
ROUNDS = 50
"""How often `:iterate` asks again of what it included last."""


@dataclass(frozen=True, kw_only=True)
class Included:
    """Each resource once, and none that is a match of the page."""

    rows: tuple[Version, ...] = ()
    complete: bool = True
    """Whether there is nothing more that was asked for."""


async def included(
    tx: Transaction, query: Query, matches: Sequence[Version], *, most: int = MOST
) -> Included:
    """What `query` includes for these matches, up to `most` resources.

    References to other servers, to what is contained and to what is deleted lead to nothing; a
    reference to a version leads to the current one.
    """
    known = {match.identity: match for match in matches}
    fresh, asked = tuple(matches), query.includes
    complete, limit = True, len(known) + most
    for _ in range(ROUNDS):
        if not (fresh and asked) or len(known) > limit:
            break
        bodies = [_resource(each) for each in fresh]
        naming = await _naming(tx, query, bodies, asked, limit + 1)
        complete = complete and naming.complete
        found = (*await _named(tx, query, bodies, asked), *naming.rows)
        new = {each.identity: each for each in found if each.identity not in known}
        known |= new
        fresh = tuple(new.values())
        asked = tuple(include for include in asked if include.iterate)
    rows = tuple(known.values())[len(matches) :]
    return Included(
        rows=rows[:most], complete=complete and not (fresh and asked) and len(rows) <= most
    )


async def _named(
    tx: Transaction, query: Query, bodies: Sequence[Resource], asked: Iterable[Include]
) -> tuple[Version, ...]:
    """What the resources refer to."""
    literal, canonical = dict[str, None](), dict[str, None]()
    for join in _joins(asked, reverse=False):
        texts = canonical if join.parameter.canonical else literal
        for body in bodies:
            texts |= dict.fromkeys(named(body, join, query.base_url))
    identities = {text: local(text, query.base_url) for text in (*literal, *canonical)}
    here = list(dict.fromkeys(filter(None, identities.values())))
    read = {each.identity: each for each in await read_many(tx, here)}
    return (
        *shown(tx.access, (read[each] for each in here if each in read), Verb.SEARCH),
        *await _published(tx, [text for text in canonical if identities[text] is None]),
    )


async def _published(tx: Transaction, canonicals: Sequence[str]) -> tuple[Version, ...]:
    """What stands under one of some canonical URLs, in the version that each says, or in any."""
    kinds = [kind for kind in TABLE if "url" in TABLE[kind]]
    keys = {hash64(text.partition("|")[0]) for text in canonicals}
    found = await saying(
        tx, [(mark(kind, "url"), key) for key in keys for kind in kinds], {}, kinds, MOST_ROWS
    )
    wanted = set(canonicals)
    said = (each for each in found.rows if wanted & set(names(_resource(each))))
    return shown(tx.access, said, Verb.SEARCH)


async def _naming(
    tx: Transaction,
    query: Query,
    bodies: Sequence[Resource],
    asked: Iterable[Include],
    limit: int,
) -> Saying:
    """What refers to the resources."""
    wanted = {join: _wanted(join, bodies) for join in _joins(asked, reverse=True)}
    terms = list[tuple[int, int]]()
    columns = dict[str, list[int]]()
    for join, texts in wanted.items():
        own = mark(join.source, join.parameter.name)
        column = column_of(join.source, join.parameter.name)
        terms += [(own, hash64(text)) for text in texts]
        if column is not None:
            columns.setdefault(column, []).extend(map(hash64, texts))
    found = await saying(tx, terms, columns, [join.source for join in wanted], limit)
    rows = (
        each
        for each in found.rows
        if any(_says(_resource(each), join, texts, query) for join, texts in wanted.items())
    )
    return Saying(rows=shown(tx.access, rows, Verb.SEARCH), complete=found.complete)


def _wanted(join: Join, bodies: Iterable[Resource]) -> frozenset[str]:
    """The names of those resources that a join can lead to; only canonicals know their URLs."""
    kinds = (join.target,) if join.target else join.parameter.targets
    known = None if join.parameter.canonical else 1
    return frozenset(
        name
        for body in bodies
        if not kinds or body["resourceType"] in kinds
        for name in names(body)[:known]
    )


def _says(resource: Resource, join: Join, texts: frozenset[str], query: Query) -> bool:
    return any(text in texts for text in named(resource, join, query.base_url))


def _joins(asked: Iterable[Include], *, reverse: bool) -> Iterator[Join]:
    yield from dict.fromkeys(
        join for include in asked if include.reverse is reverse for join in include.joins
    )


def _resource(each: Version) -> Resource:
    assert each.body is not None
    resource: Resource = orjson.loads(each.body)
    return resource
