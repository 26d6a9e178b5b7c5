"""What is this service's own: a patient's course, and questionnaires that score themselves."""

from collections.abc import Iterator

import pytest

from tests.journeys.probe.resources import LOINC, encounter, patient
from tests.journeys.probe.speech import Json, Probe, outcome
from tests.journeys.probe.treatment import response


@pytest.fixture(scope="module")
def treated(probe: Probe, module_mark: str) -> str:
    """A patient with three sessions and a PHQ-9 of 9 x 2, 9 x 1 and 9 x 0 points."""
    (p,) = probe.stored(patient(module_mark))
    for day, points in ((1, 2), (8, 1), (15, 0)):
        (e,) = probe.stored(encounter(p, period={"start": f"2026-05-{day:02}T10:00:00Z"}))
        probe.stored(response(p, e, day, points))
    return p


def found(probe: Probe, path: str) -> Iterator[Json]:
    for entry in probe.search(path).get("entry", ()):
        yield entry["resource"]


def test_a_total_stands_when_the_answer_returns(probe: Probe, treated: str) -> None:
    path = f"Observation?patient={treated}&code={LOINC}|44261-6&_sort=date"
    scores = list(found(probe, path))
    assert [score["valueQuantity"]["value"] for score in scores] == [18, 9, 0]
    assert all(score["derivedFrom"] for score in scores)


def test_a_score_has_the_category_that_us_core_asks_for(probe: Probe, treated: str) -> None:
    scores = list(found(probe, f"Observation?patient={treated}&category=survey&code=44261-6"))
    assert len(scores) == 3


def test_a_positive_last_item_is_for_review(probe: Probe, treated: str) -> None:
    reviews = list(found(probe, f"Observation?patient={treated}&code=safety-review"))
    assert reviews
    assert all(review["derivedFrom"] for review in reviews)


def test_the_course_is_one_answer(probe: Probe, treated: str) -> None:
    answer = probe.read(f"{treated}/$course")
    assert answer.status_code == 200
    bundle = answer.json()
    assert bundle["type"] == "collection"
    types = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert {"Encounter", "Observation"} <= types


def test_the_course_of_an_unknown_patient_is_404(probe: Probe, mark: str) -> None:
    outcome(probe.read(f"Patient/{mark}/$course"), 404)


def test_what_is_derived_cannot_be_written(probe: Probe, treated: str) -> None:
    (score, *_) = found(probe, f"Observation?patient={treated}&code={LOINC}|44261-6")
    outcome(probe.update(score), {403, 405, 409, 422})
    outcome(probe.delete(f"Observation/{score['id']}"), {403, 405, 409, 422})


def test_a_corrected_answer_corrects_the_total(probe: Probe, mark: str) -> None:
    (p,) = probe.stored(patient(mark))
    (e,) = probe.stored(encounter(p, period={"start": "2026-05-01T10:00:00Z"}))
    made = probe.created(response(p, e, 1, 1))
    (before,) = found(probe, f"Observation?patient={p}&code={LOINC}|44261-6")
    corrected = response(p, e, 1, 2) | {"id": made["id"], "status": "amended"}
    assert probe.update(corrected).status_code == 200
    (after,) = found(probe, f"Observation?patient={p}&code={LOINC}|44261-6")
    assert before["id"] == after["id"]
    assert (before["valueQuantity"]["value"], after["valueQuantity"]["value"]) == (9, 18)
    assert after["meta"]["versionId"] == "2"
