"""Both ways of following a link, and how pages go on where the way changes between them."""

from typing import Any

import pytest
from msgspec.structs import replace

from service.fhir.search.query import Clause, Query
from service.fhir.search.query import Naming as Named
from service.store.clauses.statement import MOST_FOLLOWED, statement
from service.store.database import Database, Transaction
from service.store.included import included
from service.store.links import settled
from service.store.search import search
from tests.store.searched import ACCESS, NUMBER, named, query, store

Json = dict[str, Any]


def person(id_: str, gender: str = "female", **elements: Any) -> Json:
    return {"resourceType": "Patient", "id": id_, "gender": gender, **elements}


def observed(id_: str, patient: str, effective: str | None = None, **elements: Any) -> Json:
    made = {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": {"coding": [{"code": "k"}]},
        "subject": {"reference": f"Patient/{patient}"},
        **elements,
    }
    return made if effective is None else {**made, "effectiveDateTime": effective}


PEOPLE = [person("a"), person("b"), person("c", "male")]


async def settle(database: Database, asked: str, few: int) -> Query:
    async with database.reading(ACCESS) as tx:
        return await settled_in(tx, query(asked), few)


async def settled_in(tx: Transaction, wanted: Query, few: int) -> Query:
    async def find(other: Query, most: int) -> Any:
        return (await search(tx, other, limit=most)).rows

    return await settled(tx, wanted, few, find)


def references(clauses: tuple[Clause, ...]) -> set[str]:
    (clause,) = clauses
    (value,) = clause.values
    assert isinstance(value, Named)
    return set(value.references)


async def test_few_are_named_and_of_more_the_link_stays(database: Database) -> None:
    await store(database, PEOPLE)
    asked = "Observation?patient.gender=female"
    two = await settle(database, asked, 2)
    assert (references(two.clauses), two.links) == ({"Patient/a", "Patient/b"}, ())
    one = await settle(database, asked, 1)
    assert (one.clauses, one.links) == ((), query(asked).links)


@pytest.mark.parametrize(("few", "read", "left"), [(55, [51], 1), (60, [51, 61], 0)])
async def test_of_too_many_on_the_other_end_only_the_first_are_read(
    database: Database, few: int, read: list[int], left: int
) -> None:
    """Of sixty, one more than fifty; then the index says whether there are more than are named."""
    await store(database, [person(str(number)) for number in range(60)])
    asked = list[int]()
    async with database.reading(ACCESS) as tx:

        async def find(other: Query, most: int) -> Any:
            asked.append(most)
            return (await search(tx, other, limit=most)).rows

        found = await settled(tx, query("Observation?patient.gender=female"), few, find)
    assert (asked, len(found.links)) == (read, left)


async def test_what_refers_is_named_by_the_ids_it_refers_to(database: Database) -> None:
    elsewhere = {"reference": "http://other.example/fhir/Patient/c"}
    await store(
        database,
        [*PEOPLE, observed("1", "a"), observed("2", "a"), observed("3", "c", subject=elsewhere)],
    )
    found = await settle(database, "Patient?_has:Observation:patient:code=k", 3)
    (clause,) = found.clauses
    assert clause.parameter.name == "_id"
    assert [getattr(value, "code", None) for value in clause.values] == ["a"]


async def test_links_inside_of_one_that_stays_are_named_all_the_same(database: Database) -> None:
    visits = [
        {"resourceType": "Encounter", "id": str(n), "subject": {"reference": "Patient/c"}}
        for n in range(3)
    ]
    await store(database, [*PEOPLE, *visits])
    found = await settle(database, "Observation?encounter:Encounter.patient.gender=male", 2)
    (link,) = found.links
    (inside,) = getattr(link, "targets", ())
    assert (references(inside.clauses), inside.links) == ({"Patient/c"}, ())


@pytest.mark.parametrize(
    "asked",
    [
        "Observation?patient=a&patient.gender=female",
        "Patient?_id=a&_has:Observation:patient:code=k",
        "Patient?_has:Observation:patient:code:not=k",
    ],
)
async def test_a_narrow_search_and_what_no_index_leads_to_stay_as_they_are(
    database: Database, asked: str
) -> None:
    assert await settle(database, asked, 1_000) == query(asked)


async def test_what_only_a_body_can_confirm_is_named_where_it_can_be(database: Database) -> None:
    """The index keeps 200 characters of a string."""
    family = "x" * 250
    await store(database, [person("a", name=[{"family": family}]), observed("1", "a")])
    found = await settle(database, f"Observation?patient=a&patient.family:contains={family}", 1)
    assert found.links == ()


ORDERED = [
    *PEOPLE,
    observed("undated", "a"),
    observed("open", "a", effectivePeriod={"end": "2026-02-01"}),
    observed("old", "b", "2026-01-01"),
    observed("never", "b"),
    observed("new", "a", "2026-05-03T10:00Z"),
    observed("same", "b", "2026-01-01"),
    observed("his", "c", "2026-03-01"),
]


@pytest.mark.parametrize("turns", [(1_000, 0), (0, 1_000)])
@pytest.mark.parametrize(
    "asked",
    [
        "code=k",
        "code=k&_sort=date",
        "code=k&_sort=-date",
        "code=k&_sort=-_lastUpdated",
        "_sort=-_lastUpdated",
        "_sort=-date",
        "",
    ],
)
async def test_pages_go_on_where_few_have_become_many_or_many_few(
    database: Database, asked: str, turns: tuple[int, int]
) -> None:
    await store(database, ORDERED)
    wanted = query(f"Observation?patient.gender=female&{asked}&_count=1")
    async with database.reading(ACCESS) as tx:
        whole = await search(tx, replace(wanted, count=10), few=turns[0])
        assert whole.total == 6
        found, cursor, turn = list[str](), None, 0
        while True:
            page = await search(tx, wanted, cursor=cursor, few=turns[turn % 2])
            found += named(page.rows)
            if page.next is None:
                break
            cursor, turn = page.next, turn + 1
    assert found == named(whole.rows)
    assert sorted(found) == ["never", "new", "old", "open", "same", "undated"]


async def test_observations_of_a_code_come_newest_first_with_links_too(database: Database) -> None:
    await store(database, ORDERED)
    for few in (1_000, 0):
        async with database.reading(ACCESS) as tx:
            page = await search(tx, query("Observation?code=k&patient.gender=female"), few=few)
        assert named(page.rows)[:3] == ["new", "old", "same"]


async def test_a_total_is_left_out_where_too_many_links_would_be_followed(
    database: Database,
) -> None:
    await store(database, [person("a"), *(observed(str(n), "a") for n in range(3))])
    asked = statement(query("Observation?patient.gender=female"), NUMBER)
    async with database.reading(ACCESS) as tx:
        for most, total in ((MOST_FOLLOWED, 3), (3, 3), (2, None), (None, 3)):
            sql, arguments = asked.count(most)
            assert await tx.connection.fetchval(sql, *arguments) == total


async def test_as_many_as_wanted_are_included_and_it_is_said_where_there_are_more(
    database: Database,
) -> None:
    chained = [
        observed(f"o{n}", "a", derivedFrom=[{"reference": f"Observation/o{n - 1}"}])
        for n in range(70)
    ]
    await store(database, [person("a"), *chained])
    async with database.reading(ACCESS) as tx:
        for asked, most, size, complete in (
            ("Patient?_id=a&_revinclude=Observation:patient", 70, 70, True),
            ("Patient?_id=a&_revinclude=Observation:patient", 69, 69, False),
            ("Observation?_id=o10&_include:iterate=Observation:derived-from", 20, 10, True),
            ("Observation?_id=o10&_include:iterate=Observation:derived-from", 9, 9, False),
            ("Observation?_id=o69&_include:iterate=Observation:derived-from", 99, 50, False),
        ):
            wanted = query(asked)
            matches = (await search(tx, wanted)).rows
            found = await included(tx, wanted, matches, most=most)
            assert (len(found.rows), found.complete) == (size, complete), asked
