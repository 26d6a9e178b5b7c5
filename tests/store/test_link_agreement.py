"""Chains and `_has`: what SQL finds is what `matches` says, whichever way it is found."""

from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from service.fhir import exact_json
from service.fhir.access import Access
from service.fhir.search.links import inner
from service.fhir.search.matches import matches
from service.fhir.search.parameters import Kind
from service.fhir.search.query import MAX_COUNT, Modifier, Query, Summary
from service.store.database import Database
from service.store.search import search
from tests.store.generated_links import WORLD, linked_searches, worlds
from tests.store.searched import query, store
from tests.store.test_search_agreement import exact

FEW, MANY = 1_000, 0
"""How many a condition may name: all that are generated, or none."""


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
@given(made=worlds(), asked=st.lists(linked_searches(), min_size=15, max_size=30))
async def test_links_are_followed_alike_in_sql_and_in_json(
    database: Database, made: list[dict[str, Any]], asked: list[str]
) -> None:
    access = Access(tenant=uuid4())
    await store(database, [exact(resource) for resource in made], access=access)
    async with database.reading(access) as tx:
        stored = [
            exact_json.loads(version.body or b"")
            for kind in WORLD
            for version in (await search(tx, replace(query(kind), count=MAX_COUNT))).rows
        ]
        assert len(stored) == len(made)
        for text in asked:
            wanted = replace(query(text), count=MAX_COUNT)
            expected = [r["id"] for r in stored if matches(r, wanted, stored)]
            for few in (FEW, 1, MANY):
                found = await search(tx, wanted, few=few)
                counted = await search(tx, replace(wanted, summary=Summary.COUNT), few=few)
                ids = sorted(version.identity.id for version in found.rows)
                assert found.total == counted.total == len(ids), (text, few)
                if doubtful(wanted):
                    assert set(expected) <= set(ids), (text, few)
                else:
                    assert ids == expected, (text, few)


def doubtful(asked: Query) -> bool:
    """Whether bodies may say no where the index says yes: numbers that a float cannot tell apart,
    strings longer than it keeps."""
    return any(
        clause.parameter.kind is Kind.QUANTITY or clause.modifier is Modifier.CONTAINS
        for query in inner(asked)
        for clause in query.clauses
    )
