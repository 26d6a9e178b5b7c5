"""The same writes end in the same standing findings, in whatever order and however often they come.

Integrity of references is off, so that a response may come before its Encounter.
"""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.store.cluster import Cluster
from tests.properties.arrivals import Sent, arrivals, histories, send
from tests.properties.clinic import Clinic, Kept, Stored
from tests.properties.records import PATIENTS


@pytest.fixture(scope="module")
def kept(cluster: Cluster) -> Iterator[Kept]:
    with Kept(cluster, reference_integrity=False, zone="Europe/Vienna") as opened:
        yield opened


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Sent], list[Sent]]:
    made = draw(histories())
    return draw(arrivals(made)), draw(arrivals(made))


async def outcome(clinic: Clinic, arriving: Sequence[Sent]) -> dict[str, Stored]:
    await clinic.empty()
    for sent in arriving:
        await send(clinic, sent)
    return {patient: await clinic.standing(patient) for patient in PATIENTS}


@settings(max_examples=40)
@given(case=cases())
def test_the_order_and_the_repetition_of_writes_never_matter(
    kept: Kept, case: tuple[list[Sent], list[Sent]]
) -> None:
    one, other = (kept.run(outcome(kept.clinic, arriving)) for arriving in case)
    assert one == other
