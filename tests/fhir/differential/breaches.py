"""Proofs that a value breaks a rule of R4: by HL7's definitions and patterns, not by our code."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from service.errors import Issue
from service.fhir import r4
from service.fhir.models import shape
from tests.fhir.definitions import children, elements, json_names, value_set
from tests.fhir.differential.literals import PATTERNS, RANGES
from tests.fhir.differential.location import Spot, official_paths

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
NAMED = re.compile(
    r"(?:.*/)?([A-Z][A-Za-z]+)/[A-Za-z0-9.-]{1,64}(?:/_history/[A-Za-z0-9.-]{1,64})?"
)
MEDIA_TYPE = re.compile(r"[^/\s]+/[^/\s]+")
TEXTUAL = frozenset(PATTERNS)


def null(spot: Spot, _: Issue) -> bool:
    if spot.item:
        return spot.value is None and spot.beside is None
    held = ((spot.value, spot.name), (spot.beside, f"_{spot.name}"))
    return any(value is None and name in spot.holder for value, name in held)


def empty(spot: Spot, _: Issue) -> bool:
    return any(
        value in ("", [], {}) or (isinstance(value, Mapping) and value.keys() == {"id"})
        for value in (spot.value, spot.beside)
        if value is not None
    ) or (isinstance(spot.beside, list) and set(map(str, spot.beside)) == {"None"})


def no_such_kind(spot: Spot, _: Issue) -> bool:
    """Another kind of JSON than https://hl7.org/fhir/R4/json.html#primitive gives the type."""
    if spot.element is None or spot.value is None:
        return False
    kind = spot.element.type
    if spot.element.many and not spot.item:
        return not isinstance(spot.value, list)
    if not spot.element.primitive:
        return not isinstance(spot.value, Mapping)
    if kind in TEXTUAL:
        return not isinstance(spot.value, str)
    if kind == "boolean":
        return not isinstance(spot.value, bool)
    return isinstance(spot.value, bool) or not isinstance(spot.value, int | Decimal)


def no_such_form(spot: Spot, _: Issue) -> bool:
    if spot.element is None or not isinstance(spot.value, str):
        return False
    pattern = PATTERNS.get(spot.element.type)
    return pattern is not None and pattern.fullmatch(spot.value) is None


def control(spot: Spot, _: Issue) -> bool:
    return isinstance(spot.value, str) and CONTROL.search(spot.value) is not None


def no_such_base64(spot: Spot, _: Issue) -> bool:
    if spot.element is None or spot.element.type != "base64Binary":
        return False
    text = "".join(str(spot.value).split())
    return len(text) % 4 != 0 or "=" in text.rstrip("=") or text.endswith("===")


def no_such_day(spot: Spot, _: Issue) -> bool:
    if spot.element is None or spot.element.type not in {"date", "dateTime", "instant"}:
        return False
    try:
        date.fromisoformat(str(spot.value)[:10])
    except ValueError:
        return len(str(spot.value)) >= 10
    return False


def out_of_range(spot: Spot, _: Issue) -> bool:
    numbers = RANGES.get(spot.element.type) if spot.element else None
    if numbers is None or not isinstance(spot.value, int | Decimal):
        return False
    if isinstance(spot.value, Decimal):
        return numbers[0] >= 0 or str(spot.value) != "-0"
    return not numbers[0] <= spot.value <= numbers[1]


def outside_value_set(spot: Spot, _: Issue) -> bool:
    definition = elements().get(spot.official, {})
    if "binding" not in definition:
        return False
    systems = value_set(definition["binding"])
    if isinstance(spot.value, Mapping):
        codings = {(c.get("system"), c.get("code")) for c in spot.value.get("coding", ())}
        return not codings & {(s, code) for s, codes in systems.items() for code in codes or ()}
    if None in systems.values():
        pattern = re.compile("[A-Z]{3}") if spot.name == "currency" else MEDIA_TYPE
        return pattern.fullmatch(spot.value.partition(";")[0].strip()) is None
    return spot.value not in {code for codes in systems.values() for code in codes or ()}


def unknown(spot: Spot, issue: Issue) -> bool:
    """Not an element of the type, by HL7's definitions where they are here."""
    if not issue.message.endswith(" is not an element of R4."):
        return False
    if not issue.message.endswith(" has a member that is not an element of R4."):
        return spot.name not in _names(spot.owner)
    known = _names(spot.type if spot.above else spot.owner)
    own = spot.beside if spot.element is not None and spot.element.primitive else spot.value
    return any(name not in known for name in own)


def _names(kind: str) -> set[str]:
    path = official_paths().get(kind)
    if path is None:
        names = set(shape(kind).elements)
    else:
        names = {n for name, each in children()[path].items() for n in json_names(name, each)}
    primitive = {
        f"_{name}" for name in names if name != "id" and shape(kind).elements[name].primitive
    }
    named = {"resourceType"} if kind in r4.RESOURCE_TYPES else set()
    return names | named | (primitive - ({"_url"} if kind == "Extension" else set()))


def two_types(spot: Spot, _: Issue) -> bool:
    choice = spot.element.choice if spot.element else None
    if choice is None:
        return False
    names = [e.name for e in shape(spot.owner).elements.values() if e.choice == choice]
    held = [name for name in names if name in spot.holder or f"_{name}" in spot.holder]
    return len(held) > 1


def misaligned(spot: Spot, _: Issue) -> bool:
    lengths = {len(each) for each in (spot.value, spot.beside) if isinstance(each, list)}
    return len(lengths) > 1


def other_target(spot: Spot, _: Issue) -> bool:
    above = spot.above
    if spot.name != "reference" or above is None:
        return False
    named = NAMED.fullmatch(str(spot.value))
    allowed = set(elements().get(above.official, {}).get("targets", ()))
    if not allowed and above.element is not None:
        allowed = set(above.element.targets)
    return named is not None and bool(allowed) and named[1] not in allowed


def later_type(spot: Spot, _: Issue) -> bool:
    return spot.name == "resourceType" and spot.value not in r4.RESOURCE_TYPES
