"""What the models of `fhir.resources` refuse against the specification, each with its proof.

The proof of a wrong refusal is a repair: a resource in which nothing is changed but what the
models are said to be wrong about, and which they then take.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service.fhir import r4
from tests.fhir.differential.literals import GOOD
from tests.fhir.differential.verdicts import refusal

UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CHOICE = re.compile(
    "_([a-z][a-zA-Z]*?)"
    f"({'|'.join(sorted((k[0].upper() + k[1:] for k in GOOD), key=len, reverse=True))})"
)
VERSION_4 = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
SPACE = re.compile(r"[^\S \t\r\n]")
"""What is white to Unicode and not to XML Schema, in whose language the patterns are."""


@dataclass(frozen=True, kw_only=True)
class Lenience:
    """A rule of the models that R4 does not have."""

    source: str
    repaired: Callable[[Any], Any]
    """One value of a resource without what the models are wrong about; itself where it is right."""


def reason(resource: Any) -> str | None:
    """Why a refusal of the models is wrong, None where the repairs do not bring them round."""
    applied, repaired = list[str](), resource
    for name, each in KNOWN.items():
        before, repaired = repaired, _everywhere(repaired, each.repaired)
        if repaired != before:
            applied.append(name)
    return " and ".join(applied) if applied and refusal(repaired) is None else None


def _everywhere(value: Any, repair: Callable[[Any], Any]) -> Any:
    value = repair(value)
    if isinstance(value, dict):
        return {name: _everywhere(child, repair) for name, child in value.items()}
    if isinstance(value, list):
        return [_everywhere(child, repair) for child in value]
    return value


def _without_extended_value(value: Any) -> Any:
    """An extension whose value has an extension: without it, or with a value in its place."""
    if not isinstance(value, dict) or not isinstance(value.get("url"), str):
        return value
    extended = [name for name in value if name.startswith("_value")]
    if not extended or any(not isinstance(value[name], dict) for name in extended):
        return value
    kept = {name: child for name, child in value.items() if name not in extended}
    valued = any(name.startswith("value") for name in kept)
    return kept if valued else {**kept, "valueBoolean": True}


def _of_version_4(value: Any) -> Any:
    return VERSION_4 if isinstance(value, str) and UUID.fullmatch(value) else value


def _without_meta_as_value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    choices = {f"{choice}Meta" for choice in ("value", "defaultValue", "fixed", "pattern")}
    return {
        name.removesuffix("Meta") + "Period" if name in choices else name: (
            {"start": "2026"} if name in choices else child
        )
        for name, child in value.items()
    }


def _of_a_type_that_r4b_has(value: Any) -> Any:
    if isinstance(value, dict) and str(value.get("resourceType")) in r4.UNMODELLED:
        return {"resourceType": "Basic", "id": value.get("id", "a"), "code": {"text": "x"}}
    return value


def _with_plain_spaces(value: Any) -> Any:
    return SPACE.sub("x", value) if isinstance(value, str) else value


def _with_valued_choices(value: Any) -> Any:
    """A choice that is only extended has a value, too."""
    if not isinstance(value, dict):
        return value
    found = dict(value)
    for name, beside in value.items():
        choice = CHOICE.fullmatch(name)
        if choice and isinstance(beside, dict) and "extension" in beside:
            kind = choice[2][0].lower() + choice[2][1:]
            found.setdefault(choice[1] + choice[2], GOOD[kind][0])
    return found


KNOWN: Mapping[str, Lenience] = {
    "extended value of an extension": Lenience(
        source="https://hl7.org/fhir/R4/json.html#primitive: each primitive can have an id and "
        "extensions; the models have no _value[x]",
        repaired=_without_extended_value,
    ),
    "uuid of another version than 4": Lenience(
        source="https://hl7.org/fhir/R4/datatypes.html#uuid: any version (RFC 4122)",
        repaired=_of_version_4,
    ),
    "choice that is only extended": Lenience(
        source="https://hl7.org/fhir/R4/extensibility.html#Special-Case: a required primitive may "
        "have an extension for a value; the models do not let a choice do so",
        repaired=_with_valued_choices,
    ),
    "Meta as the value of an extension": Lenience(
        source="https://hl7.org/fhir/R4/datatypes.html#open: value[x] may be Meta; R4B's models "
        "lack it",
        repaired=_without_meta_as_value,
    ),
    "contained type that R4B dropped": Lenience(
        source="https://hl7.org/fhir/R4/valueset-resource-types.html",
        repaired=_of_a_type_that_r4b_has,
    ),
    "space beyond ASCII": Lenience(
        source="https://www.w3.org/TR/xmlschema-2/#regexs, the language of R4's patterns: "
        "\\s is space, tab, line feed and carriage return; so CodeSystem-v2-0550 of R4 itself",
        repaired=_with_plain_spaces,
    ),
}
"""Each by its name."""
