"""What primitives may and may not be, at the borders of their types.

The patterns are those of https://hl7.org/fhir/R4/datatypes.html#primitive, read as the XML Schema
patterns that they are: `\\s` is space, tab and line ends. What is said there in words only stands
beside it.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_DATE = (
    r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)(-(0[1-9]|1[0-2])"
    r"(-(0[1-9]|[1-2][0-9]|3[0-1])%s)?)?"
)
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_ZONE = r"(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_URI = r"[^ \t\r\n]*"

PATTERNS: Mapping[str, re.Pattern[str]] = {
    "base64Binary": re.compile(r"(\s*([0-9a-zA-Z\+/=]){4}\s*)+", re.ASCII),
    "canonical": re.compile(_URI),
    "code": re.compile(r"[^ \t\r\n]+([ \t\r\n][^ \t\r\n]+)*"),
    "date": re.compile(_DATE % ""),
    "dateTime": re.compile(_DATE % f"(T{_CLOCK}{_ZONE})?"),
    "id": re.compile(r"[A-Za-z0-9\-\.]{1,64}"),
    "instant": re.compile(
        r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)-(0[1-9]|1[0-2])"
        rf"-(0[1-9]|[1-2][0-9]|3[0-1])T{_CLOCK}{_ZONE}"
    ),
    "markdown": re.compile(r"[ \r\n\t\S]+"),
    "oid": re.compile(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+"),
    "string": re.compile(r"[ \r\n\t\S]+"),
    "time": re.compile(_CLOCK),
    "uri": re.compile(_URI),
    "url": re.compile(_URI),
    "uuid": re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    "xhtml": re.compile(r"(.|\n)*"),
}
RANGES: Mapping[str, tuple[int, int]] = {
    "integer": (-2_147_483_648, 2_147_483_647),
    "unsignedInt": (0, 2_147_483_647),
    "positiveInt": (1, 2_147_483_647),
}

_DAYS = ("2026", "2026-05", "2026-05-03", "2024-02-29", "0001", "9999-12-31", "1900-01-31")
_MOMENTS = (
    "2026-05-03T10:00:00Z",
    "2016-12-31T23:59:60Z",
    "2026-05-03T10:00:00.123456789+14:00",
    "2026-05-03T00:00:00-13:59",
    "2026-05-03T23:59:59.0-00:00",
)
_TEXTS = ("Words", "a", "\N{GRINNING FACE}", "two\nlines\tand more", " spaces around ", "e\u0301")
_LINKS = (
    "http://a.example/x",
    "urn:oid:1.2.3",
    "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    "https://a.example/a%20b?c=d|e#f",
    "relative/path",
    "mailto:a@a.example",
)

GOOD: Mapping[str, tuple[Any, ...]] = {
    "base64Binary": ("YQ==", "YWI=", "YWJj", "YWFh\nYQ==", " YWJj ", "+/+/"),
    "boolean": (True, False),
    "canonical": (*_LINKS[:4], "http://a.example/x|1.0"),
    "code": ("a", "a-code", "two words", "a.b/c", "\N{GREEK SMALL LETTER ALPHA}", "text/plain"),
    "date": _DAYS,
    "dateTime": _DAYS + _MOMENTS,
    "decimal": (
        0,
        1,
        -1,
        Decimal("1.50"),
        Decimal("1E-7"),
        Decimal("0.000"),
        2**40,
        Decimal("-0.5"),
    ),
    "id": ("a", "1", "a" * 64, "A-b.C", "."),
    "instant": _MOMENTS,
    "integer": (0, -1, 2_147_483_647, -2_147_483_648, 7),
    "markdown": (*_TEXTS, "# Title\n\n* point"),
    "oid": ("urn:oid:1.2.3", "urn:oid:0.0", "urn:oid:2.999.1"),
    "positiveInt": (1, 2_147_483_647),
    "string": _TEXTS,
    "time": ("10:00:00", "23:59:60", "00:00:00.001"),
    "unsignedInt": (0, 2_147_483_647),
    "uri": _LINKS,
    "url": _LINKS,
    "uuid": (
        "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
        "urn:uuid:00000000-0000-0000-0000-000000000000",
        "urn:uuid:c757873d-ec9a-1326-a141-556f43239520",
    ),
    "xhtml": (
        '<div xmlns="http://www.w3.org/1999/xhtml">Words</div>',
        "<div><p>a &amp; b</p></div>",
        '<div xmlns="http://www.w3.org/1999/xhtml"><img src="#a" alt="x"/></div>',
    ),
}
"""Valid values of each primitive type, the rare ones among them."""

_NO_DAYS = ("2026-02-30", "2023-02-29", "2026-13", "2026-00", "0000", "26", "2026-5-3", "20260503",
            "2026-05-03 ", "3 May 2026",
            "\u0662\u0660\u0662\u0666", "2026-04-31", "-2026")  # fmt: skip
_NO_MOMENTS = ("2026-05-03T10:00Z", "2026-05-03T10:00:00", "2026-05-03T24:00:00Z",
               "2026-05-03T10:00:61Z", "2026-05-03T10:00:00+15:00", "2026-05-03 10:00:00Z",
               "2026-05-03T10:00:00z", "2026-02-30T10:00:00Z", "2026-05T10:00:00Z")  # fmt: skip
_NO_TEXTS = ("", "a\x00b", "a\x1bb", "\x08")
_NO_LINKS = ("", "a b", " http://a.example", "http://a.example\n", "a\tb")
_NO_NUMBERS = (Decimal("1.5"), 2**31, -(2**31) - 1, Decimal(2**70), "1", True)

BAD: Mapping[str, tuple[Any, ...]] = {
    "base64Binary": ("", "a", "YQ=", "!!!!", "Y===Q", "Y-_Q", "=YQ="),
    "boolean": ("true", 1, 0, "", "yes"),
    "canonical": _NO_LINKS,
    "code": ("", " a", "a ", "a  b", "a\nb ", "\t"),
    "date": (*_NO_DAYS, *_MOMENTS[:1], 2026, ""),
    "dateTime": (*_NO_DAYS, *_NO_MOMENTS, 1_777_777_777, ""),
    "decimal": ("1", "", True, "NaN", "1,5"),
    "id": ("", "a" * 65, "a_b", "a b", "a/b", "\u00e4", "a\n", "#a"),
    "instant": (*_NO_MOMENTS, "2026", "2026-05-03", ""),
    "integer": _NO_NUMBERS,
    "markdown": _NO_TEXTS,
    "oid": ("1.2.3", "urn:oid:3.1", "urn:oid:1.02", "urn:oid:1", "urn:oid:1.2.", ""),
    "positiveInt": (*_NO_NUMBERS, 0, -1),
    "string": _NO_TEXTS,
    "time": ("10:00", "24:00:00", "10:00:00Z", "10:00:61", "1:00:00", "10:00:00+01:00", ""),
    "unsignedInt": (*_NO_NUMBERS, -1),
    "uri": _NO_LINKS,
    "url": _NO_LINKS,
    "uuid": (
        "c757873d-ec9a-4326-a141-556f43239520",
        "urn:uuid:C757873D-EC9A-4326-A141-556F43239520",
        "urn:uuid:c757873dec9a4326a141556f43239520",
        "urn:uuid:c757873d-ec9a-4326-a141-556f4323952",
        "",
    ),
    "xhtml": ("", "<div></div>", "<div>", "<p>x</p>", "<div><script>x</script></div>",
              '<div onclick="x">x</div>', "words", '<div><a href="javascript:x">x</a></div>'),
}  # fmt: skip
"""Invalid values of each primitive type."""
