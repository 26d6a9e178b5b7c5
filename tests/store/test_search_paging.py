"""Pages: in order, none lost or repeated, and a page token that serves one search only."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.errors import BadRequest
from service.fhir.access import Access
from service.store.database import Database
from tests.store.searched import ids, named, page, remove, store

FAMILIES = ("Adler", "Ärmel", "zeta", "Zeta", None)
BIRTHS = ("1990", "1990-05-03", "1985-01-01", None)
SORTS = ("", "family", "-family", "birthdate", "-birthdate,family", "_id", "-_id")
SORTS += ("_lastUpdated", "-_lastUpdated", "family,-birthdate")

RARE = (1_003, 1_004, 1_005, 1_006, 1_150, 1_151, 1_299)


def patient(id_: str, family: str | None, birth: str | None) -> dict[str, Any]:
    made: dict[str, Any] = {"resourceType": "Patient", "id": id_, "gender": "female"}
    if family is not None:
        made["name"] = [{"family": family}]
    if birth is not None:
        made["birthDate"] = birth
    return made


def observation(id_: str, effective: str | None, **more: Any) -> dict[str, Any]:
    made = {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": {"coding": [{"code": "a"}, {"code": "b"}]},
        "category": [{"coding": [{"code": "survey"}, {"code": "therapy"}]}],
        "subject": {"reference": "Patient/1"},
        **more,
    }
    return made if effective is None else {**made, "effectiveDateTime": effective}


people = st.lists(
    st.tuples(st.sampled_from(FAMILIES), st.sampled_from(BIRTHS)), min_size=1, max_size=12
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    there=people,
    sort=st.sampled_from(SORTS),
    size=st.integers(1, 4),
    changes=st.lists(st.tuples(people, st.integers(0, 11)), max_size=4),
)
async def test_concurrent_writes_lose_and_repeat_nothing_that_was_there_throughout(
    database: Database,
    there: list[tuple[str | None, str | None]],
    sort: str,
    size: int,
    changes: list[tuple[list[tuple[str | None, str | None]], int]],
) -> None:
    run = uuid4().hex[:8]
    here = [f"{run}-{place}" for place in range(len(there))]
    made = [patient(id_, *who) for id_, who in zip(here, there, strict=True)]
    tagged = [{**p, "meta": {"tag": [{"code": run}]}} for p in made]
    await store(database, tagged)
    asked = f"Patient?_tag={run}&_count={size}" + (f"&_sort={sort}" if sort else "")
    in_order = await ids(database, asked.replace(f"_count={size}", "_count=1000"))
    assert sorted(in_order) == sorted(here)
    found, gone, cursor, step = list[str](), set[str](), None, 0
    while True:
        answer = await page(database, asked, cursor)
        assert len(answer.rows) <= size
        assert answer.total == len(here)
        found += named(answer.rows)
        if answer.next is None:
            break
        cursor = answer.next
        if step < len(changes):
            newcomers, victim = changes[step]
            await store(
                database,
                [
                    {**patient(f"{run}-new-{step}-{n}", *who), "meta": {"tag": [{"code": run}]}}
                    for n, who in enumerate(newcomers)
                ],
            )
            if victim < len(here):
                await remove(database, f"Patient/{here[victim]}")
                gone.add(here[victim])
        step += 1
    throughout = [id_ for id_ in in_order if id_ not in gone]
    assert len(found) == len(set(found))
    assert [id_ for id_ in found if id_ not in gone] == throughout


async def test_ascending_and_descending_put_missing_values_last(database: Database) -> None:
    await store(
        database,
        [
            patient("none", None, None),
            patient("b", "Berg", "1990"),
            patient("a", "Ádám", "1985-01-01"),
            patient("c", "cela", "1990-05-03"),
        ],
    )
    assert await ids(database, "Patient?_sort=family") == ["a", "b", "c", "none"]
    assert await ids(database, "Patient?_sort=-family") == ["c", "b", "a", "none"]
    # 1990 starts before 1990-05-03
    assert await ids(database, "Patient?_sort=birthdate") == ["a", "b", "c", "none"]
    assert await ids(database, "Patient?_sort=-birthdate") == ["c", "b", "a", "none"]


@pytest.mark.parametrize("start", ["patient=1&", "code=a,b&", "category=survey,therapy&", ""])
async def test_observations_sort_by_date_whatever_the_search_starts_from(
    database: Database, start: str
) -> None:
    await store(
        database,
        [
            observation("undated", None),
            observation("old", "2026-01-01"),
            observation("new", "2026-05-03T10:00Z"),
            observation("same", "2026-01-01"),
            observation("open", None, effectivePeriod={"end": "2026-02-01"}),
        ],
    )
    ascending = await ids(database, f"Observation?{start}_sort=date&_count=2")
    assert ascending == ["open", "old", "same", "new", "undated"]
    descending = await ids(database, f"Observation?{start}_sort=-date&_count=2")
    assert descending[:3] == ["new", "old", "same"]
    assert sorted(descending[3:]) == ["open", "undated"]


async def test_a_match_with_several_codes_and_categories_is_found_and_counted_once(
    database: Database,
) -> None:
    await store(database, [observation("1", "2026-01-01"), observation("2", "2026-01-01")])
    for asked in ("patient=1", "code=a,b", "patient=1&category=survey,therapy", "patient=1&code=a"):
        answer = await page(database, f"Observation?{asked}&_count=1")
        assert (named(answer.rows), answer.total) == (["1"], 2)
        assert await ids(database, f"Observation?{asked}&_count=1") == ["1", "2"]


async def test_count_zero_and_summary_count_give_the_total_alone(database: Database) -> None:
    await store(database, [patient(str(n), "Berg", None) for n in range(3)])
    for asked in ("_count=0", "_summary=count", "_summary=count&_total=none"):
        answer = await page(database, f"Patient?family=berg&{asked}")
        assert (answer.rows, answer.total, answer.next) == ((), 3, None)


async def test_total_none_counts_nothing(database: Database) -> None:
    await store(database, [patient(str(n), "Berg", None) for n in range(3)])
    answer = await page(database, "Patient?_count=1&_total=none")
    assert answer.total is None
    assert answer.next is not None


async def test_a_total_that_nobody_asked_for_is_left_out_beyond_a_thousand(
    database: Database,
) -> None:
    """Of what is not of one patient; who asks is told, and the last page is there all the same."""
    one = {"code": {"coding": [{"code": "a"}]}, "category": []}
    await store(database, [observation(str(n), "2026-01-01", **one) for n in range(1_001)])
    for asked, total in (
        ("code=a", None),
        ("code=a&_total=accurate", 1_001),
        ("code=a&_total=estimate", 1_001),
        ("code=a&_total=none", None),
        ("code=a&_summary=count", 1_001),
        ("code=a&_count=0", 1_001),
        ("patient=1", 1_001),
        ("patient=1&code=a", 1_001),
        ("_sort=-date", None),
    ):
        answer = await page(database, f"Observation?{asked}")
        assert answer.total == total, asked
    first = await page(database, "Observation?code=a&_count=1000")
    last = await page(database, "Observation?code=a&_count=1000", first.next)
    assert (named(last.rows), last.total, last.next) == (["1000"], None, None)
    await remove(database, "Observation/1000")
    assert (await page(database, "Observation?code=a")).total == 1_000


async def test_what_is_rare_among_the_newest_of_a_code_is_found_in_its_place(
    database: Database,
) -> None:
    """The newest 1,000 and twice the page are looked at first: of the 1,300, the seven of 9 begin
    within the last four of those, and three equal moments are in between."""
    await store(
        database,
        [
            observation(
                f"{n:04}",
                f"2026-01-01T00:{(1_300 - n) // 3 // 60:02}:{(1_300 - n) // 3 % 60:02}Z",
                code={"coding": [{"code": "a"}]},
                category=[],
                valueQuantity={"value": 9 if n in RARE else 1},
            )
            for n in range(1_300)
        ],
    )
    asked = "Observation?code=a&value-quantity=9&_count=3"
    assert await ids(database, asked) == [f"{n:04}" for n in RARE]
    assert (await page(database, asked)).total == 7
    often = await ids(database, "Observation?code-value-quantity=a$1&_count=400")
    assert often == [f"{n:04}" for n in range(1_300) if n not in RARE]


async def test_a_total_is_counted_where_the_index_alone_cannot_tell(database: Database) -> None:
    """The index keeps 200 characters: of the strings that go on, one holds the word."""
    await store(
        database,
        [
            patient("beyond", "x" * 250 + "needle", None),
            patient("without", "x" * 260, None),
            patient("within", "needle", None),
        ],
    )
    answer = await page(database, "Patient?family:contains=needle&_count=1")
    assert (named(answer.rows), answer.total) == (["beyond"], 2)
    counted = await page(database, "Patient?family:contains=needle&_summary=count")
    assert counted.total == 2


async def test_22_a_page_token_of_another_search_is_refused(database: Database) -> None:
    await store(database, [patient(str(n), "Berg", None) for n in range(3)])
    token = (await page(database, "Patient?family=berg&_count=1")).next
    assert (await page(database, "Patient?family=berg&_count=2", token)).next is None
    with pytest.raises(BadRequest):
        await page(database, "Patient?family=ber&_count=1", token)
    with pytest.raises(BadRequest):
        await page(database, "Practitioner?family=berg&_count=1", token)


async def test_22_a_page_token_of_another_tenant_is_refused(database: Database) -> None:
    other = Access(tenant=uuid4())
    await database.ensure_tenant(other.tenant)
    await store(database, [patient(str(n), "Berg", None) for n in range(2)], access=other)
    token = (await page(database, "Patient?_count=1", access=other)).next
    assert token is not None
    with pytest.raises(BadRequest):
        await page(database, "Patient?_count=1", token)


@pytest.mark.parametrize("token", ["", "x", "AAAA", "é", "A" * 200, "A" * 100_000, "%00", "a b"])
async def test_22_a_forged_page_token_is_refused(database: Database, token: str) -> None:
    with pytest.raises(BadRequest):
        await page(database, "Patient?_count=1", token)


async def test_22_a_changed_page_token_is_refused(database: Database) -> None:
    await store(database, [patient(str(n), "Berg", None) for n in range(2)])
    token = (await page(database, "Patient?_count=1")).next or ""
    for place in range(0, len(token), 7):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(BadRequest):
            await page(database, "Patient?_count=1", token[:place] + other + token[place + 1 :])


async def test_a_page_token_says_nothing_of_what_it_holds(database: Database) -> None:
    await store(database, [patient(str(n), "Canary", None) for n in range(2)])
    token = (await page(database, "Patient?_sort=family&_count=1")).next or ""
    again = (await page(database, "Patient?_sort=family&_count=1")).next or ""
    assert "canary" not in token.lower()
    assert token != again
