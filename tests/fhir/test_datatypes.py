"""Dates stand for ranges, whichever way they are written."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from service.fhir.datatypes import FIRST, LAST, covered, implicit_range


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "first", "beyond"),
    [
        ("2026", utc(2026, 1, 1), utc(2027, 1, 1)),
        ("2026-12", utc(2026, 12, 1), utc(2027, 1, 1)),
        ("2026-05-03", utc(2026, 5, 3), utc(2026, 5, 4)),
        ("2026-05-03T10:00Z", utc(2026, 5, 3, 10), utc(2026, 5, 3, 10, 1)),
        ("2026-05-03T10:00:59+02:00", utc(2026, 5, 3, 8, 0, 59), utc(2026, 5, 3, 8, 1)),
        ("2026-05-03T10:00:00.5Z", utc(2026, 5, 3, 10, 0, 0, 500_000),
         utc(2026, 5, 3, 10, 0, 0, 600_000)),
        ("2016-12-31T23:59:60Z", utc(2017, 1, 1), utc(2017, 1, 1, 0, 0, 1)),
        ("9999", utc(9999, 1, 1), LAST),
        ("0001-01-01T00:00:00+14:00", FIRST, FIRST),
    ],
)  # fmt: skip
def test_a_date_covers_its_range(text: str, first: datetime, beyond: datetime) -> None:
    assert covered(text, UTC) == (first, beyond)


def test_a_day_without_a_zone_is_the_sites_day() -> None:
    # The clocks went forward on 2026-03-29: that day had 23 hours.
    first, beyond = covered("2026-03-29", ZoneInfo("Europe/Berlin"))
    assert first == utc(2026, 3, 28, 23)
    assert beyond == utc(2026, 3, 29, 22)


@pytest.mark.parametrize(
    "text",
    ["", "20260503", "2026-02-30", "2026-13", "0000", "2026-05-03T24:00Z", "2026-05-03T10:00:61Z",
     "2026-05-03 10:00", "2026-05-03T10:00:00+25:00", "٢٠٢٦"],
)  # fmt: skip
def test_what_names_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        covered(text, UTC)


@pytest.mark.parametrize(
    ("number", "low", "high"),
    [("5.4", "5.35", "5.45"), ("5.40", "5.395", "5.405"), ("100", "99.5", "100.5"),
     ("1e2", "50", "150")],
)  # fmt: skip
def test_a_number_covers_what_rounds_to_it(number: str, low: str, high: str) -> None:
    assert implicit_range(Decimal(number)) == (Decimal(low), Decimal(high))
