"""One value of a search parameter, as each kind of parameter reads it.

http://hl7.org/fhir/R4/search.html#ptypes
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal, localcontext
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from service.errors import BadRequest
from service.fhir.datatypes import LAST, covered, implicit_range
from service.fhir.search.elements import EARLIEST, named
from service.fhir.search.parameters import TABLE, Kind, Parameter
from service.fhir.search.query import (
    Amount,
    Coded,
    Modifier,
    Moment,
    Naming,
    Prefix,
    Simple,
    Text,
    Together,
    Typed,
    Value,
)
from service.fhir.search.uris import above, is_url
from service.fhir.search.writing import plain, unescaped_parts

ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
RELATIVE = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9.-]{1,64}(/_history/[A-Za-z0-9.-]{1,64})?")
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
PREFIXED = re.compile(rf"(?P<prefix>{'|'.join(Prefix)})?(?P<rest>.*)", re.DOTALL)
NUMBER = re.compile(r"[+-]?\d{1,32}(\.\d{1,32})?([eE][+-]?\d{1,2})?")
ENOUGH = 80
"""Digits of arithmetic on such numbers."""
DEEPEST = 50
"""Slashes in a URL of which others can be above or below."""
TENTH = Decimal("0.1")


class Reading(Struct, frozen=True, kw_only=True):
    """The parameter that a value belongs to, and how it was asked."""

    parameter: Parameter
    modifier: Modifier | None
    target: str | None
    """The type that `:[type]` narrows a reference to."""
    asked: str
    """Name and modifier as sent, for messages."""
    zone: tzinfo
    base_url: str

    def refuse(self, expected: str) -> BadRequest:
        return BadRequest(f"Search parameter {self.asked} takes {expected}.")


def read(reading: Reading, text: str) -> Value:
    """The value of `text`, which has no unescaped comma; raises `BadRequest`."""
    if reading.parameter.kind is Kind.COMPOSITE:
        return _together(reading, text)
    return _simple(reading, text)


def _together(reading: Reading, text: str) -> Together:
    components = reading.parameter.components
    parts = unescaped_parts(text, "$", reading.asked)
    if len(parts) != len(components) or not all(parts):
        raise reading.refuse("values of " + " and ".join(c.name for c in components) + " with $")
    return Together(
        parts=tuple(
            _simple(replace(reading, parameter=component), part)
            for component, part in zip(components, parts, strict=True)
        )
    )


def _simple(reading: Reading, text: str) -> Simple:
    kind = reading.parameter.kind
    if reading.modifier is Modifier.TEXT or kind is Kind.STRING:
        return Text(text=plain(text))
    if reading.modifier is Modifier.IDENTIFIER:
        return _token(reading, text)
    if reading.modifier is Modifier.OF_TYPE:
        return _typed(reading, text)
    return READERS[kind](reading, text)


def _token(reading: Reading, text: str) -> Coded:
    match [plain(p) for p in unescaped_parts(text, "|", reading.asked)]:
        case [code]:
            return Coded(system=None, code=code)
        case [system, code] if system or code:
            own = reading.modifier is not Modifier.IDENTIFIER and reading.parameter.system
            return Coded(system="" if system == own else system, code=code or None)
    raise reading.refuse("code, system|code, |code or system|")


def _typed(reading: Reading, text: str) -> Typed:
    parts = [plain(p) for p in unescaped_parts(text, "|", reading.asked)]
    if len(parts) != 3 or not all(parts):
        raise reading.refuse("system|code|value, the first two of an identifier's type")
    system, code, value = parts
    return Typed(system=system, code=code, value=value)


def _uri(reading: Reading, text: str) -> Text | Naming:
    uri = plain(text)
    if reading.modifier not in (Modifier.ABOVE, Modifier.BELOW):
        return Text(text=uri)
    if not is_url(uri) or uri.count("/") > DEEPEST:
        raise reading.refuse(f"a URL of at most {DEEPEST} parts: no other URI has a hierarchy")
    return Naming(references=above(uri)) if reading.modifier is Modifier.ABOVE else Text(text=uri)


def _reference(reading: Reading, text: str) -> Naming:
    text = plain(text)
    if reading.parameter.canonical:
        here = (f"{target}/{text}" for target in reading.parameter.targets)
        return Naming(references=(text, *here))
    if ID.fullmatch(text):
        types = (reading.target,) if reading.target else reading.parameter.targets or tuple(TABLE)
        return Naming(references=tuple(f"{t}/{text}" for t in types))
    if not RELATIVE.fullmatch(text) and not ABSOLUTE.fullmatch(text):
        raise reading.refuse("an id, [type]/[id] or an absolute URL")
    reference, kind = named(text, reading.base_url)
    if reading.target not in (None, kind):
        raise reading.refuse(f"a reference to {reading.target}")
    return Naming(references=(reference,))


def _date(reading: Reading, text: str) -> Moment:
    prefix, rest = _prefixed(text)
    try:
        low, high = covered(rest, reading.zone)
    except (ValueError, OverflowError):
        raise reading.refuse("a date such as ge2026-05-03 or 2026-05-03T10:00Z") from None
    if prefix is Prefix.AP:
        low, high = _around(low, high)
    return Moment(prefix=prefix, low=low, high=high)


def _around(low: datetime, high: datetime) -> tuple[datetime, datetime]:
    """As much again on either side: approximately a day is that day and its neighbours.

    The specification suggests a tenth of the distance from now; then the meaning of a query would
    change between its pages.
    """
    width = high - low
    before = low - width if low - EARLIEST > width else EARLIEST
    beyond = high + width if LAST - high > width else LAST
    return before, beyond


def _quantity(reading: Reading, text: str) -> Amount:
    parts = [plain(p) for p in unescaped_parts(text, "|", reading.asked)]
    prefix, literal = _prefixed(parts[0])
    if len(parts) not in (1, 3) or not NUMBER.fullmatch(literal):
        raise reading.refuse("number, number|system|code or number||unit")
    number = Decimal(literal)
    with localcontext(prec=ENOUGH):
        low, high = implicit_range(number)
        if prefix is Prefix.AP:
            margin = abs(number) * TENTH
            low, high = min(low, number - margin), max(high, number + margin)
    _, system, unit = parts if len(parts) == 3 else ("", "", "")
    return Amount(
        prefix=prefix,
        number=number,
        low=low,
        high=high,
        system=system or None,
        unit=unit or None,
    )


def _prefixed(text: str) -> tuple[Prefix, str]:
    match = PREFIXED.fullmatch(text)
    assert match is not None
    return Prefix(match["prefix"] or "eq"), match["rest"]


READERS: Mapping[Kind, Callable[[Reading, str], Simple]] = MappingProxyType(
    {
        Kind.DATE: _date,
        Kind.QUANTITY: _quantity,
        Kind.REFERENCE: _reference,
        Kind.TOKEN: _token,
        Kind.URI: _uri,
    }
)
