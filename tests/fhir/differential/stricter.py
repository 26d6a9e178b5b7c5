"""The rules that the models of `fhir.resources` do not know, each with its source and its proof.

A refusal of ours that the models do not share is right where the rule that it tells of is broken.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.errors import Issue
from tests.fhir.differential import breaches, invariants, writing
from tests.fhir.differential.location import Spot, spots
from tests.fhir.differential.verdicts import read

R4 = "https://hl7.org/fhir/R4/"


@dataclass(frozen=True, kw_only=True)
class Stricter:
    """A rule that the service asks and the models do not."""

    code: str
    """Of the issues that tell of it."""
    source: str
    breaks: Callable[[Spot, Issue], bool]


def reason(issue: Issue, body: bytes) -> str | None:
    """The name of the rule that an issue tells of, where it is proved to be broken."""
    if issue.expression is None:
        return writing.reason(body)
    for spot in spots(read(body), issue.expression):
        for name, rule in KNOWN.items():
            if rule.code == issue.code and _proved(rule, spot, issue):
                return f"{name} {invariants.key_of(issue)}".strip()
    return None


def _proved(rule: Stricter, spot: Spot, issue: Issue) -> bool:
    """A proof that stumbles over what it meets proves nothing."""
    try:
        return rule.breaks(spot, issue)
    except (AttributeError, LookupError, TypeError, ValueError):
        return False


KNOWN: Mapping[str, Stricter] = {
    "null": Stricter(
        code="value",
        breaks=breaches.null,
        source=f"{R4}json.html#null: null stands only in the arrays of "
        "a primitive and its extensions, never for both",
    ),
    "empty": Stricter(
        code="value",
        breaks=breaches.empty,
        source=f"{R4}json.html: properties SHALL have content; ele-1: "
        "elements must have a value or children, the id aside",
    ),
    "kind of JSON": Stricter(
        code="value",
        breaks=breaches.no_such_kind,
        source=f"{R4}json.html#primitive: numbers and booleans "
        "are written as such, all else as strings",
    ),
    "kind of JSON of an object": Stricter(
        code="structure",
        breaks=breaches.no_such_kind,
        source=f"{R4}json.html#complex: complex elements are objects",
    ),
    "form": Stricter(
        code="value",
        breaks=breaches.no_such_form,
        source=f"{R4}datatypes.html#primitive: the pattern of the type",
    ),
    "control character": Stricter(
        code="value",
        breaks=breaches.control,
        source=f"{R4}datatypes.html#string: strings SHALL NOT contain "
        "Unicode character points below 32 but 9, 10 and 13",
    ),
    "base64": Stricter(
        code="value",
        breaks=breaches.no_such_base64,
        source=f"{R4}datatypes.html#base64Binary: RFC 4648",
    ),
    "calendar": Stricter(
        code="value",
        breaks=breaches.no_such_day,
        source=f"{R4}datatypes.html#date: Dates SHALL be valid dates",
    ),
    "range": Stricter(
        code="value",
        breaks=breaches.out_of_range,
        source=f"{R4}datatypes.html#integer: 32 bits, whole",
    ),
    "binding": Stricter(
        code="code-invalid",
        breaks=breaches.outside_value_set,
        source=f"{R4}terminologies.html#required",
    ),
    "unknown element": Stricter(
        code="structure",
        breaks=breaches.unknown,
        source=f"{R4}json.html and the type's definition: the "
        "models take what R4B added, fhir_comments of DSTU2 and names of Python",
    ),
    "two types of a choice": Stricter(
        code="structure",
        breaks=breaches.two_types,
        source=f"{R4}formats.html#choice: one type only, be it by an extension",
    ),
    "places": Stricter(
        code="structure",
        breaks=breaches.misaligned,
        source=f"{R4}json.html#primitive: the arrays of "
        "values and extensions have an item for each place",
    ),
    "type of a reference": Stricter(
        code="value",
        breaks=breaches.other_target,
        source=f"{R4}references.html: the types that the element's definition names",
    ),
    "type of R4B": Stricter(
        code="structure", breaks=breaches.later_type, source=f"{R4}valueset-resource-types.html"
    ),
    "invariant": Stricter(
        code="invariant",
        breaks=invariants.broken,
        source=f"{R4}conformance-rules.html#constraints, each by its definition",
    ),
}
"""Each rule by its name."""
