"""Dates and numbers as FHIR means them: every literal covers a range.

http://hl7.org/fhir/R4/datatypes.html#dateTime and http://hl7.org/fhir/R4/search.html#prefix
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache

DATE_TIME = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T(?P<hour>\d\d):(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?:\.(?P<fraction>\d+))?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)

USUAL = 40
"""Characters that a date or dateTime hardly ever exceeds; fractions of seconds have no end."""
LEAP_SECOND = 60
PARTS = ("year", "month", "day", "hour", "minute", "second")
FIRST = datetime.min.replace(tzinfo=UTC)
"""What lies before the first moment that can be told, by its offset, counts as this one."""
LAST = datetime.max.replace(tzinfo=UTC)
"""9999-12-31, which systems write for "no end", ends here."""


def covered(text: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """The half-open UTC range [first, beyond) that a date, dateTime or instant stands for.

    `2026` is a year, `2026-05-03T10:00Z` a minute; text without an offset is read in `zone`.
    Raises `ValueError` where `text` is none of these or names no real moment.
    """
    return _covered(text, zone) if len(text) <= USUAL else _covered.__wrapped__(text, zone)


@lru_cache(maxsize=1024)
def _covered(text: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """One request asks several times of the same text, and of texts that many resources share."""
    match = DATE_TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is not a FHIR date or dateTime.")
    part = match.groupdict()
    numbers = [int(part[key]) for key in PARTS if part[key]]
    year, month, day, hour, minute, second = numbers + [1, 1, 1, 0, 0, 0][len(numbers) :]
    # A leap second is the one after second 59: clocks here do not know it.
    first = datetime(year, month, day, hour, minute, tzinfo=_offset(part["zone"], zone))
    if second > LEAP_SECOND:
        raise ValueError(f"'{text}' names no real second.")
    try:
        first += timedelta(seconds=second, microseconds=_microseconds(part["fraction"]))
        beyond = _utc(_beyond(first, len(numbers), part["fraction"]))
    except (OverflowError, ValueError):
        beyond = LAST
    return _utc(first), beyond


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "0").ljust(6, "0")[:6])


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return FIRST if moment.year == 1 else LAST


def _beyond(moment: datetime, parts: int, fraction: str | None) -> datetime:
    if fraction is not None:
        return moment + timedelta(microseconds=10 ** (6 - min(len(fraction), 6)))
    match parts:
        case 1:
            return moment.replace(year=moment.year + 1)
        case 2:
            return moment.replace(
                year=moment.year + moment.month // 12, month=moment.month % 12 + 1
            )
        case 3:
            return moment + timedelta(days=1)
        case 5:
            return moment + timedelta(minutes=1)
        case _:
            return moment + timedelta(seconds=1)


def _offset(text: str | None, zone: tzinfo) -> tzinfo:
    if text is None:
        return zone
    if text == "Z":
        return UTC
    found = datetime.fromisoformat(f"2000-01-01T00:00:00{text}").tzinfo
    assert found is not None
    return found


def implicit_range(number: Decimal) -> tuple[Decimal, Decimal]:
    """The half-open range [low, high) that a number stands for: 5.4 is 5.35 to 5.45.

    http://hl7.org/fhir/R4/search.html#number
    """
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    half = Decimal(5).scaleb(exponent - 1)
    return number - half, number + half
