"""Creating, updating and deleting: versions, history, index rows and the records of patients."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from service.errors import Conflict, Forbidden, PreconditionFailed
from service.fhir.access import Access
from service.fhir.resource import PatientKey
from service.store import store
from service.store.database import Database, Transaction
from service.store.hashing import hash64
from service.store.index import IndexRows
from service.store.write import ABSENT, ANY, CREATE, Stored, Write, delete, lock, lock_criteria, put
from tests.store.written import INDEX_TABLES, new, observation, write


async def stored(database: Database, access: Access, *writes: Write) -> Stored:
    async with database.begin(access) as tx:
        return await put(tx, writes)


async def deleted(database: Database, access: Access, *names: str) -> frozenset[PatientKey]:
    async with database.begin(access) as tx:
        return await delete(tx, [observation(name) for name in names])


async def counted(tx: Transaction, *tables: str) -> list[int]:
    return [await tx.connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables]


async def test_a_created_resource_is_version_1_with_the_time_of_the_database(
    database: Database, access: Access
) -> None:
    made = await stored(database, access, new("a", value=5))
    (version,) = made.versions
    async with database.begin(access) as tx:
        now = await tx.connection.fetchval("SELECT clock_timestamp()")
        assert await store.read(tx, observation("a")) == version
    assert version.number == 1
    assert timedelta(0) <= now - version.last_updated < timedelta(minutes=1)
    assert version.last_updated.microsecond % 1000 == 0
    stamp = version.last_updated.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert version.body == (
        b'{"resourceType":"Observation","id":"a","meta":{"versionId":"1","lastUpdated":"'
        + stamp.encode()
        + b'"},"valueInteger":5}'
    )


async def test_what_was_never_stored_is_none(database: Database, access: Access) -> None:
    async with database.begin(access) as tx:
        assert await store.read(tx, observation("a")) is None
        assert await store.read_version(tx, observation("a"), 1) is None
        assert await store.versions(tx, observation("a"), count=10) == ()


async def test_a_put_answers_in_the_order_it_was_asked(database: Database, access: Access) -> None:
    await stored(database, access, new("b"))
    made = await stored(database, access, new("c"), write("b"), new("a"))
    assert [(v.identity.id, v.number) for v in made.versions] == [("c", 1), ("b", 2), ("a", 1)]


async def test_row_ids_follow_the_order_of_creation(database: Database, access: Access) -> None:
    await stored(database, access, *(new(name) for name in "zmac"))
    async with database.begin(access) as tx:
        rows = await tx.connection.fetch("SELECT id FROM resource ORDER BY row_id")
    assert "".join(row["id"] for row in rows) == "zmac"


async def test_an_update_keeps_every_version(database: Database, access: Access) -> None:
    for value in (1, 2, 3):
        await stored(database, access, write("a", value=value))
    async with database.begin(access) as tx:
        versions = await store.versions(tx, observation("a"), count=10)
        second = await store.read_version(tx, observation("a"), 2)
        assert await counted(tx, "resource", "history") == [1, 2]
    assert [version.number for version in versions] == [3, 2, 1]
    assert [body.rsplit(b":", 1)[1] for v in versions if (body := v.body)] == [b"3}", b"2}", b"1}"]
    assert versions[1] == second
    assert versions[0].last_updated > versions[1].last_updated > versions[2].last_updated


async def test_versions_are_read_in_parts(database: Database, access: Access) -> None:
    for value in range(5):
        await stored(database, access, write("a", value=value))
    async with database.begin(access) as tx:
        some = await store.versions(tx, observation("a"), count=2, before=4)
    assert [version.number for version in some] == [3, 2]


async def test_index_rows_are_those_of_the_current_version(
    database: Database, access: Access
) -> None:
    await stored(database, access, new("a"), new("b"))
    async with database.begin(access) as tx:
        assert await counted(tx, *INDEX_TABLES) == [4, 2, 2, 2, 4]
    await stored(database, access, write("a", index=IndexRows(term=((9, 9, None, None),))))
    async with database.begin(access) as tx:
        assert await counted(tx, *INDEX_TABLES) == [3, 1, 1, 1, 2]
    await deleted(database, access, "b")
    async with database.begin(access) as tx:
        assert await counted(tx, *INDEX_TABLES) == [1, 0, 0, 0, 0]


def _rows(number: int, name: str) -> IndexRows:
    return IndexRows(term=((0, number, None, None),), phrase=((number, name, name),))


async def test_index_rows_belong_to_their_own_resource(database: Database, access: Access) -> None:
    await stored(
        database,
        access,
        *(
            write(name, index=_rows(n, name), expected=CREATE)
            for name, n in (("a", 1), ("b", 2), ("c", 3))
        ),
    )
    async with database.begin(access) as tx:
        rows = await tx.connection.fetch(
            "SELECT id, t.key, exact FROM resource JOIN term t USING (tenant_id, row_id)"
            " JOIN phrase USING (tenant_id, row_id) ORDER BY id"
        )
    assert [tuple(row) for row in rows] == [("a", 1, "a"), ("b", 2, "b"), ("c", 3, "c")]


async def test_a_deleted_resource_has_a_last_version_without_a_body(
    database: Database, access: Access
) -> None:
    await stored(database, access, new("a"))
    await deleted(database, access, "a")
    await deleted(database, access, "a", "never-there")
    async with database.begin(access) as tx:
        version = await store.read(tx, observation("a"))
        versions = await store.versions(tx, observation("a"), count=10)
        assert not await store.existing(tx, [observation("a")])
    assert version is not None
    assert version.deleted
    assert version.number == 2
    assert [(v.number, v.deleted) for v in versions] == [(2, True), (1, False)]


async def test_a_deleted_resource_can_be_brought_back(database: Database, access: Access) -> None:
    await stored(database, access, new("a"))
    await deleted(database, access, "a")
    made = await stored(database, access, write("a", value=2))
    assert made.versions[0].number == 3
    async with database.begin(access) as tx:
        versions = await store.versions(tx, observation("a"), count=10)
    assert [v.deleted for v in versions] == [False, True, False]


async def test_creating_what_exists_is_a_conflict_and_changes_nothing(
    database: Database, access: Access
) -> None:
    await stored(database, access, new("a", value=1))
    with pytest.raises(Conflict):
        await stored(database, access, new("b"), new("a", value=2))
    async with database.begin(access) as tx:
        assert await counted(tx, "resource", "history", "term") == [1, 0, 2]


@pytest.mark.parametrize("expected", [1, 3])
async def test_an_update_of_another_version_than_expected_changes_nothing(
    database: Database, access: Access, expected: int
) -> None:
    await stored(database, access, write("a", value=1))
    await stored(database, access, write("a", value=2))
    with pytest.raises(PreconditionFailed):
        await stored(database, access, new("b"), write("a", value=3, expected=expected))
    async with database.begin(access) as tx:
        assert await counted(tx, "resource", "history") == [1, 1]
    made = await stored(database, access, write("a", value=3, expected=2))
    assert made.versions[0].number == 3


async def test_a_version_is_not_there_where_nothing_stands(
    database: Database, access: Access
) -> None:
    with pytest.raises(PreconditionFailed):
        await stored(database, access, write("a", expected=1))
    await stored(database, access, write("a"))
    await deleted(database, access, "a")
    with pytest.raises(PreconditionFailed):
        await stored(database, access, write("a", expected=2))


async def test_derived_resources_and_those_of_clients_do_not_replace_one_another(
    database: Database, access: Access
) -> None:
    await stored(database, access, write("theirs"), write("ours", derived=True))
    with pytest.raises(Conflict):
        await stored(database, access, write("theirs", derived=True))
    with pytest.raises(Forbidden):
        await stored(database, access, write("ours"))
    with pytest.raises(Forbidden):
        await deleted(database, access, "ours")
    async with database.begin(access) as tx:
        both = [observation("theirs"), observation("ours")]
        versions = await store.read_many(tx, both)
    assert {version.identity.id: version.derived for version in versions} == {
        "theirs": False,
        "ours": True,
    }


async def test_a_put_names_the_patients_whose_records_changed_and_what_they_were(
    database: Database, access: Access
) -> None:
    silent = await stored(database, access, write("x", facts=None))
    first = await stored(database, access, write("a", patient="p1", facts=b"1"))
    moved = await stored(database, access, write("a", patient="p2", facts=b"2"))
    async with database.begin(access) as tx:
        rows = await tx.connection.fetch("SELECT patient, id, facts FROM record")
    assert [tuple(row) for row in rows] == [("p2", "a", b"2")]
    emptied = await stored(database, access, write("a", patient="p2", facts=None))
    again = await stored(database, access, write("a", patient="p2", facts=None))
    assert silent.before == {}
    one = observation("a")
    assert first.before == {"p1": {one: None}}
    assert moved.before == {"p1": {one: b"1"}, "p2": {one: None}}
    assert emptied.before == {"p2": {one: b"2"}}
    assert again.before == {}


async def test_deleting_a_record_names_its_patient_once(database: Database, access: Access) -> None:
    await stored(database, access, write("a", facts=b"1"), write("b", facts=None))
    assert await deleted(database, access, "a", "b") == {"p1"}
    assert await deleted(database, access, "a", "b") == set()
    async with database.begin(access) as tx:
        assert await counted(tx, "record") == [0]


async def test_a_put_names_what_did_not_stand_before(database: Database, access: Access) -> None:
    first = await stored(database, access, new("a"), write("b"))
    await deleted(database, access, "b")
    second = await stored(database, access, write("a"), write("b"), write("c"))
    assert first.created == {observation("a"), observation("b")}
    assert second.created == {observation("b"), observation("c")}


async def test_a_deletion_of_another_version_than_expected_changes_nothing(
    database: Database, access: Access
) -> None:
    await stored(database, access, write("a"))
    await stored(database, access, write("a"))
    for number in (1, 3):
        with pytest.raises(PreconditionFailed):
            async with database.begin(access) as tx:
                await delete(tx, [observation("a")], {observation("a"): number})
    async with database.begin(access) as tx:
        await delete(tx, [observation("a")], {observation("a"): 2})
        version = await store.read(tx, observation("a"))
    assert version is not None
    assert version.deleted


async def test_nothing_is_put_or_deleted_where_nothing_is_asked(
    database: Database, access: Access
) -> None:
    nothing = Stored(versions=(), before={}, created=frozenset())
    assert await stored(database, access) == nothing
    assert await deleted(database, access) == set()


async def test_parallel_updates_are_all_kept(database: Database, access: Access) -> None:
    await asyncio.gather(
        *(stored(database, access, write("a", value=value)) for value in range(20))
    )
    async with database.begin(access) as tx:
        versions = await store.versions(tx, observation("a"), count=100)
        assert await counted(tx, *INDEX_TABLES) == [2, 1, 1, 1, 2]
    assert [version.number for version in versions] == list(range(20, 0, -1))
    moments = [version.last_updated for version in versions]
    assert moments == sorted(moments, reverse=True)
    assert len(set(moments)) == 20
    values = {version.body.rsplit(b":", 1)[1] for version in versions if version.body}
    assert values == {b"%d}" % value for value in range(20)}


async def test_of_parallel_updates_of_one_version_one_wins(
    database: Database, access: Access
) -> None:
    await stored(database, access, write("a"))
    outcomes = await asyncio.gather(
        *(stored(database, access, write("a", value=n, expected=1)) for n in range(8)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Stored) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, PreconditionFailed) for outcome in outcomes) == 7


async def test_of_parallel_creates_under_one_condition_one_happens(
    database: Database, access: Access
) -> None:
    async def create_unless_there(name: str) -> bool:
        async with database.begin(access) as tx:
            await lock_criteria(tx, [42])
            if await store.holds(tx, "Observation"):
                return False
            await put(tx, [new(name)])
            return True

    made = await asyncio.gather(*(create_unless_there(f"id-{n}") for n in range(8)))
    assert sorted(made) == [False] * 7 + [True]


async def test_transactions_that_cross_are_repeated_until_both_are_done(
    database: Database, access: Access
) -> None:
    await stored(database, access, write("a"), write("b"))
    meeting = asyncio.Barrier(2)

    def crossing(first: str, second: str) -> Callable[[Transaction], Awaitable[None]]:
        met = False

        async def work(tx: Transaction) -> None:
            nonlocal met
            await put(tx, [write(first, expected=ANY)])
            if not met:
                met = True
                await meeting.wait()
            await put(tx, [write(second, expected=ANY)])

        return work

    await asyncio.gather(
        database.run(access, crossing("a", "b")), database.run(access, crossing("b", "a"))
    )
    async with database.begin(access) as tx:
        versions = await store.read_many(tx, [observation("a"), observation("b")])
    assert [version.number for version in versions] == [3, 3]


async def test_what_must_not_stand_may_have_stood(database: Database, access: Access) -> None:
    absent = write("a", expected=ABSENT)
    for number in (1, 3):
        (version,) = (await stored(database, access, absent)).versions
        assert version.number == number
        with pytest.raises(PreconditionFailed):
            await stored(database, access, absent)
        await deleted(database, access, "a")


async def test_what_is_locked_waits_and_is_said_with_its_version(
    database: Database, access: Access
) -> None:
    await stored(database, access, new("a"), new("gone"))
    await stored(database, access, write("a", value=2))
    await deleted(database, access, "gone")
    async with database.begin(access) as tx:
        held = await lock(tx, [observation("a"), observation("gone"), observation("none")])
        assert held == {observation("a"): 2}
        assert await lock(tx, []) == {}
        waiting = asyncio.create_task(stored(database, access, write("a", value=3)))
        await asyncio.sleep(0.05)
        assert not waiting.done()
    (version,) = (await waiting).versions
    assert version.number == 3


async def test_an_id_whose_hash_another_has_is_refused_and_asked_to_be_another(
    database: Database, access: Access
) -> None:
    """Nobody knows two such ids; so one that is there is given the hash of another."""
    await stored(database, access, new("a"))
    async with database.begin(access) as tx:
        await tx.connection.execute("UPDATE resource SET self = $1", hash64("Observation/b"))
    with pytest.raises(Conflict, match=r"Observation/b cannot be kept here: choose another id\."):
        await stored(database, access, write("b"))
    with pytest.raises(Conflict):
        await stored(database, access, new("b"))
    async with database.begin(access) as tx:
        assert await store.read(tx, observation("b")) is None
        rows = await tx.connection.fetch("SELECT id FROM resource")
    assert [row["id"] for row in rows] == ["a"]


async def test_words_are_kept_once_whoever_says_them(database: Database, access: Access) -> None:
    other = Access(tenant=UUID(int=2))
    await database.ensure_tenant(other.tenant)
    await stored(database, access, new("a"), new("b"))
    await stored(database, access, new("c"), write("a"))
    await stored(database, other, new("a"))
    for each in (access, other):
        async with database.begin(each) as tx:
            said = await tx.connection.fetch("SELECT words, key, exact, folded FROM wording")
        assert [tuple(row) for row in said] == [(18, 19, "Weinen", "weinen")]


async def test_new_words_that_come_at_once_are_there_once(
    database: Database, access: Access
) -> None:
    writes = [new(f"{number}") for number in range(20)]
    await asyncio.gather(*(stored(database, access, each) for each in writes))
    async with database.begin(access) as tx:
        assert await counted(tx, "wording", "resource") == [1, 20]
