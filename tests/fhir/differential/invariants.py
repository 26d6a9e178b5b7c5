"""Proofs that an invariant is broken: by HL7's own FHIRPath, or where that cannot be, by hand.

The library fhirpathpy does not know `hasValue()`, which for what is asked here is `exists()`.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from functools import cache
from html import unescape
from typing import Any

import fhirpathpy
from fhirpathpy.engine.nodes import ResourceNode
from fhirpathpy.models import models

from service.errors import Issue
from service.fhir.r4 import RESOURCE_TYPES
from tests.fhir.definitions import elements
from tests.fhir.differential.location import Spot, official_paths, root

KEY = re.compile(r"\(([a-z]+-\d+[a-z]?)(?:, txt-2)?\)\.$")
DISPLAY = re.compile(r'"display": "#[^"]*"')
ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|apos);)(?!#)[A-Za-z]+[0-9]*;")
ACTIVE = re.compile(r"(?i)on[a-z]+=|[a-z]+=\s*javascript:")
PROLOG = re.compile(r"\s*<[?!]")
FORBIDDEN = {"script", "form", "iframe", "object", "style", "link", "input", "button"}
DOMAIN = "Basic"
"""Has the invariants of every resource, for types of which the definitions are not here."""
COMPARED = frozenset({"sdf-8", "sdf-8a", "sdf-23"})
ELEMENT_PATH = re.compile(r"matches\('(.*)'\)$")
XHTML = "{http://www.w3.org/1999/xhtml}"
TRACE = re.compile(r"\.trace\([^)]*\)")


def key_of(issue: Issue) -> str:
    """The key of the invariant that an issue tells of, "" where it tells of none."""
    found = KEY.search(issue.message)
    return found[1] if found else ""


def broken(spot: Spot, issue: Issue) -> bool:
    """Whether the invariant that the issue names is broken there."""
    key = key_of(issue)
    by_hand = BY_HAND.get(key)
    return by_hand(spot) if by_hand else _untrue(key, spot) or _pathless(key, spot)


def _untrue(key: str, spot: Spot) -> bool:
    """Of the value, of the object that has it, or above that: wherever HL7 has the invariant."""
    level: Spot | None = spot
    while level is not None:
        kind = level.type if level.above else level.owner
        base = official_paths().get(kind, DOMAIN if kind in RESOURCE_TYPES else kind)
        values = level.value if isinstance(level.value, list) else [level.value]
        if any(
            _false(constraint["expression"], ResourceNode.create_node(value, base), spot)
            for value in values
            if value is not None
            for path in {level.official, base}
            for constraint in elements().get(path, {}).get("constraints", ())
            if constraint["key"] == key and constraint["severity"] == "error"
        ):
            return True
        level = level.above
    return False


def _pathless(key: str, spot: Spot) -> bool:
    """`all()` is false where a comparison gives nothing, which fhirpathpy does not know."""
    whole = root(spot).value
    views = (whole.get(view, {}).get("element", ()) for view in ("snapshot", "differential"))
    return key in COMPARED and any("path" not in each for view in views for each in view)


def _false(expression: str, value: ResourceNode, spot: Spot) -> bool:
    """False, or nothing: an invariant must be true."""
    try:
        found = _compiled(expression)(value, {"resource": root(spot).value})
    except Exception:  # noqa: BLE001 the library has no errors of its own
        return False
    return found in ([False], [])


@cache
def _compiled(expression: str) -> Callable[[Any, Any], list[Any]]:
    compiled: Callable[[Any, Any], list[Any]] = fhirpathpy.compile(
        TRACE.sub("", expression).replace(".hasValue()", ".exists()"), models["r4"]
    )
    return compiled


def _special_characters(spot: Spot) -> bool:
    """eld-19, of which the pattern is meant for the whole path: fhirpathpy looks for any part."""
    (rule,) = (c for c in elements()["ElementDefinition"]["constraints"] if c["key"] == "eld-19")
    pattern = ELEMENT_PATH.search(rule["expression"])
    assert pattern is not None
    unescaped = pattern[1].encode().decode("unicode_escape")
    return re.fullmatch(unescaped, spot.value) is None


def _same_code(spot: Spot) -> bool:
    """obs-7 by its words: its FHIRPath takes codings with other displays for other codes."""
    codes = [
        {(c.get("system"), c.get("code")) for c in part["code"]["coding"]}
        for part in (spot.holder, *spot.holder["component"])
        if "coding" in part["code"]
    ]
    return any(codes[0] & other for other in codes[1:])


def _nowhere(spot: Spot) -> bool:
    """ref-1, of which the FHIRPath asks the whole resource."""
    contained = root(spot).value.get("contained", ())
    named = {part.get("id") for part in contained if isinstance(part, Mapping)}
    return str(spot.value).startswith("#") and spot.value[1:] not in named


def _unreferenced(spot: Spot) -> bool:
    """dom-3, of which the FHIRPath asks the whole resource."""
    whole, part = (
        DISPLAY.sub("", json.dumps(each, default=str)) for each in (root(spot).value, spot.value)
    )
    return f'"#{spot.value.get("id")}"' not in whole and '"#"' not in part


def _unordered(spot: Spot) -> bool:
    """rng-2, of which the FHIRPath compares quantities, as fhirpathpy does not."""
    low, high = (spot.value[name]["value"] for name in ("low", "high"))
    return bool(low > high)


def _no_boolean(spot: Spot) -> bool:
    """que-7, whose `is Boolean` fhirpathpy takes for a type of its own."""
    return spot.value["operator"] == "exists" and "answerBoolean" not in spot.value


def _no_narrative(spot: Spot) -> bool:
    """txt-1 and txt-2, of which the FHIRPath is a function of its own, htmlChecks()."""
    try:
        div = ET.fromstring(ENTITY.sub(lambda e: unescape(e[0]), spot.value))  # noqa: S314
    except ET.ParseError:
        return True
    names = {each.tag.removeprefix(XHTML) for each in div.iter()}
    return (
        div.tag.removeprefix(XHTML) != "div"
        or not ("".join(div.itertext()).strip() or "img" in names)
        or any(ACTIVE.match(f"{name}={text}") for e in div.iter() for name, text in e.items())
        or PROLOG.match(spot.value) is not None
        or not names.isdisjoint(FORBIDDEN)
    )


BY_HAND: Mapping[str, Callable[[Spot], bool]] = {
    "eld-19": _special_characters,
    "obs-7": _same_code,
    "dom-3": _unreferenced,
    "que-7": _no_boolean,
    "ref-1": _nowhere,
    "rng-2": _unordered,
    "txt-1": _no_narrative,
}
