"""What statistics are asked for: the parameters of $stats, understood.

http://hl7.org/fhir/R4/observation-operation-stats.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from service.errors import BadRequest
from service.fhir.body import instant
from service.fhir.datatypes import LAST, covered
from service.fhir.primitives import fits
from service.fhir.resource import Resource
from service.fhir.search.elements import EARLIEST
from service.fhir.search.refusal import quoted
from service.fhir.stats.measurements import Asked
from service.fhir.stats.statistic import STATISTICS

NAMES = (
    "subject", "code", "system", "coding", "duration", "period", "statistic", "include", "limit",
)  # fmt: skip
SHORT = MappingProxyType({"max": "maximum", "min": "minimum"})
"""Codes that the documentation of the parameter has, and the CodeSystem has not."""
NUMBER = re.compile(r"\d{1,9}(\.\d{1,12})?", re.ASCII)
BETWEEN = ".."
"""Stands between start and end of a period in a query, where there are no complex values."""

MAX_CODES = 50

Given = Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Period:
    """A half-open range of time, and the element that says it."""

    since: datetime
    until: datetime
    element: Resource


@dataclass(frozen=True, kw_only=True)
class Question:
    """`limit` is the greatest number of sources wanted; 0 for none, None for all."""

    subject: str
    """A reference, as it was sent."""
    codes: Sequence[Asked]
    statistics: Sequence[str]
    period: Period | None
    limit: int | None


def question(given: Given, *, now: datetime, zone: tzinfo) -> Question:
    """Raises `BadRequest` naming the parameter that is missing or cannot be read."""
    return Question(
        subject=_subject(given),
        codes=_codes(given),
        statistics=_statistics(given),
        period=_period(given, now, zone),
        limit=_limit(given),
    )


def _subject(given: Given) -> str:
    subject = _one(given, "subject")
    if not isinstance(subject, str):
        raise BadRequest("The parameter 'subject' must be given: a reference like Patient/123.")
    return subject


def _codes(given: Given) -> Sequence[Asked]:
    system = _one(given, "system")
    codes = [_code(value, system) for value in given.get("code", ())]
    if system is not None and not (isinstance(system, str) and codes):
        raise BadRequest("The parameter 'system' is the system of a 'code', which must be given.")
    codes += [_coding(value) for value in given.get("coding", ())]
    if not codes:
        raise BadRequest("The parameter 'code' or 'coding' must be given.")
    if len(codes) > MAX_CODES:
        raise BadRequest(f"Statistics may be asked of {MAX_CODES} codes at the most.")
    return tuple(dict.fromkeys(codes))


def _code(value: Any, system: str | None) -> Asked:
    """A code alone, or as a search has it: `system|code`."""
    if not isinstance(value, str) or not value.strip():
        raise BadRequest("The parameter 'code' takes a code.")
    named, bar, code = value.rpartition("|")
    if not bar or system is not None:
        return Asked(system=system, code=value)
    if not code:
        raise BadRequest("The parameter 'code' takes code or system|code.")
    return Asked(system=named, code=code)


def _coding(value: Any) -> Asked:
    if isinstance(value, str):
        return _code(value, None)
    if not isinstance(value, Mapping) or not fits("code")(value.get("code")):
        raise BadRequest("The parameter 'coding' takes a Coding with a code.")
    system, display = value.get("system", ""), value.get("display")
    if not isinstance(system, str) or not isinstance(display, str | None):
        raise BadRequest("The parameter 'coding' takes a Coding with system and display as text.")
    return Asked(system=system, code=value["code"], display=display)


def _statistics(given: Given) -> Sequence[str]:
    """No code of a statistic has a comma, so a list with commas can be nothing else."""
    values = given.get("statistic", ())
    if not values or not all(isinstance(value, str) for value in values):
        raise BadRequest("The parameter 'statistic' must be given: one or more codes.")
    codes = [SHORT.get(code, code) for value in values for code in value.split(",")]
    for code in codes:
        if code not in STATISTICS:
            known = ", ".join(STATISTICS)
            raise BadRequest(f"The parameter 'statistic' takes {known}.")
    return tuple(dict.fromkeys(codes))


def _period(given: Given, now: datetime, zone: tzinfo) -> Period | None:
    duration, period = _one(given, "duration"), _one(given, "period")
    if duration is not None and period is not None:
        raise BadRequest("Only one of 'duration' and 'period' may be given.")
    if duration is not None:
        start = _before(now, duration)
        return _between({"start": instant(start), "end": instant(now)}, zone)
    return None if period is None else _between(_ends(period), zone)


def _before(now: datetime, duration: Any) -> datetime:
    hours = _literal(duration)
    if NUMBER.fullmatch(hours) and Decimal(hours) > 0:
        try:
            return now - timedelta(hours=float(hours))
        except OverflowError:
            pass
    raise BadRequest("The parameter 'duration' takes hours, a number above 0.")


def _ends(period: Any) -> Resource:
    """Start and end of a Period, or of `start..end`, of which either may be left open."""
    if isinstance(period, str):
        start, _, end = period.partition(BETWEEN)
        ends = {"start": start, "end": end} if BETWEEN in period else {}
        return {name: text for name, text in ends.items() if text}
    return period if isinstance(period, Mapping) else {}


def _between(ends: Resource, zone: tzinfo) -> Period:
    known = {name: ends[name] for name in ("start", "end") if name in ends}
    if not known or not all(fits("dateTime")(text) for text in known.values()):
        raise BadRequest("The parameter 'period' takes start and end, of which one may be missing.")
    since = covered(known["start"], zone)[0] if "start" in known else EARLIEST
    until = covered(known["end"], zone)[1] if "end" in known else LAST
    if since >= until:
        raise BadRequest("The parameter 'period' must not end before it starts.")
    return Period(since=since, until=until, element=known)


def _limit(given: Given) -> int | None:
    """Without `include` the specification has it ignored, whatever it is."""
    include = _literal(_one(given, "include", "false"))
    if include not in ("true", "false"):
        raise BadRequest("The parameter 'include' takes true or false.")
    if include == "false":
        return 0
    limit = _one(given, "limit")
    if limit is None:
        return None
    text = _literal(limit)
    if not (text.isascii() and text.isdigit() and text.strip("0")):
        raise BadRequest("The parameter 'limit' takes a number from 1 on.")
    return int(text[:9])


def _literal(value: Any) -> str:
    """A primitive value as a query would write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _one(given: Given, name: str, default: Any = None) -> Any:
    values = given.get(name, ())
    if len(values) > 1:
        raise BadRequest(f"The parameter {quoted(name)} may be given once only.")
    return values[0] if values else default
