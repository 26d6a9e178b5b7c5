"""Conditional create: http://hl7.org/fhir/R4/http.html#ccreate"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.probe.resources import SYSTEM, patient
from tests.journeys.probe.speech import Probe, outcome, versioned


def condition(mark: str) -> str:
    return f"identifier={SYSTEM}|{mark}"


def test_where_nothing_matches_it_is_created(probe: Probe, mark: str) -> None:
    answer = probe.create(patient(mark), If_None_Exist=condition(mark))
    assert answer.status_code == 201


def test_where_one_matches_it_is_answered(probe: Probe, mark: str) -> None:
    """200, the location of what is there, and nothing is written."""
    (there,) = probe.stored(patient(mark))
    answer = probe.create(patient(mark, active=True), If_None_Exist=condition(mark))
    assert answer.status_code == 200
    assert "/".join(versioned(answer)[:2]) == there
    assert probe.read(there).headers["etag"] == 'W/"1"'
    assert answer.headers["etag"] == 'W/"1"'


def test_where_many_match_it_is_412(probe: Probe, mark: str) -> None:
    probe.stored(patient(mark), patient(mark))
    outcome(probe.create(patient(mark), If_None_Exist=condition(mark)), 412)
    assert len(probe.matches(f"Patient?{condition(mark)}")) == 2


def test_what_was_deleted_does_not_match(probe: Probe, mark: str) -> None:
    (there,) = probe.stored(patient(mark))
    probe.delete(there)
    assert probe.create(patient(mark), If_None_Exist=condition(mark)).status_code == 201


@pytest.mark.parametrize("asked", ["nonsense=1", "birthdate=yesterday", "Patient?identifier:x=1"])
def test_a_condition_that_cannot_be_searched_creates_nothing(
    probe: Probe, mark: str, asked: str
) -> None:
    outcome(probe.create(patient(mark), If_None_Exist=asked), {400, 412})
    assert probe.matches(f"Patient?identifier={mark}") == set()


def test_a_condition_with_a_lenient_client_is_still_whole(probe: Probe, mark: str) -> None:
    """A condition that loses a part matches what it should not."""
    probe.stored(patient(mark))
    answer = probe.create(
        patient(mark),
        If_None_Exist=f"{condition(mark)}&nonsense=1",
        Prefer="handling=lenient",
    )
    assert answer.status_code in {200, 400, 412}


def test_of_parallel_creates_one_is_stored(probe: Probe, mark: str) -> None:
    def create(_: int) -> int:
        return probe.create(patient(mark), If_None_Exist=condition(mark)).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(create, range(8)))
    assert statuses.count(201) == 1
    assert set(statuses) <= {200, 201, 409, 412}
    assert len(probe.matches(f"Patient?{condition(mark)}")) == 1


def test_invalid_content_is_refused_also_where_one_matches_not(probe: Probe, mark: str) -> None:
    answer = probe.create(patient(mark, gender="banana"), If_None_Exist=condition(mark))
    outcome(answer, 422)
