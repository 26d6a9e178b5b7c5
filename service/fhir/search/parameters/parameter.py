"""What is said of one search parameter, and short ways to say it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

DEFINITIONS = "http://hl7.org/fhir/SearchParameter/"
SPECIAL_VALUES = "http://terminology.hl7.org/CodeSystem/special-values"
"""The system that codes of a boolean are in."""


class Kind(StrEnum):
    """http://hl7.org/fhir/R4/valueset-search-param-type.html"""

    COMPOSITE = "composite"
    DATE = "date"
    QUANTITY = "quantity"
    REFERENCE = "reference"
    STRING = "string"
    TOKEN = "token"  # noqa: S105  (a kind of parameter)
    URI = "uri"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One search parameter of one resource type."""

    name: str
    kind: Kind
    paths: tuple[str, ...]
    """Where the values lie, in the language of `paths`, seen from the resource."""
    definition: str
    """Canonical of its SearchParameter."""
    targets: tuple[str, ...] = ()
    """Types that a reference may name; empty for any."""
    canonical: bool = False
    """A reference whose values are canonicals, with or without `|version`."""
    system: str | None = None
    """The system that plain codes or booleans of this parameter are in."""
    text: bool = False
    """Whether `:text` is offered."""
    phonetic: bool = False
    """Compared by sound."""
    components: tuple["Parameter", ...] = ()
    """What a composite asks together; their paths are seen from one element at `paths`."""


def one_of(
    kind: Kind,
    name: str,
    definition: str,
    *paths: str,
    targets: str = "",
    system: str | None = None,
    text: bool = False,
    canonical: bool = False,
    phonetic: bool = False,
) -> Parameter:
    """A line of the table; `targets` are names separated by spaces."""
    return Parameter(
        name=name,
        kind=kind,
        paths=paths,
        definition=DEFINITIONS + definition,
        targets=tuple(targets.split()),
        system=system,
        text=text,
        canonical=canonical,
        phonetic=phonetic,
    )


def composite(name: str, definition: str, *paths: str, of: tuple[Parameter, ...]) -> Parameter:
    """A line of the table; `of` are read from each element at `paths` on its own."""
    return Parameter(
        name=name,
        kind=Kind.COMPOSITE,
        paths=paths,
        definition=DEFINITIONS + definition,
        components=of,
    )


Line = Callable[..., Parameter]

date: Line = partial(one_of, Kind.DATE)
quantity: Line = partial(one_of, Kind.QUANTITY)
reference: Line = partial(one_of, Kind.REFERENCE)
string: Line = partial(one_of, Kind.STRING)
uri: Line = partial(one_of, Kind.URI)
code: Line = partial(one_of, Kind.TOKEN)
"""A token of a plain code, boolean, string or contact point: it has no text to search."""
token: Line = partial(one_of, Kind.TOKEN, text=True)
"""A token of a CodeableConcept, Coding or Identifier, whose text `:text` searches."""
