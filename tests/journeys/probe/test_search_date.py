"""Dates: http://hl7.org/fhir/R4/search.html#date"""

from urllib.parse import quote

import pytest

from tests.journeys.probe.resources import patient, weighed
from tests.journeys.probe.speech import Json, Probe, outcome

TIMES: dict[str, Json] = {
    "day": {"effectiveDateTime": "2026-05-03"},
    "noon": {"effectiveDateTime": "2026-05-03T12:00:00Z"},
    "month": {"effectiveDateTime": "2026-05"},
    "closed": {"effectivePeriod": {"start": "2026-05-02", "end": "2026-05-04"}},
    "from": {"effectivePeriod": {"start": "2026-05-03"}},
    "until": {"effectivePeriod": {"end": "2026-05-03"}},
    "none": {},
}


@pytest.fixture(scope="module")
def dated(probe: Probe, module_mark: str) -> dict[str, str]:
    names = probe.stored(*(weighed(module_mark, **time) for time in TIMES.values()))
    return dict(zip(TIMES, names, strict=True))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        # eq: the range of the search value fully contains the range of the target value
        ("2026-05-03", "day noon"),
        ("eq2026-05-03", "day noon"),
        ("2026-05", "day noon month closed"),
        ("2026", "day noon month closed"),
        ("2026-05-03T12:00:00Z", "noon"),
        ("2026-05-03T12:00Z", "noon"),
        ("2026-05-04", ""),
        # ne: it does not fully contain it
        ("ne2026-05-03", "month closed from until"),
        ("ne2026-05", "from until"),
        # gt: the range above the search value overlaps the target's
        ("gt2026-05-03", "month closed from"),
        ("gt2026-05-04", "month from"),
        ("gt2026-05-31", "from"),
        # lt: the range below it does
        ("lt2026-05-03", "month closed until"),
        ("lt2026-05-02", "month until"),
        ("lt2026-05-01", "until"),
        # ge, le: or the search value contains the target
        ("ge2026-05-03", "day noon month closed from"),
        ("le2026-05-03", "day noon month closed until"),
        ("ge2026-05-03T12:00:00Z", "day noon month closed from until"),
        ("ge2026-05-03T12:00:01Z", "day month closed from until"),
        # sa: the target starts after the search value ends
        ("sa2026-05-02", "day noon from"),
        ("sa2026-05-03", ""),
        # eb: the target ends before the search value starts
        ("eb2026-05-04", "day noon until"),
        ("eb2026-05-03", ""),
        ("2026-05-03,2026", "day noon month closed"),
    ],
)
def test_a_date_finds(
    probe: Probe, dated: dict[str, str], module_mark: str, asked: str, expected: str
) -> None:
    found = probe.matches(f"Observation?identifier={module_mark}&date={asked}")
    assert {name for name, id_ in dated.items() if id_ in found} == set(expected.split())


def test_two_dates_are_a_range(probe: Probe, dated: dict[str, str], module_mark: str) -> None:
    path = f"Observation?identifier={module_mark}&date=ge2026-05-03&date=lt2026-05-04"
    found = probe.matches(path)
    expected = {"day", "noon", "month", "closed", "from"}
    assert {name for name, id_ in dated.items() if id_ in found} == expected


def test_about_a_date_finds_what_is_near(
    probe: Probe, dated: dict[str, str], module_mark: str
) -> None:
    found = probe.matches(f"Observation?identifier={module_mark}&date=ap2026-05-03")
    assert {dated["day"], dated["noon"]} <= found
    assert dated["none"] not in found


@pytest.mark.parametrize(
    "zoned",
    ["2026-05-03T17:30:00+05:30", "2026-05-03T07:00:00-05:00", "2026-05-03T12:00:00+00:00"],
)
def test_an_instant_is_the_same_in_every_zone(
    probe: Probe, dated: dict[str, str], module_mark: str, zoned: str
) -> None:
    found = probe.matches(f"Observation?identifier={module_mark}&date={quote(zoned)}")
    assert found == {dated["noon"]}


def test_a_plus_that_was_not_escaped_never_finds_another_instant(
    probe: Probe, dated: dict[str, str], module_mark: str
) -> None:
    """In a query `+` is a blank: the server may understand it or refuse it, not mistake it."""
    path = f"Observation?identifier={module_mark}&date=2026-05-03T17:30:00+05:30"
    answer = probe.read(path)
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert probe.matches(path) == {dated["noon"]}


@pytest.mark.parametrize(
    ("asked", "finds"),
    [("1970-03-30", True), ("1970-03", True), ("1970", True), ("1970-03-31", False),
     ("lt1970-03-31", True), ("gt1970-03-30", False), ("ge1970&birthdate=lt1971", True)],
)  # fmt: skip
def test_a_birth_date_is_a_day(probe: Probe, mark: str, asked: str, finds: bool) -> None:
    (name,) = probe.stored(patient(mark, birthDate="1970-03-30"))
    found = probe.matches(f"Patient?identifier={mark}&birthdate={asked}")
    assert found == ({name} if finds else set())


def test_missing_dates_can_be_asked_for(
    probe: Probe, dated: dict[str, str], module_mark: str
) -> None:
    path = f"Observation?identifier={module_mark}&date:missing="
    assert probe.matches(path + "true") == {dated["none"]}
    assert dated["none"] not in probe.matches(path + "false")


@pytest.mark.parametrize("asked", ["2026-02-30", "26", "2026-5-3", "2026-05-03T25:00", "ge"])
def test_what_is_no_date_is_refused(probe: Probe, asked: str) -> None:
    assert "date" in outcome(probe.read(f"Observation?date={asked}"), 400)
