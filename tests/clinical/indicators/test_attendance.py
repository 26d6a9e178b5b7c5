"""Attended / (attended + did not attend + late cancel by the client)."""

from tests.clinical.patient_facts import (
    codes,
    derived,
    met,
    of,
    one,
    part,
    parts,
    phq9,
    remark,
    says,
    sources,
    value,
)

RULE = "attendance"


def came(number: float, code: str = "attended", **more: object) -> object:
    return remark(number, "session-attendance", code, **more)


def test_meetings_that_the_therapist_cancelled_are_not_counted() -> None:
    codes_ = ("attended", "attended", "did-not-attend", "late-cancel-by-client",
              "cancelled-by-therapist")  # fmt: skip
    given = [came(n, code) for n, code in enumerate(codes_, start=1)]
    found = one(RULE, *given)
    assert value(found) == (2, 4)
    assert part(found, "cancelled-by-therapist") == 1
    assert says(found) == (
        "Attended 2 of 4 recorded sessions (did not attend 1; cancelled late by the client 1; "
        "cancelled by the therapist, not counted 1)."
    )
    assert len(sources(found)) == 5


def test_of_two_records_of_one_meeting_the_last_counts() -> None:
    first = came(1, "did-not-attend", encounter="e1")
    corrected = came(1, reference="Observation/later", encounter="e1", **later())
    assert value(one(RULE, met(1), first, corrected)) == (1, 1)


def later() -> dict:
    return {"at": phq9(1).at.replace(hour=15), "effective": "2026-01-05T15:00:00+00:00"}


def test_a_missed_meeting_makes_no_session_and_is_counted_in_its_course() -> None:
    found = one(RULE, phq9(1, 12), phq9(3, 12), came(2, "did-not-attend"), came(1))
    assert value(found) == (1, 2)


def test_each_course_has_its_own() -> None:
    """40 weeks lie between them, more than 180 days."""
    given = (phq9(1, 12), came(1), phq9(41, 12), came(42, "did-not-attend"), came(41))
    assert sorted(value(o) for o in of(RULE, *given)) == [(1, 1), (1, 2)]


def test_the_ending_is_what_a_person_coded() -> None:
    found = one(RULE, came(1), remark(2, "course-ending", "client-ended"))
    assert part(found, "ending") == "client-ended"
    assert says(found).endswith("Ending as coded on 12 January 2026: client ended.")


def test_without_attendance_the_ending_stands_alone() -> None:
    found = one(RULE, phq9(1, 12), remark(2, "course-ending", "agreed-ending"))
    assert value(found) is None
    assert parts(found, "ending") == ["agreed-ending"]


def test_nothing_recorded_is_nothing_said() -> None:
    assert not [o for o in derived(phq9(1, 12)) if RULE in codes(o)]


def test_a_record_without_an_encounter_is_of_that_days_only_meeting() -> None:
    first = came(1, "did-not-attend", encounter="e1")
    corrected = came(1, reference="Observation/later", **later())
    assert value(one(RULE, met(1), first, corrected)) == (1, 1)
