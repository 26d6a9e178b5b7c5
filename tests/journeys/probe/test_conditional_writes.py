"""Conditional update, delete and patch: http://hl7.org/fhir/R4/http.html#cond-update"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.probe.resources import patient
from tests.journeys.probe.speech import Probe, outcome, versioned

GENDER = [{"op": "replace", "path": "/gender", "value": "male"}]


def test_an_update_that_finds_nothing_creates(probe: Probe, mark: str) -> None:
    answer = probe.ask("PUT", f"Patient?identifier={mark}", patient(mark))
    assert answer.status_code == 201
    assert "/".join(versioned(answer)[:2]) in probe.matches(f"Patient?identifier={mark}")


def test_an_update_that_finds_nothing_creates_under_the_id_it_brings(
    probe: Probe, mark: str
) -> None:
    """No matches, id provided: the interaction is an update as create."""
    answer = probe.ask("PUT", f"Patient?identifier={mark}", patient(mark, id=mark))
    assert answer.status_code == 201
    assert versioned(answer)[1] == mark


def test_an_update_that_finds_nothing_does_not_overwrite_another(probe: Probe, mark: str) -> None:
    """No matches, id provided and exists already: 409."""
    probe.update(patient("another", id=mark))
    outcome(probe.ask("PUT", f"Patient?identifier={mark}", patient(mark, id=mark)), 409)


def test_an_update_that_finds_one_updates_it(probe: Probe, mark: str) -> None:
    (there,) = probe.stored(patient(mark))
    answer = probe.ask("PUT", f"Patient?identifier={mark}", patient(mark, active=True))
    assert answer.status_code == 200
    assert answer.headers["etag"] == 'W/"2"'
    assert probe.read(there).json()["active"] is True


def test_an_update_that_finds_one_of_another_id_is_refused(probe: Probe, mark: str) -> None:
    """One match, id provided but does not match the resource found: 400."""
    (there,) = probe.stored(patient(mark))
    outcome(probe.ask("PUT", f"Patient?identifier={mark}", patient(mark, id="other")), 400)
    assert probe.read(there).headers["etag"] == 'W/"1"'


def test_an_update_that_finds_many_is_412(probe: Probe, mark: str) -> None:
    names = probe.stored(patient(mark), patient(mark))
    outcome(probe.ask("PUT", f"Patient?identifier={mark}", patient(mark)), 412)
    assert {probe.read(name).headers["etag"] for name in names} == {'W/"1"'}


def test_of_parallel_updates_that_find_nothing_one_creates(probe: Probe, mark: str) -> None:
    def update(number: int) -> int:
        sent = patient(mark, name=[{"text": str(number)}])
        return probe.ask("PUT", f"Patient?identifier={mark}", sent).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(update, range(8)))
    assert statuses.count(201) == 1
    assert set(statuses) <= {200, 201, 409, 412}
    assert len(probe.matches(f"Patient?identifier={mark}")) == 1


def test_a_delete_that_finds_one_deletes_it(probe: Probe, mark: str) -> None:
    (there,) = probe.stored(patient(mark))
    assert probe.delete(f"Patient?identifier={mark}").status_code in {200, 204}
    outcome(probe.read(there), 410)


def test_a_delete_that_finds_nothing_is_done(probe: Probe, mark: str) -> None:
    """No matches or one match: an ordinary delete."""
    assert probe.delete(f"Patient?identifier={mark}").status_code in {200, 204, 404}


def test_a_delete_that_finds_many_is_412_and_deletes_none(probe: Probe, mark: str) -> None:
    names = probe.stored(patient(mark), patient(mark))
    outcome(probe.delete(f"Patient?identifier={mark}"), 412)
    assert [probe.read(name).status_code for name in names] == [200, 200]


@pytest.mark.parametrize("query", ["nonsense=1", "identifier:nonsense=1", "_count=1", "_sort=_id"])
def test_a_delete_by_what_is_no_condition_deletes_nothing(
    probe: Probe, mark: str, query: str
) -> None:
    (there,) = probe.stored(patient(mark))
    outcome(probe.delete(f"Patient?{query}"), {400, 412})
    outcome(probe.delete(f"Patient?{query}", Prefer="handling=lenient"), {400, 412})
    assert probe.read(there).status_code == 200


def test_a_patch_that_finds_one_patches_it(probe: Probe, mark: str) -> None:
    (there,) = probe.stored(patient(mark, gender="female"))
    answer = probe.patch(f"Patient?identifier={mark}", GENDER)
    assert answer.status_code == 200
    assert probe.read(there).json()["gender"] == "male"


def test_a_patch_that_finds_nothing_is_404(probe: Probe, mark: str) -> None:
    outcome(probe.patch(f"Patient?identifier={mark}", GENDER), 404)


def test_a_patch_that_finds_many_is_412(probe: Probe, mark: str) -> None:
    probe.stored(patient(mark, gender="female"), patient(mark, gender="female"))
    outcome(probe.patch(f"Patient?identifier={mark}", GENDER), 412)
