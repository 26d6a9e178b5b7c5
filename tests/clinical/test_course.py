from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from service.clinical.course import Course, courses
from tests.clinical.patient_facts import episode, form, met, moment, phq9, remark, week

START = date(2026, 1, 5)


def keys(found: tuple[Course, ...]) -> list[tuple[str, list[str]]]:
    return [(course.key, [session.key for session in course.sessions]) for course in found]


def test_the_encounters_own_episode_decides_before_any_period() -> None:
    named = met(1, episode="a")
    spell = episode("b", START)
    assert keys(courses([named, spell])) == [("EpisodeOfCare/a", ["Encounter/e1"])]


def test_the_single_episode_whose_period_holds_the_day_takes_the_session() -> None:
    spell = episode("b", START, START + timedelta(days=7))
    # Sessions on days 0, 7 and 14; the period ends with day 7, itself included.
    found = courses([phq9(1, 3), phq9(2, 3), phq9(3, 3), spell])
    assert keys(found) == [
        ("EpisodeOfCare/b", ["2026-01-05", "2026-01-12"]),
        ("2026-01-19", ["2026-01-19"]),
    ]


def test_two_episodes_that_hold_the_day_leave_it_to_the_gaps() -> None:
    found = courses([phq9(1, 3), episode("a", START), episode("b", START)])
    assert keys(found) == [("2026-01-05", ["2026-01-05"])]


def test_a_gap_of_180_days_continues_a_course_and_one_of_181_begins_another() -> None:
    later = phq9(1, 3, reference="QuestionnaireResponse/b", **moment(START + timedelta(days=180)))
    assert len(courses([phq9(1, 3), later])) == 1
    later = phq9(1, 3, reference="QuestionnaireResponse/b", **moment(START + timedelta(days=181)))
    assert [course.key for course in courses([phq9(1, 3), later])] == ["2026-01-05", "2026-07-05"]


def test_a_site_may_set_the_gap() -> None:
    assert len(courses([phq9(1, 3), phq9(3, 3)], gap_days=13)) == 2
    assert len(courses([phq9(1, 3), phq9(3, 3)], gap_days=14)) == 1


def test_a_late_record_between_two_courses_joins_them_under_the_first_day() -> None:
    first, last = phq9(1, 3), phq9(40, 3)
    assert [c.key for c in courses([first, last])] == ["2026-01-05", "2026-10-05"]
    assert [c.key for c in courses([last, phq9(20, 3), first])] == ["2026-01-05"]


def test_a_record_without_an_encounter_joins_that_days_only_one() -> None:
    assert keys(courses([met(1), phq9(1, 3)])) == [("2026-01-05", ["Encounter/e1"])]


def test_with_two_encounters_that_day_the_record_has_a_session_of_its_own() -> None:
    second = met(1, reference="Encounter/x", id="x", **week(1, 14))
    ((_, sessions),) = keys(courses([met(1), second, phq9(1, 3, **week(1, 12))]))
    assert sessions == ["Encounter/e1", "2026-01-05", "Encounter/x"]


def test_records_of_an_encounter_that_is_not_there_stand_together() -> None:
    found = courses([phq9(1, 3, encounter="gone"), form("srs", 1, {1: 9.0}, encounter="gone")])
    assert keys(found) == [("2026-01-05", ["Encounter/gone"])]


def test_an_encounter_that_did_not_take_place_is_no_session() -> None:
    for status in ("cancelled", "planned", "entered-in-error"):
        assert courses([met(1, status=status)]) == ()
    for status in ("arrived", "in-progress", "finished", "unknown"):
        assert len(courses([met(1, status=status)])) == 1


def test_a_planned_encounter_with_a_record_is_a_session() -> None:
    assert keys(courses([met(1, status="planned"), phq9(1, 3)])) == [
        ("2026-01-05", ["Encounter/e1"])
    ]


def test_nobody_joins_a_cancelled_encounter_by_its_day() -> None:
    assert keys(courses([met(1, status="cancelled"), phq9(1, 3)])) == [
        ("2026-01-05", ["2026-01-05"])
    ]


def test_a_session_that_the_patient_missed_is_no_session() -> None:
    missed = remark(1, "session-attendance", "did-not-attend", encounter="e1")
    assert courses([met(1), missed]) == ()
    came = remark(1, "session-attendance", "attended", reference="Observation/x", encounter="e1")
    assert len(courses([met(1), missed, came])) == 1


def test_a_form_still_being_filled_in_makes_no_session() -> None:
    assert courses([phq9(1, 3, usable="safety-only")]) == ()


def test_a_record_without_a_date_has_no_session() -> None:
    assert courses([phq9(1, 3, dated=False)]) == ()


RECORDS = (
    met(1),
    met(2, episode="a"),
    met(2.2),
    phq9(1, 3),
    phq9(2, 3),
    phq9(2.2, 4),
    phq9(40, 5),
    episode("a", START + timedelta(days=250)),
    remark(3, "pace-wish", "slower"),
)


@given(st.permutations(RECORDS))
def test_the_order_of_arrival_never_matters(shuffled: list) -> None:
    assert courses(shuffled) == courses(RECORDS)
