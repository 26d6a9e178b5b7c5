"""delete: http://hl7.org/fhir/R4/http.html#delete"""

import pytest

from tests.journeys.probe.resources import observation, patient
from tests.journeys.probe.speech import Probe, outcome


@pytest.fixture
def gone(probe: Probe, mark: str) -> str:
    """`Patient/[id]` of one that was deleted."""
    (name,) = probe.stored(patient(mark))
    answer = probe.delete(name)
    assert answer.status_code in {200, 204}
    assert answer.content == b"" or answer.status_code == 200
    return name


def test_a_read_of_what_was_deleted_is_410(probe: Probe, gone: str) -> None:
    outcome(probe.read(gone), 410)


def test_a_head_of_what_was_deleted_is_410(probe: Probe, gone: str) -> None:
    assert probe.ask("HEAD", gone).status_code == 410


def test_a_delete_can_be_repeated(probe: Probe, gone: str) -> None:
    assert probe.delete(gone).status_code in {200, 204}
    history = probe.read(f"{gone}/_history").json()
    assert [entry["request"]["method"] for entry in history["entry"]] == ["DELETE", "POST"]


def test_a_delete_of_what_never_was_is_no_error(probe: Probe, mark: str) -> None:
    """Also if the resource does not exist at all: 200, 202 or 204."""
    assert probe.delete(f"Patient/{mark}").status_code in {200, 202, 204}


def test_what_was_deleted_is_found_no_more(probe: Probe, gone: str, mark: str) -> None:
    assert probe.matches(f"Patient?identifier={mark}") == set()
    assert probe.matches(f"Patient?_id={gone.split('/')[1]}") == set()


def test_a_patch_of_what_was_deleted_is_refused(probe: Probe, gone: str) -> None:
    answer = probe.patch(gone, [{"op": "add", "path": "/active", "value": True}])
    outcome(answer, {404, 405, 410})


def test_a_delete_under_a_stale_version_deletes_nothing(probe: Probe, mark: str) -> None:
    made = probe.created(patient(mark))
    probe.update(made | {"active": True})
    outcome(probe.delete(f"Patient/{made['id']}", If_Match='W/"1"'), {409, 412})
    assert probe.read(f"Patient/{made['id']}").status_code == 200


def test_a_type_that_is_not_known_is_404(probe: Probe) -> None:
    outcome(probe.delete("Nonsense/1"), 404)


def test_a_delete_without_an_id_or_a_condition_deletes_nothing(probe: Probe, mark: str) -> None:
    (name,) = probe.stored(patient(mark))
    for path in ("Patient", "Patient?", "Patient/", ""):
        outcome(probe.delete(path), {400, 404, 405, 412})
    assert probe.read(name).status_code == 200


def test_what_was_deleted_cannot_be_referred_to(probe: Probe, gone: str) -> None:
    outcome(probe.create(observation(gone)), {409, 422})
