"""After any sequence of create, update and delete, what stands is what a fresh derivation gives."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings

from service.store.cluster import Cluster
from tests.properties.arrivals import Sent, Write, arrivals, histories, send
from tests.properties.clinic import Clinic, Kept
from tests.properties.records import PATIENTS, weights


@pytest.fixture(scope="module")
def kept(cluster: Cluster) -> Iterator[Kept]:
    with Kept(cluster, reference_integrity=False, zone="America/New_York") as opened:
        yield opened


async def with_patients(clinic: Clinic) -> None:
    await clinic.empty()
    for patient in PATIENTS:
        await clinic.put({"resourceType": "Patient", "id": patient})


async def assert_live_equals_stored(clinic: Clinic) -> None:
    for patient in PATIENTS:
        assert await clinic.course(patient) == await clinic.standing(patient)


async def versions(clinic: Clinic) -> Mapping[str, str]:
    return {i: v for patient in PATIENTS for i, v in (await clinic.versions(patient)).items()}


async def every_step(clinic: Clinic, arriving: Sequence[Sent]) -> None:
    await with_patients(clinic)
    for sent in arriving:
        await send(clinic, sent)
        await assert_live_equals_stored(clinic)
    assert await clinic.changed_by_deriving_anew() == 0
    await assert_live_equals_stored(clinic)


@settings(max_examples=40)
@given(arriving=histories().flatmap(arrivals))
def test_what_stands_equals_a_fresh_derivation_after_every_write(
    kept: Kept, arriving: list[Sent]
) -> None:
    kept.run(every_step(kept.clinic, arriving))


async def repeated(clinic: Clinic, made: Mapping[str, list[Write]], weight: Any) -> None:
    await with_patients(clinic)
    for writes in made.values():
        for write in writes:
            await send(clinic, Sent("single", (write,)))
    before = await versions(clinic)
    await send(clinic, Sent("transaction", tuple(writes[-1] for writes in made.values())))
    assert await versions(clinic) == before
    answer = await clinic.put({**weight, "id": "weight"})
    assert answer.is_success
    assert await versions(clinic) == before


@settings(max_examples=25)
@given(made=histories(), weight=weights())
def test_nothing_is_written_where_nothing_changed(
    kept: Kept, made: dict[str, list[Write]], weight: Any
) -> None:
    """The same content again, and a record that no rule reads, give no version of any finding."""
    kept.run(repeated(kept.clinic, made, weight))


async def lost_and_found(clinic: Clinic, arriving: Sequence[Sent]) -> None:
    await with_patients(clinic)
    for sent in arriving:
        await send(clinic, sent)
    before = {patient: await clinic.standing(patient) for patient in PATIENTS}
    await clinic.forget_what_was_read()
    assert {patient: await clinic.course(patient) for patient in PATIENTS} == {"a": {}, "b": {}}
    await clinic.changed_by_deriving_anew()
    assert {patient: await clinic.standing(patient) for patient in PATIENTS} == before
    await assert_live_equals_stored(clinic)


@settings(max_examples=15)
@given(arriving=histories().flatmap(arrivals))
def test_deriving_anew_needs_nothing_but_the_resources_and_their_history(
    kept: Kept, arriving: list[Sent]
) -> None:
    kept.run(lost_and_found(kept.clinic, arriving))
