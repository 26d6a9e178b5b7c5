"""What SQL finds is what `matches` says of every resource, and as many as it counts."""

from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from service.fhir import exact_json
from service.fhir.access import Access
from service.fhir.exact_json import ExactDecimal
from service.fhir.search.matches import matches
from service.fhir.search.query import MAX_COUNT, Summary
from service.store.database import Database
from service.store.search import search
from tests.store.generated import ELEMENTS, resources, searches
from tests.store.searched import query, store


def exact(element: Any) -> Any:
    """The same with numbers as the door reads them."""
    match element:
        case dict():
            return {
                name: ExactDecimal(child) if name == "value" and _numeric(element) else exact(child)
                for name, child in element.items()
            }
        case list():
            return [exact(child) for child in element]
    return element


def _numeric(element: dict[str, Any]) -> bool:
    try:
        float(element["value"])
    except (ValueError, TypeError):
        return False
    return True


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[str]]:
    kind = draw(st.sampled_from(sorted(ELEMENTS)))
    asked = draw(st.lists(searches(kind), min_size=10, max_size=25))
    return draw(resources(kind)), asked


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
@given(case=cases())
async def test_the_database_finds_what_the_reading_of_the_specification_finds(
    database: Database, case: tuple[list[dict[str, Any]], list[str]]
) -> None:
    made, asked = case
    access = Access(tenant=uuid4())
    await store(database, [exact(resource) for resource in made], access=access)
    async with database.reading(access) as tx:
        everything = replace(query(made[0]["resourceType"]), count=MAX_COUNT)
        stored = [
            exact_json.loads(version.body or b"") for version in (await search(tx, everything)).rows
        ]
        assert len(stored) == len(made)
        for text in asked:
            wanted = query(text)
            expected = [r["id"] for r in stored if matches(r, wanted)]
            found = await search(tx, replace(wanted, count=MAX_COUNT))
            counted = await search(tx, replace(wanted, summary=Summary.COUNT))
            assert sorted(v.identity.id for v in found.rows) == expected, text
            assert (found.total, counted.total) == (len(expected), len(expected)), text
