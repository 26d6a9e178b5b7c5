"""What a search can compare in an element, whichever datatype it has.

http://hl7.org/fhir/R4/search.html#ptypes: the datatypes that each kind of parameter reads.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from msgspec import Struct

from service.fhir.datatypes import LAST, covered
from service.fhir.references import local

EARLIEST = datetime.min.replace(tzinfo=UTC)
"""Where a period without a start begins."""
ELSEWHERE = re.compile(
    r"(?P<base>.+)/(?P<type>[A-Z][A-Za-z]{1,63})/(?P<id>[A-Za-z0-9.-]{1,64})(?:/_history/[^/]+)?"
)
NAME_AND_ADDRESS = (
    *("text", "family", "given", "prefix", "suffix"),
    *("line", "city", "district", "state", "postalCode", "country"),
)

Edge = tuple[Decimal, int]
"""A number, and 1 or -1 where the range begins just above or ends just below it."""
NOWHERE = Decimal("Infinity")


class Measure(Struct, frozen=True, kw_only=True):
    """A quantity or range: all that lies from `low` to `high`."""

    low: Edge
    high: Edge
    system: str | None = None
    code: str | None = None
    unit: str | None = None


def codings(element: Any) -> Sequence[tuple[str, str | None]]:
    """(system, code) of a CodeableConcept, Coding, Identifier, ContactPoint, code or boolean; the
    system is "" where there is none."""
    if not _is_object(element):
        if isinstance(element, bool):
            return (("", str(element).lower()),)
        return (("", element),) if isinstance(element, str) else ()
    if "coding" in element or "text" in element:
        return [found for coding in element.get("coding") or () for found in codings(coding)]
    system, code = element.get("system"), element.get("code", element.get("value"))
    return ((system or "", code),) if system is not None or code is not None else ()


def texts(element: Any) -> Sequence[str]:
    """What `:text` reads: display, CodeableConcept.text, Identifier.type.text."""
    if element is None or not _is_object(element):
        return ()
    own = (element.get("text"), element.get("display"))
    found = [text for text in own if isinstance(text, str)]
    for part in (*(element.get("coding") or ()), element.get("type")):
        found += texts(part)
    return found


def _is_object(element: Any) -> bool:
    """Nearly all are dictionaries, and to ask a class that is abstract takes long."""
    return type(element) is dict or isinstance(element, Mapping)


def strings(element: Any) -> Iterator[str]:
    """A string, or every part of a HumanName or Address."""
    if isinstance(element, str):
        yield element
    elif _is_object(element):
        for name in NAME_AND_ADDRESS:
            part = element.get(name)
            yield from (p for p in (part if isinstance(part, list) else [part]) if p is not None)


def span(element: Any, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """The half-open range that a date, dateTime, instant, Period or Timing covers; None for none.

    A Timing covers all its events, or the period that bounds them.
    """
    if isinstance(element, str):
        try:
            return covered(element, zone)
        except (ValueError, OverflowError):
            return None
    if not _is_object(element):
        return None
    if "event" in element or "repeat" in element:
        return _timing(element, zone)
    first, last = (span(element.get(end), zone) for end in ("start", "end"))
    if first is None and last is None:
        return None
    if first is None or last is None:
        return first[0] if first else EARLIEST, last[1] if last else LAST
    return min(first[0], last[0]), max(first[1], last[1])


def _timing(timing: Mapping[str, Any], zone: tzinfo) -> tuple[datetime, datetime] | None:
    spans = [span(event, zone) for event in timing.get("event") or ()]
    spans.append(span((timing.get("repeat") or {}).get("boundsPeriod"), zone))
    known = [s for s in spans if s is not None]
    return (min(s[0] for s in known), max(s[1] for s in known)) if known else None


def measure(element: Any) -> Measure | None:
    """A Quantity, Range or SampledData; None where it has no number.

    A comparator opens the range: `< 5` is everything below 5.
    """
    if not _is_object(element):
        return None
    if "data" in element:
        return _sampled(element)
    if "low" in element or "high" in element:
        return _between(element.get("low") or {}, element.get("high") or {})
    number = _decimal(element.get("value"))
    if number is None:
        return None
    low, high = _compared(number, element.get("comparator"))
    return _with_unit(low, high, element)


def _compared(number: Decimal, comparator: str | None) -> tuple[Edge, Edge]:
    match comparator:
        case "<" | "<=":
            return (-NOWHERE, 0), (number, -1 if comparator == "<" else 0)
        case ">" | ">=":
            return (number, 1 if comparator == ">" else 0), (NOWHERE, 0)
        case _:
            return (number, 0), (number, 0)


def _between(low: Mapping[str, Any], high: Mapping[str, Any]) -> Measure | None:
    first, last = _decimal(low.get("value")), _decimal(high.get("value"))
    if first is None and last is None:
        return None
    ends = (-NOWHERE if first is None else first), (NOWHERE if last is None else last)
    return _with_unit((min(ends), 0), (max(ends), 0), low or high)


def _sampled(sampled: Mapping[str, Any]) -> Measure | None:
    """From the least to the greatest of the values: origin + sample * factor."""
    origin = sampled.get("origin") or {}
    zero, factor = _decimal(origin.get("value")), _decimal(sampled.get("factor", 1))
    samples = [_decimal(text) for text in str(sampled["data"]).split() if text not in "EUL"]
    if zero is None or factor is None:
        return None
    values = [zero + sample * factor for sample in samples if sample is not None]
    return _with_unit((min(values), 0), (max(values), 0), origin) if values else None


def _with_unit(low: Edge, high: Edge, quantity: Mapping[str, Any]) -> Measure:
    return Measure(
        low=low,
        high=high,
        system=quantity.get("system"),
        code=quantity.get("code"),
        unit=quantity.get("unit"),
    )


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return Decimal(value) if isinstance(value, Decimal | int) else Decimal(str(value))
    except ArithmeticError:
        return None


def named(reference: str, base_url: str) -> tuple[str, str | None]:
    """A reference without version, relative where it is to this server, and the type it names;
    None where the text does not tell."""
    here = local(reference, base_url)
    if here is not None:
        return str(here), here.type
    match = ELSEWHERE.fullmatch(reference)
    if match is None:
        return reference, None
    return f"{match['base']}/{match['type']}/{match['id']}", match["type"]


def here(reference: str) -> bool:
    """Whether a reference that `named` gave is to this server."""
    return ":" not in reference


def referred(element: Any, targets: tuple[str, ...], base_url: str) -> str | None:
    """What a Reference names, where that can be one of `targets` (any, where empty)."""
    text = element.get("reference") if _is_object(element) else None
    if not isinstance(text, str) or text.startswith("#"):
        return None
    reference, kind = named(text, base_url)
    return reference if _possible(kind or element.get("type"), targets) else None


def identified(element: Any, targets: tuple[str, ...]) -> Any:
    """The identifier that a Reference carries, where it can be one of `targets`; else None."""
    if not _is_object(element) or not _possible(element.get("type"), targets):
        return None
    return element.get("identifier")


def _possible(kind: str | None, targets: tuple[str, ...]) -> bool:
    return kind is None or not targets or kind in targets


def canonicals(element: Any) -> Iterator[str]:
    """A canonical with and without its version: either finds it."""
    if isinstance(element, str):
        yield element
        if "|" in element:
            yield element.split("|", 1)[0]
