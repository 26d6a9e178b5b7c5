"""Dates as ranges, row by row with the reason.

http://hl7.org/fhir/R4/search.html#prefix and http://hl7.org/fhir/R4/search.html#date
"""

from typing import Any

import pytest

from tests.fhir.search.asked import found, observation

DAY = "2013-01-14"
POINTS = [
    # The first rows are the specification's own examples.
    ("2013-01-14T00:00:00Z", "eq2013-01-14T00:00Z", True, "obviously"),
    ("2013-01-14T10:00:00+01:00", "eq2013-01-14", True, "in the day"),
    ("2013-01-15T00:00:00+01:00", "eq2013-01-14", False, "the day is over"),
    ("2013-01-15T00:00:00+01:00", "ne2013-01-14", True, "not in the day"),
    ("2013-01-14T00:00:00+01:00", "ne2013-01-14", False, "in the day"),
    ("2013-01-14T10:00:00+01:00", "ne2013-01-14", False, "in the day"),
    ("2013-01-14", "lt2013-01-14T10:00:00Z", True, "the day has time before ten"),
    ("2013-01-14", "gt2013-01-14T10:00:00Z", True, "the day has time after ten"),
    ("2013-01-14", "eq2013-01-14T10:00:00Z", False, "a second does not contain a day"),
    ("2013", "2013-01", False, "a month does not contain a year"),
    ("2013-01", "2013", True, "the year contains its month"),
    ("2013-01-14", "2013-01-14", True, "the range contains itself"),
    ("2013-01-14", "gt2013-01-14", False, "nothing of the day is after the day"),
    ("2013-01-14", "lt2013-01-14", False, "nothing of the day is before the day"),
    ("2013-01-14", "ge2013-01-14", True, "contained"),
    ("2013-01-14", "le2013-01-14", True, "contained"),
    ("2013-01-15", "sa2013-01-14", True, "starts when the day ends"),
    ("2013-01-14", "sa2013-01-14", False, "starts with the day"),
    ("2013-01-13", "eb2013-01-14", True, "ends when the day starts"),
    ("2013-01-14", "eb2013-01-14", False, "ends with the day"),
    ("2013-01-15", "ap2013-01-14", True, "a neighbour"),
    ("2013-01-16", "ap2013-01-14", False, "two days away"),
    ("2013-02-14", "ap2013-01", True, "the neighbouring month"),
    # "gt: the range above the search value intersects with the range of the target value", and so
    # on: at every precision.
    ("2013-06", "gt2013-05", True, "June is above May"),
    ("2013-06", "gt2013", False, "nothing of June is above its year"),
    ("2013", "gt2013-05", True, "the year goes on after May"),
    ("2013", "sa2013-05", False, "the year starts before May"),
    ("2013-06", "sa2013-05", True, "June starts where May ends"),
    ("2013-04", "eb2013-05", True, "April ends where May starts"),
    ("2013", "eb2013-05", False, "the year goes on after May starts"),
    ("2013", "le2013-05", True, "the year has time before May"),
    ("2013", "ge2013-05", True, "the year has time after May"),
    ("2013-05-31T23:59:59Z", "le2013-05", False, "two in the morning of June in Vienna"),
    ("2013-05-31T21:59:59Z", "2013-05", True, "the last second of May in Vienna"),
    ("2013-05-31T22:00:00Z", "2013-05", False, "June has begun in Vienna"),
    ("2012-02-29", "2012-02", True, "a leap day is in its month"),
    ("2013-01-14T10:00:00Z", "ap2013-01-14T10:01Z", True, "a neighbouring minute"),
    ("2013-01-14T10:00:00Z", "ap2013-01-14T10:02Z", False, "two minutes away"),
    ("2013-01-14T10:00:00.25Z", "2013-01-14T10:00:00.2Z", True, "within the tenth of a second"),
    # Zones: the site is in Vienna, one hour before UTC in winter and two in summer.
    ("2013-01-14T23:30:00Z", "2013-01-15", True, "half past midnight in Vienna"),
    ("2013-01-14T23:30:00Z", "2013-01-14", False, "the day is over in Vienna"),
    ("2013-07-14T22:30:00Z", "2013-07-15", True, "half past midnight in summer"),
    ("2013-01-14T05:30:00+05:30", "eq2013-01-14T00:00:00Z", True, "the same second"),
    ("2013-01-14T00:00:00.500Z", "eq2013-01-14T00:00:00Z", True, "within the second"),
    ("2013-01-14T00:00:00Z", "eq2013-01-14T00:00:00.500Z", False, "a second holds more"),
    ("2013-01-14T00:00:30Z", "eq2013-01-14T00:00Z", True, "within the minute"),
]


@pytest.mark.parametrize(("stored", "asked", "expected", "why"), POINTS)
def test_a_date_covers_all_that_its_digits_leave_open(
    stored: str, asked: str, expected: bool, why: str
) -> None:
    assert found(observation(effectiveDateTime=stored), f"date={asked}") is expected, why


FROM_21_JANUARY = {"start": "2013-01-21"}
UNTIL_21_JANUARY = {"end": "2013-01-21"}
FROM_15_MARCH = {"start": "2013-03-15"}
PERIODS = [
    # The specification's examples.
    (FROM_21_JANUARY, "ge2013-03-14", True, "may go on after 14 March"),
    (FROM_21_JANUARY, "le2013-03-14", True, "may include time before 14 March"),
    (FROM_15_MARCH, "sa2013-03-14", True, "starts after it"),
    (FROM_21_JANUARY, "sa2013-03-14", False, "starts before it"),
    (UNTIL_21_JANUARY, "sa2013-03-14", False, "lies before it"),
    (FROM_15_MARCH, "eb2013-03-14", False, "lies after it"),
    (FROM_21_JANUARY, "eb2013-03-14", False, "may go on after it"),
    (UNTIL_21_JANUARY, "eb2013-03-14", True, "ends before it"),
    (UNTIL_21_JANUARY, "ap2013-03-14", False, "not near"),
    # Open ends.
    (FROM_21_JANUARY, "eq2013", False, "no year contains what has no end"),
    (FROM_21_JANUARY, "ne2013", True, "not contained"),
    (FROM_21_JANUARY, "gt2099", True, "has no end"),
    (FROM_21_JANUARY, "lt2013-01-21", False, "has a start"),
    (UNTIL_21_JANUARY, "lt0900", True, "has no start"),
    (UNTIL_21_JANUARY, "gt2013-01-21", False, "ends with that day"),
    (UNTIL_21_JANUARY, "gt2013-01-20", True, "holds the day after"),
    # Closed ones.
    ({"start": "2013-01-01", "end": "2013-01-31"}, "2013-01", True, "the month, both days in"),
    ({"start": "2013-01-01", "end": "2013-02-01"}, "2013-01", False, "a day too long"),
    ({"start": "2013-01-01", "end": "2013-02-01"}, "ge2013-02-01", False, "not above, not within"),
    ({"start": "2013-01-01", "end": "2013-02-02"}, "ge2013-02-01", True, "goes on after that day"),
    ({"start": "2013-01-31", "end": "2013-03-01"}, "le2013-02", True, "starts before February"),
    ({"start": "2013-01-01", "end": "9999-12-31"}, "gt2099", True, "written for no end"),
    ({}, "ne2013", False, "no value meets nothing"),
]


@pytest.mark.parametrize(("stored", "asked", "expected", "why"), PERIODS)
def test_a_period_is_compared_by_both_of_its_ends(
    stored: dict[str, str], asked: str, expected: bool, why: str
) -> None:
    assert found(observation(effectivePeriod=stored), f"date={asked}") is expected, why


def test_a_timing_covers_its_events() -> None:
    timing: dict[str, Any] = {"event": ["2013-01-03", "2013-01-20"]}
    assert found(observation(effectiveTiming=timing), "date=2013-01")
    assert not found(observation(effectiveTiming=timing), "date=2013-01-03")


def test_a_timing_covers_the_period_that_bounds_it() -> None:
    bounded = {"repeat": {"boundsPeriod": {"start": "2013-01-03", "end": "2013-01-20"}}}
    assert found(observation(effectiveTiming=bounded), "date=2013-01")


def test_several_dates_are_alternatives_and_repeated_ones_must_all_hold() -> None:
    day = observation(effectiveDateTime="2013-01-14")
    assert found(day, "date=2012,2013")
    assert found(day, "date=ge2013-01-01", "date=lt2013-02-01")
    assert not found(day, "date=ge2013-01-01", "date=lt2013-01-10")


def test_missing_tells_whether_there_is_a_date() -> None:
    assert found(observation(), "date:missing=true")
    assert found(observation(effectiveDateTime="2013"), "date:missing=false")
    assert found(observation(effectivePeriod={}), "date:missing=true")


def test_no_value_is_not_before_anything() -> None:
    assert not found(observation(), "date=lt2099")
