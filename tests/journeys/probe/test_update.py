"""update: http://hl7.org/fhir/R4/http.html#update"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.probe.resources import patient
from tests.journeys.probe.speech import Json, Probe, outcome, versioned


@pytest.fixture
def stored(probe: Probe, mark: str) -> Json:
    return probe.created(patient(mark, gender="female"))


def test_an_update_makes_the_next_version(probe: Probe, stored: Json) -> None:
    answer = probe.update(stored | {"gender": "male"})
    assert answer.status_code == 200
    read = probe.read(f"Patient/{stored['id']}")
    assert read.json()["gender"] == "male"
    assert read.headers["etag"] == answer.headers["etag"] != f'W/"{stored["meta"]["versionId"]}"'


def test_an_update_tells_version_and_time(probe: Probe, stored: Json) -> None:
    answer = probe.update(stored | {"gender": "male"})
    assert answer.headers["etag"].startswith('W/"')
    assert answer.headers["last-modified"].endswith("GMT")


def test_what_an_update_leaves_out_is_gone(probe: Probe, stored: Json, mark: str) -> None:
    probe.update(patient(mark, id=stored["id"]))
    assert "gender" not in probe.read(f"Patient/{stored['id']}").json()


def test_an_update_under_an_id_that_is_free_creates(probe: Probe, mark: str) -> None:
    answer = probe.update(patient(mark, id=mark))
    assert answer.status_code == 201
    assert versioned(answer)[:2] == ("Patient", mark)
    assert probe.read(f"Patient/{mark}").status_code == 200


def test_an_id_unlike_the_address_is_refused(probe: Probe, stored: Json) -> None:
    outcome(probe.ask("PUT", "Patient/other", stored), 400)


def test_a_body_without_id_is_refused(probe: Probe, stored: Json, mark: str) -> None:
    outcome(probe.ask("PUT", f"Patient/{stored['id']}", patient(mark)), 400)


@pytest.mark.parametrize("id_", ["a" * 65, "under_score", "sp%20ace", "%C3%A9"])
def test_an_id_that_is_none_is_refused(probe: Probe, mark: str, id_: str) -> None:
    outcome(probe.ask("PUT", f"Patient/{id_}", patient(mark, id="a")), 400)


def test_another_type_than_the_address_is_refused(probe: Probe, stored: Json) -> None:
    outcome(probe.ask("PUT", f"Practitioner/{stored['id']}", stored), 400)


def test_a_stale_if_match_is_412_and_nothing_is_written(probe: Probe, stored: Json) -> None:
    probe.update(stored | {"gender": "male"})
    outcome(probe.update(stored | {"gender": "other"}, If_Match='W/"1"'), 412)
    assert probe.read(f"Patient/{stored['id']}").json()["gender"] == "male"


def test_the_current_if_match_is_honoured(probe: Probe, stored: Json) -> None:
    etag = probe.read(f"Patient/{stored['id']}").headers["etag"]
    assert probe.update(stored | {"gender": "male"}, If_Match=etag).status_code == 200


def test_if_match_of_what_is_not_there_is_412(probe: Probe, mark: str) -> None:
    outcome(probe.update(patient(mark, id=mark), If_Match='W/"1"'), {404, 412})
    outcome(probe.read(f"Patient/{mark}"), 404)


def test_of_parallel_updates_of_one_version_one_wins(probe: Probe, stored: Json) -> None:
    def update(number: int) -> int:
        return probe.update(
            stored | {"name": [{"text": str(number)}]}, If_Match='W/"1"'
        ).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(update, range(8)))
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {409, 412}
    assert probe.read(f"Patient/{stored['id']}").headers["etag"] == 'W/"2"'


def test_parallel_updates_without_a_version_are_all_kept_in_history(
    probe: Probe, stored: Json
) -> None:
    def update(number: int) -> int:
        return probe.update(stored | {"name": [{"text": str(number)}]}).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(update, range(8)))
    assert set(statuses) <= {200, 409}
    bundle = probe.read(f"Patient/{stored['id']}/_history?_count=50").json()
    assert len(bundle["entry"]) == 1 + statuses.count(200)


def test_invalid_content_leaves_the_old_version(probe: Probe, stored: Json) -> None:
    outcome(probe.update(stored | {"gender": "banana"}), 422)
    assert probe.read(f"Patient/{stored['id']}").headers["etag"] == 'W/"1"'


def test_the_version_that_a_client_sends_is_no_condition(probe: Probe, stored: Json) -> None:
    """The server ignores `meta.versionId`; only If-Match is a condition."""
    answer = probe.update(stored | {"meta": {"versionId": "99"}})
    assert answer.status_code == 200
    assert answer.headers["etag"] == 'W/"2"'


def test_an_update_brings_back_what_was_deleted(probe: Probe, stored: Json) -> None:
    probe.delete(f"Patient/{stored['id']}")
    answer = probe.update(stored)
    assert answer.status_code in {200, 201}
    assert answer.headers["etag"] == 'W/"3"'
    assert probe.read(f"Patient/{stored['id']}").status_code == 200


def test_the_search_finds_the_new_and_not_the_old(probe: Probe, stored: Json, mark: str) -> None:
    probe.update(stored | {"gender": "male"})
    assert probe.matches(f"Patient?identifier={mark}&gender=male")
    assert not probe.matches(f"Patient?identifier={mark}&gender=female")


def test_minimal_means_no_body(probe: Probe, stored: Json) -> None:
    answer = probe.update(stored | {"gender": "male"}, Prefer="return=minimal")
    assert answer.status_code == 200
    assert answer.content == b""


@pytest.mark.parametrize("path", ["Patient", "", "metadata"])
def test_put_where_nothing_is_put_is_refused(probe: Probe, mark: str, path: str) -> None:
    outcome(probe.ask("PUT", path, patient(mark, id=mark)), {400, 404, 405, 412})
