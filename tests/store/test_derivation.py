"""The records of a patient, what was derived from them, and one settle at a time."""

import asyncio

import pytest

from service.errors import Conflict
from service.fhir.access import Access
from service.fhir.resource import PatientKey, Record
from service.store.database import Database
from service.store.derivation import lock_patients, replace_records, standing
from service.store.write import Write, delete, put
from tests.store.written import observation, write

PATIENT = PatientKey("p1")


async def test_records_are_what_the_rules_read_of_one_patients_resources(
    database: Database, access: Access
) -> None:
    async with database.begin(access) as tx:
        await put(tx, [write("a", facts=b"1"), write("b", facts=None)])
        await put(tx, [write("c", facts=b"3", patient="p2"), write("d", facts=b"4", patient=None)])
        assert await standing(tx, PATIENT) == (
            (Record(identity=observation("a"), facts=b"1"),),
            {},
        )


def finding(name: str, digest: bytes, there: bool) -> Write:
    return write(name, derived=True, digest=digest, there=there)


async def test_digests_are_written_beside_what_was_derived_and_replaced(
    database: Database, access: Access
) -> None:
    async with database.begin(access) as tx:
        await put(tx, [finding("f", b"1", there=False), finding("g", b"1", there=False)])
        made = await put(tx, [finding("g", b"", there=True), finding("h", b"2", there=False)])
        _, digests = await standing(tx, PATIENT)
    assert digests == {observation("f"): b"1", observation("g"): b"", observation("h"): b"2"}
    assert [version.number for version in made.versions] == [2, 1]


async def test_what_is_there_although_nothing_tells_of_it_is_replaced_or_refused(
    database: Database, access: Access
) -> None:
    """Digests can be lost; what clients wrote is not ours to replace."""
    async with database.begin(access) as tx:
        await put(tx, [write("ours", derived=True), write("theirs"), write("gone")])
        await delete(tx, [observation("gone")])
        both = [finding("ours", b"1", there=False), finding("gone", b"2", there=False)]
        made = await put(tx, both)
        assert [version.number for version in made.versions] == [2, 3]
        _, digests = await standing(tx, PATIENT)
        assert digests == {observation("ours"): b"1", observation("gone"): b"2"}
        with pytest.raises(Conflict):
            await put(tx, [finding("theirs", b"3", there=False)])


async def test_records_are_replaced_as_a_whole(database: Database, access: Access) -> None:
    async with database.begin(access) as tx:
        await put(tx, [write("a", facts=b"1"), write("b", facts=b"1")])
        await replace_records(
            tx, PATIENT, {observation("a"): b"2", observation("b"): None, observation("c"): b"3"}
        )
        records, _ = await standing(tx, PATIENT)
    assert {(record.identity.id, record.facts) for record in records} == {("a", b"2"), ("c", b"3")}


async def test_two_concurrent_writes_for_one_patient_see_one_another(
    database: Database, access: Access
) -> None:
    """Whoever settles last sees all records, whichever way their transactions overlap."""
    seen = list[int]()

    async def store_and_settle(name: str) -> None:
        async with database.begin(access) as tx:
            made = await put(tx, [write(name, facts=b"x")])
            await lock_patients(tx, made.before)
            records, _ = await standing(tx, PATIENT)
            seen.append(len(records))

    await asyncio.gather(*(store_and_settle(f"r{number}") for number in range(12)))
    assert seen == list(range(1, 13))


async def test_patients_locked_in_opposite_order_do_not_block_one_another(
    database: Database, access: Access
) -> None:
    async def lock(*patients: str) -> None:
        async with database.begin(access) as tx:
            await lock_patients(tx, [PatientKey(patient) for patient in patients])

    await asyncio.gather(
        *(lock("p1", "p2", "p3") for _ in range(5)), *(lock("p3", "p2", "p1") for _ in range(5))
    )
