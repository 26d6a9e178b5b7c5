"""Which courses are over, and what a calibration makes of them."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from service.clinical.calibration import Past, calibrated, ended, past
from service.clinical.catalogue import catalogue
from tests.clinical.patient_facts import (
    ENGINE,
    PATIENT,
    episode,
    form,
    met,
    phq9,
    records,
    remark,
    wai,
)

PHQ = catalogue().scales["phq-9"][1]
ORS = catalogue().scales["ors"][1]
LAST = date(2026, 1, 12)


def read(*facts: object) -> Past:
    (chart,) = ENGINE.known(PATIENT, records(facts)).charts
    found = past(chart)
    assert found is not None
    return found


def over(course: Past, *, newest: date = LAST, finished: frozenset[str] = frozenset()) -> bool:
    return bool(ended((course,), finished=finished, newest=newest, gap_days=180))


def test_a_course_is_its_days_and_its_scores_by_session() -> None:
    found = read(phq9(1, 14), met(2), phq9(3, 9), wai(1, 48), remark(3, "course-ending", "moved"))
    assert (found.first, found.last) == (date(2026, 1, 5), date(2026, 1, 19))
    assert found.scores == {"phq-9": {1: 14, 3: 9}}
    assert found.coded


def test_a_course_is_over_when_a_person_coded_an_ending() -> None:
    assert over(read(phq9(1, 14), phq9(2, 9), remark(2, "course-ending", "agreed-ending")))


def test_a_course_of_an_episode_is_over_when_that_is_finished() -> None:
    found = read(episode("e", date(2026, 1, 1)), phq9(1, 14), phq9(2, 9))
    assert over(found, finished=frozenset({"e"}))
    assert not over(found, newest=date(2028, 1, 1))


def test_a_course_without_one_is_over_when_the_newest_session_lies_beyond_the_gap() -> None:
    """12 January and 180 days are 11 July."""
    found = read(phq9(1, 14), phq9(2, 9))
    assert not over(found, newest=date(2026, 7, 11))
    assert over(found, newest=date(2026, 7, 12))


def test_a_record_without_a_session_is_no_course() -> None:
    (chart,) = ENGINE.known(PATIENT, []).charts
    assert past(chart) is None


def courses(first: float, count: int, *, sessions: int = 12, seed: int = 1) -> list[Past]:
    """10 - 2 ln(session), SD 2 between and 2 within, after that first score."""
    rng = np.random.default_rng(seed)
    made = []
    for level in rng.normal(0, 2, count):
        later = {n: 10 - 2 * math.log(n) + level + rng.normal(0, 2) for n in range(2, sessions + 1)}
        made.append(
            Past(
                episode=None,
                coded=True,
                first=date(2025, 1, 6),
                last=date(2025, 6, 2),
                scores={"phq-9": {1: first, **later}, "ors": {1: first, **later}},
            )
        )
    return made


def test_every_published_band_has_a_row_with_its_curve_or_what_it_lacks() -> None:
    given = [*courses(12, 150), *courses(17, 37), *courses(3, 1)]
    rows = calibrated(given, PHQ, version="4")
    assert [(row.band, row.refusal) for row in rows] == [
        ("0-4", "1 of 100 ended courses"),
        ("5-9", "0 of 100 ended courses"),
        ("10-14", ""),
        ("15-19", "37 of 100 ended courses"),
        ("20-27", "0 of 100 ended courses"),
    ]
    curve = rows[2].curve
    assert curve is not None
    assert (curve.id, curve.low, curve.high) == ("phq-9-10-14", 10, 14)
    assert (curve.courses, curve.scores, curve.last_session) == (150, 1650, 12)
    assert (curve.version, curve.period) == ("4", "2025-01-06 to 2025-06-02")
    assert curve.source.citation == "Ended courses of this site"
    # Three standard errors: 2 / sqrt(150) with the slope's share, .6; of b1 .3; of the SD .45.
    assert curve.b0 == pytest.approx(10, abs=0.8)
    assert curve.b1 == pytest.approx(-2, abs=0.3)
    assert curve.sd == pytest.approx(math.hypot(2, 2), abs=0.45)


def test_without_published_bands_the_whole_scale_is_one() -> None:
    (row,) = calibrated(courses(12, 100), ORS, version="1")
    assert row.curve is not None
    assert (row.curve.id, row.curve.low, row.curve.high) == ("ors-0-40", 0, 40)


def test_a_course_needs_a_second_score_to_count() -> None:
    alone = replace(courses(12, 1)[0], scores={"phq-9": {1: 12.0}})
    rows = calibrated([*courses(12, 99), alone], PHQ, version="1")
    assert rows[2].refusal == "99 of 100 ended courses"


def test_a_site_may_ask_for_more_courses() -> None:
    rows = calibrated(courses(12, 150), PHQ, version="1", least=200)
    assert rows[2].refusal == "150 of 200 ended courses"


def test_few_long_courses_do_not_lengthen_a_curve() -> None:
    given = [*courses(12, 100, sessions=8), *courses(12, 29, sessions=20, seed=2)]
    curve = calibrated(given, PHQ, version="1")[2].curve
    assert curve is not None
    assert curve.last_session == 8
    assert curve.scores == 129 * 7


def test_a_model_that_does_not_converge_is_said() -> None:
    exact = [replace(c, scores={"phq-9": {1: 12.0, 2: 9.0, 3: 9.0}}) for c in courses(12, 100)]
    assert calibrated(exact, PHQ, version="1")[2].refusal == "The model did not converge."


def test_a_form_that_gave_no_score_is_missing_and_no_0() -> None:
    assert read(phq9(1, 14), form("phq-9", 2, {1: 2.0})).scores == {"phq-9": {1: 14}}
