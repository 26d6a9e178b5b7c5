"""The coded values of an Observation: what most searches of Observations ask for, side by side.

One value for each coding of its code, times each category, times each coding of its value; and one
for each coding of a component's code, times each coding of that component's value.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import chain, product
from typing import Any

from msgspec import Struct

from service.errors import Invalid
from service.fhir.meanings import meanings
from service.fhir.resource import Resource
from service.fhir.search.elements import (
    Measure,
    codings,
    identified,
    measure,
    referred,
    span,
    texts,
)
from service.fhir.search.parameters import TABLE
from service.fhir.search.parameters.composites import CONCEPT, QUANTITY
from service.fhir.search.paths import reader

IN_CODED_VALUES = frozenset(
    {
        "category",
        "code",
        "combo-code",
        "combo-value-concept",
        "combo-value-quantity",
        "component-code",
        "component-value-concept",
        "component-value-quantity",
        "date",
        "patient",
        "status",
        "value-concept",
        "value-quantity",
    }
)
"""The parameters of Observation that coded values answer; also `subject`, if it can be a
Patient."""
EFFECTIVE = TABLE["Observation"]["date"].paths[0]
MAX_COMBINATIONS = 1_000

Coding = tuple[str, str | None]
"""System ("" without one) and code; ("", None) for a concept that has words only."""

What = tuple[str, tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]
"""Status; all codings of the code, or for want of a code its words; all codings of categories: what
Observations have in common that are counted together."""


class CodedValue(Struct, frozen=True, kw_only=True):
    """One combination; `component` is 0 for the Observation itself, else the place from 1."""

    component: int
    lead: bool
    """The Observation's own first with its category, or without one."""
    patient: str | None
    """The subject, where it can be a Patient; "" where only its identifier is known."""
    encounter: str | None
    """The encounter; "" where only its identifier is known."""
    status: str
    effective: tuple[datetime, datetime] | None
    code: Coding | None
    category: Coding | None
    """None on components: the Observation's own values say it."""
    concept: Coding | None
    value: Measure | None
    what: What
    """Of the whole Observation."""


def coded_values(observation: Resource, zone: tzinfo, base_url: str) -> Sequence[CodedValue]:
    """All coded values; at least one. Raises `Invalid` for more than `MAX_COMBINATIONS`."""
    parts = (observation, *(observation.get("component") or ()))
    categories = _concepts(reader("category")(observation))
    combined = [
        _combinations(part, categories if place == 0 else (None,))
        for place, part in enumerate(parts)
    ]
    if sum(len(c) * len(n) * len(v) for c, n, v in combined) > MAX_COMBINATIONS:
        raise Invalid(
            f"An Observation may have {MAX_COMBINATIONS} combinations of code, category and value"
            " at the most.",
            expression="Observation.code",
        )
    patient = patient_named(observation.get("subject"), base_url)
    encounter = _named(observation.get("encounter"), "Encounter", base_url)
    effective = next((span(e, zone) for e in reader(EFFECTIVE)(observation)), None)
    what = _what(observation)
    return [
        CodedValue(
            component=place,
            lead=place == 0 and (code, concept) == (codes[0], concepts[0]),
            patient=patient,
            encounter=encounter,
            status=str(observation.get("status") or ""),
            effective=effective,
            code=code,
            category=category,
            concept=concept,
            value=_value(parts[place]),
            what=what,
        )
        for place, (codes, kinds, concepts) in enumerate(combined)
        for category, code, concept in product(kinds, codes, concepts)
    ]


def _what(observation: Resource) -> What:
    code = observation.get("code")
    categories = chain.from_iterable(map(codings, reader("category")(observation)))
    return (
        str(observation.get("status") or ""),
        tuple(sorted({*meanings(code), *_written(codings(code))})),
        tuple(sorted(set(_written(categories)))),
    )


def _written(found: Iterable[tuple[str, str | None]]) -> Iterator[tuple[str, ...]]:
    """A coding that has no code is told from one that does by its length."""
    for system, code in found:
        yield (system, code) if code is not None else (system, "", "")


def patient_named(subject: Any, base_url: str) -> str | None:
    """What a subject names, unless that is known to be something else than a Patient."""
    return _named(subject, "Patient", base_url)


def _named(reference: Any, kind: str, base_url: str) -> str | None:
    text = referred(reference, (kind,), base_url)
    if text is not None:
        return text
    return "" if identified(reference, (kind,)) else None


Choices = tuple[Coding | None, ...]


def _combinations(part: Any, categories: Choices) -> tuple[Choices, Choices, Choices]:
    return _concepts(reader("code")(part)), categories, _concepts(reader(CONCEPT)(part))


def _concepts(elements: list[Any]) -> Choices:
    """Every coding once, and (None,) where there is nothing."""
    found = chain.from_iterable(_codings(element) for element in elements)
    return tuple(dict.fromkeys(found)) or (None,)


def _codings(concept: Any) -> Iterator[Coding]:
    found = tuple(codings(concept))
    yield from found
    if not found and any(texts(concept)):
        yield "", None


def _value(part: Any) -> Measure | None:
    return next(filter(None, map(measure, reader(QUANTITY)(part))), None)
