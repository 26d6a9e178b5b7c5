"""What the text of each primitive type may be. https://hl7.org/fhir/R4/datatypes.html#primitive"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from service.fhir.exact_json import ExactDecimal

YEAR = r"(?!0000)\d{4}"
MONTH = r"(?:0[1-9]|1[0-2])"
DAY = r"(?:0[1-9]|[12]\d|3[01])"
CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?"
ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))"

DATE = re.compile(rf"{YEAR}(?:-{MONTH}(?:-{DAY})?)?", re.ASCII)
DATE_TIME = re.compile(rf"{YEAR}(?:-{MONTH}(?:-{DAY}(?:T{CLOCK}{ZONE})?)?)?", re.ASCII)
INSTANT = re.compile(rf"{YEAR}-{MONTH}-{DAY}T{CLOCK}{ZONE}", re.ASCII)
TIME = re.compile(CLOCK, re.ASCII)
ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
CODE = re.compile(r"[^\s\x00-\x1f]+(?:\s[^\s\x00-\x1f]+)*", re.ASCII)
URI = re.compile(r"[^\s\x00-\x1f]+", re.ASCII)
OID = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+")
UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
MOST_TEXT = 1_048_576
"""Characters of a string, which markdown is too, https://hl7.org/fhir/R4/datatypes.html#string."""

INTEGERS: Mapping[str, range] = MappingProxyType(
    {
        "integer": range(-(2**31), 2**31),
        "positiveInt": range(1, 2**31),
        "unsignedInt": range(2**31),
    }
)

RULES: Mapping[str, str] = MappingProxyType(
    {
        "base64Binary": "must be text in base64",
        "boolean": "must be true or false",
        "canonical": "must be a canonical URL, without spaces",
        "code": "must be a code: text without spaces around it and never two within",
        "date": "must be a date that exists: YYYY, YYYY-MM or YYYY-MM-DD",
        "dateTime": "must be a date that exists, or such a date with time in seconds and zone",
        "decimal": "must be a number",
        "id": "must be 1 to 64 letters, digits, '-' and '.'",
        "instant": "must be a date that exists with time in seconds and zone",
        "integer": "must be a whole number of 32 bits",
        "markdown": "must be text of 1 to 1048576 characters without control characters",
        "oid": "must be an OID such as urn:oid:1.2.3",
        "positiveInt": "must be a whole number of 31 bits, at least 1",
        "string": "must be text of 1 to 1048576 characters without control characters",
        "time": "must be a time of day with seconds and without zone",
        "unsignedInt": "must be a whole number of 31 bits, at least 0",
        "uri": "must be a URI, without spaces",
        "url": "must be a URL, without spaces",
        "uuid": "must be urn:uuid: and a UUID in lower case",
        "xhtml": "must be text that is not empty and has no control characters",
    }
)
"""What every primitive type asks, to follow the element's name in a sentence."""


def fits(kind: str) -> Callable[[Any], bool]:
    """Whether a JSON value is one of the primitive type `kind`."""
    return CHECKS[kind]


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    match = pattern.fullmatch
    return lambda value: isinstance(value, str) and match(value) is not None


def _exists(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    match = pattern.fullmatch

    def check(value: Any) -> bool:
        return (
            isinstance(value, str)
            and match(value) is not None
            and (value[8:10] <= "28" or _in_calendar(value))
        )

    return check


def _in_calendar(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[5:7]), int(text[8:10]))
    except ValueError:
        return False
    return True


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and CONTROL.search(value) is None


def _string(value: Any) -> bool:
    return _text(value) and len(value) <= MOST_TEXT


def _base64(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    text = "".join(value.split())
    return text != "" and len(text) % 4 == 0 and BASE64.fullmatch(text) is not None


def _decimal(value: Any) -> bool:
    return isinstance(value, int | Decimal | float) and not isinstance(value, bool)


def _within(numbers: range) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        if isinstance(value, ExactDecimal) and value.literal == "-0":
            return numbers.start < 0
        return isinstance(value, int) and not isinstance(value, bool) and value in numbers

    return check


CHECKS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "base64Binary": _base64,
        "boolean": lambda value: isinstance(value, bool),
        "canonical": _matches(URI),
        "code": _matches(CODE),
        "date": _exists(DATE),
        "dateTime": _exists(DATE_TIME),
        "decimal": _decimal,
        "id": _matches(ID),
        "instant": _exists(INSTANT),
        "markdown": _string,
        "oid": _matches(OID),
        "string": _string,
        "time": _matches(TIME),
        "uri": _matches(URI),
        "url": _matches(URI),
        "uuid": _matches(UUID),
        "xhtml": _text,
    }
    | {kind: _within(numbers) for kind, numbers in INTEGERS.items()}
)
