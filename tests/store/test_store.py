"""Reading back what stands: many at once, by compartment, by type."""

from msgspec import structs

from service.fhir.access import Access
from service.fhir.resource import Identity, PatientKey
from service.store import store
from service.store.database import Database
from service.store.write import delete, put
from tests.store.written import new, observation, write


async def test_many_are_read_at_once_and_those_that_are_not_there_are_left_out(
    database: Database, access: Access
) -> None:
    async with database.begin(access) as tx:
        made = await put(tx, [new("a"), new("b"), new("c")])
        found = await store.read_many(tx, [observation(name) for name in "axb"])
        assert await store.read_many(tx, []) == ()
    assert {version.identity.id: version for version in found} == {
        "a": made.versions[0],
        "b": made.versions[1],
    }


async def test_a_compartment_is_what_stands_of_one_patient_in_the_order_of_creation(
    database: Database, access: Access
) -> None:
    async with database.begin(access) as tx:
        await put(tx, [new("c"), new("other", patient="p2"), new("nobodys", patient=None)])
        await put(tx, [new("a"), new("gone"), new("b")])
        await put(tx, [write("c", value=2)])
        await delete(tx, [observation("gone")])
        found = await store.compartment(tx, PatientKey("p1"), ["Observation", "Encounter"])
        assert await store.compartment(tx, PatientKey("p1"), ["Encounter"]) == ()
    assert [version.identity.id for version in found] == ["c", "a", "b"]


async def test_only_what_stands_exists(database: Database, access: Access) -> None:
    async with database.begin(access) as tx:
        await put(tx, [new("a"), new("gone")])
        await delete(tx, [observation("gone")])
        asked = [observation("a"), observation("gone"), observation("never")]
        asked.append(Identity(type="Encounter", id="a"))
        assert await store.existing(tx, asked) == {observation("a")}


async def test_a_type_is_held_while_one_of_it_stands(database: Database, access: Access) -> None:
    async with database.begin(access) as tx:
        assert not await store.holds(tx, "Observation")
        await put(tx, [new("a")])
        assert await store.holds(tx, "Observation")
        assert not await store.holds(tx, "Patient")
        await delete(tx, [observation("a")])
        assert not await store.holds(tx, "Observation")


async def test_a_large_body_comes_back_to_the_byte(database: Database, access: Access) -> None:
    incompressible = "".join(chr(0x4E00 + n * n * 7919 % 20_000) for n in range(100_000))
    large = write("a")
    tail = b'},"note":[{"text":"' + incompressible.encode() + b'"}]}'
    async with database.begin(access) as tx:
        await put(tx, [structs.replace(large, tail=tail)])
    async with database.reading(access) as tx:
        version = await store.read(tx, observation("a"))
    assert version is not None
    assert version.body is not None
    assert version.body.endswith(tail)
