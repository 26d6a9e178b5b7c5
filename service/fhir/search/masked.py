"""The query of a request as the audit keeps it: what was asked, without what was said of people.

Names of parameters that are served are kept, and of their values codes, numbers, dates of events
and references; names, addresses, identifiers, dates of birth and death, and every text become `*`.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote

from service.fhir.search import includes, results
from service.fhir.search.parameters import TABLE, Kind
from service.fhir.search.parameters.every_type import COMMON

MASK = "*"
UNKNOWN = "unknown"
"""In the place of a parameter that is not served: its name may be anything."""
OF_PERSONS = frozenset(
    {"altid", "birthdate", "death-date", "email", "identifier", "phone", "telecom"}
)
"""What tells who somebody is, though it is no text."""
CODES = frozenset({"missing", "not", "in", "not-in", "above", "below", "iterate"})
"""Modifiers under which a value stays what it is; and `:[type]`."""
PLAIN = re.compile(r"[A-Za-z0-9\-._~:/|,#+$]{0,200}")
SHAPING = frozenset({*results.READERS, *includes.READERS, "_at", "_since", "_type", "max"})
KEPT = frozenset({Kind.DATE, Kind.QUANTITY, Kind.REFERENCE, Kind.TOKEN, Kind.COMPOSITE})


def masked(kinds: Iterable[str], pairs: Iterable[tuple[str, str]]) -> str:
    """The pairs of a query, as a query string; `kinds` are the resource types that it searches."""
    types = tuple(kinds)
    return "&".join("=".join(_pair(types, name, value)) for name, value in pairs)


def _pair(types: tuple[str, ...], name: str, value: str) -> tuple[str, str]:
    base, _, modifier = name.partition(":")
    if base in SHAPING:
        return _named(base, modifier), _plain(value)
    known = [TABLE[kind][base] for kind in types if base in TABLE.get(kind, {})]
    known = known or [parameter for parameter in COMMON if parameter.name == base]
    if not known:
        return _linked(name), MASK
    keeps = modifier in ("", *CODES) or modifier in TABLE
    kinds = {part.kind for part in (known[0], *known[0].components)}
    plain = keeps and base not in OF_PERSONS and kinds <= KEPT
    return _named(base, modifier), _plain(value) if plain else MASK


def _named(base: str, modifier: str) -> str:
    """Modifiers are words of FHIR or the names of types."""
    return f"{base}:{modifier}" if modifier and re.fullmatch(r"[A-Za-z-]{1,40}", modifier) else base


def _linked(name: str) -> str:
    """Of a chain or `_has`, as far as every word is the name of a type or of a parameter."""
    words = re.split(r"[.:]", name)
    known = {"_has", *TABLE} | {parameter for of_type in TABLE.values() for parameter in of_type}
    return name if len(words) > 1 and all(word in known for word in words) else UNKNOWN


def _plain(value: str) -> str:
    return quote(value, safe="-._~:/|,#+$") if PLAIN.fullmatch(value) else MASK
