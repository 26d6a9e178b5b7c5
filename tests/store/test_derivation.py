"""The records of a patient, what was derived from them, and one settle at a time."""

import asyncio

from service.fhir.access import Access
from service.fhir.resource import PatientKey, Record
from service.store.database import Database
from service.store.derivation import lock_patients, replace_records, save_digests, standing
from service.store.write import put
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


async def test_digests_are_remembered_and_replaced(database: Database, access: Access) -> None:
    async with database.begin(access) as tx:
        await save_digests(tx, PATIENT, {observation("f"): b"1", observation("g"): b"1"})
        await save_digests(tx, PATIENT, {observation("g"): b"", observation("h"): b"2"})
        _, digests = await standing(tx, PATIENT)
    assert digests == {observation("f"): b"1", observation("g"): b"", observation("h"): b"2"}


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
