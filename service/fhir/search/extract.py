"""What makes a resource findable: its values by search parameter, still as text.

The store turns entries into index rows; see `store.index`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from service.fhir.resource import Resource
from service.fhir.search.coded import IN_CODED_VALUES, CodedValue, coded_values, patient_named
from service.fhir.search.elements import (
    Measure,
    canonicals,
    codings,
    here,
    identified,
    measure,
    referred,
    span,
    strings,
    texts,
)
from service.fhir.search.parameters import TABLE, Kind, Parameter
from service.fhir.search.parameters.every_type import COMMON, ID, LAST_UPDATED
from service.fhir.search.paths import Reader, needed, reader

IN_ROW = frozenset({ID, LAST_UPDATED})
"""Parameters that the resource's own row answers."""
IDENTIFIER, TEXT = ":identifier", ":text"
"""Ends of the names under which a reference's identifier and a token's text are kept."""
SUBJECT = TABLE["Observation"]["subject"]
ENCOUNTER = TABLE["Observation"]["encounter"]
CODE = TABLE["Observation"]["code"]


class Entries(Struct, frozen=True, kw_only=True):
    """The first of every tuple is the parameter's name; equal entries are listed once."""

    tokens: tuple[tuple[str, str, str | None], ...] = ()
    """(name, system, code): "" without a system, None without a code."""
    names: tuple[tuple[str, str], ...] = ()
    """References, canonicals and URIs; "" where there is a value without such a text."""
    moments: tuple[tuple[str, datetime, datetime], ...] = ()
    phrases: tuple[tuple[str, str], ...] = ()
    amounts: tuple[tuple[str, Measure], ...] = ()
    coded_values: tuple[CodedValue, ...] = ()
    words: tuple[str, ...] = ()
    """What an Observation's code says in words, in its order."""


def entries(resource: Resource, *, zone: tzinfo, base_url: str) -> Entries:
    """Everything that a search of the resource's type can ask of `resource`.

    Raises `Invalid` for an Observation with too many combinations of codes.
    """
    kind = str(resource["resourceType"])
    found = _Found(zone=zone, base_url=base_url)
    for member, read, add, parameter in _readings(kind):
        if member is None or member in resource:
            for element in read(resource):
                add(found, parameter, element)
    observed = coded_values(resource, zone, base_url) if kind == "Observation" else ()
    return Entries(
        tokens=tuple(found.tokens),
        names=tuple(found.names),
        moments=tuple(found.moments),
        phrases=tuple(found.phrases),
        amounts=tuple(found.amounts),
        coded_values=tuple(observed),
        words=tuple(found.said),
    )


@dataclass
class _Found:
    """Entries as they gather; dictionaries keep the order and drop what repeats."""

    zone: tzinfo
    base_url: str
    tokens: dict[tuple[str, str, str | None], None] = field(default_factory=dict)
    names: dict[tuple[str, str], None] = field(default_factory=dict)
    moments: dict[tuple[str, datetime, datetime], None] = field(default_factory=dict)
    phrases: dict[tuple[str, str], None] = field(default_factory=dict)
    amounts: dict[tuple[str, Measure], None] = field(default_factory=dict)
    said: dict[str, None] = field(default_factory=dict)

    def token(self, parameter: Parameter, element: Any) -> None:
        found = codings(element)
        self._codings(parameter.name, found)
        if not found and any(texts(element)):
            self.tokens[parameter.name, "", None] = None
        self.words(parameter, element)

    def words(self, parameter: Parameter, element: Any) -> None:
        if parameter is CODE:
            self.said |= dict.fromkeys(texts(element))
        elif parameter.text:
            self.phrases |= dict.fromkeys((parameter.name + TEXT, text) for text in texts(element))

    def reference(self, parameter: Parameter, element: Any) -> None:
        if parameter.canonical:
            self.names |= dict.fromkeys((parameter.name, text) for text in canonicals(element))
            return
        text = referred(element, parameter.targets, self.base_url)
        kept = parameter is ENCOUNTER or (
            parameter is SUBJECT and patient_named(element, self.base_url) is not None
        )
        kept = kept and (text is None or here(text))
        if not kept and (text is not None or identified(element, parameter.targets)):
            self.names[parameter.name, text or ""] = None
        self.identifier(parameter, element)

    def identifier(self, parameter: Parameter, element: Any) -> None:
        identifier = identified(element, parameter.targets)
        if identifier is not None:
            self._codings(parameter.name + IDENTIFIER, codings(identifier))

    def _codings(self, name: str, found: Sequence[tuple[str, str | None]]) -> None:
        self.tokens |= dict.fromkeys((name, system, code) for system, code in found)

    def uri(self, parameter: Parameter, element: Any) -> None:
        if isinstance(element, str):
            self.names[parameter.name, element] = None
            if parameter not in COMMON:
                self.phrases[parameter.name, element] = None

    def string(self, parameter: Parameter, element: Any) -> None:
        self.phrases |= dict.fromkeys((parameter.name, text) for text in strings(element))

    def date(self, parameter: Parameter, element: Any) -> None:
        if found := span(element, self.zone):
            self.moments[parameter.name, *found] = None

    def quantity(self, parameter: Parameter, element: Any) -> None:
        if found := measure(element):
            self.amounts[parameter.name, found] = None


Add = Callable[[_Found, Parameter, Any], None]
ADDERS: Mapping[Kind, Add] = MappingProxyType(
    {
        Kind.DATE: _Found.date,
        Kind.QUANTITY: _Found.quantity,
        Kind.REFERENCE: _Found.reference,
        Kind.STRING: _Found.string,
        Kind.TOKEN: _Found.token,
        Kind.URI: _Found.uri,
    }
)
BESIDE_CODED: Mapping[Kind, Add] = MappingProxyType(
    {
        Kind.REFERENCE: _Found.identifier,
        Kind.TOKEN: _Found.words,
    }
)
"""What is left to add for the parameters that coded values answer; nothing for other kinds."""


@cache
def _readings(kind: str) -> tuple[tuple[str | None, Reader, Add, Parameter], ...]:
    """For every path of a type's parameters: the member it needs, how to read it, and what to do
    with what is read."""
    in_coded = IN_CODED_VALUES if kind == "Observation" else frozenset[str]()
    return tuple(
        (needed(path), reader(path), adders[parameter.kind], parameter)
        for parameter in TABLE.get(kind, {}).values()
        if parameter.name not in IN_ROW
        for adders in [BESIDE_CODED if parameter.name in in_coded else ADDERS]
        if parameter.kind in adders
        for path in parameter.paths
    )
