"""Our CodeSystems and ValueSets as FHIR resources, made from the tables that the checks enforce.

https://hl7.org/fhir/R4/codesystem.html and https://hl7.org/fhir/R4/valueset.html
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from service.clinical import expression, finding_codes, wording
from service.clinical.canonical import (
    ANSWER,
    EXPRESSION,
    FINDING,
    ITEM,
    LABEL,
    ORDINAL_VALUE,
    RULE,
    SCALE,
    value_set,
)
from service.clinical.catalogue import Catalogue
from service.clinical.expression_values import ORDINALS
from service.clinical.items import item_code, item_display
from service.clinical.published import VERSION, header
from service.clinical.vocabulary import Vocabulary
from service.fhir.resource import Resource
from service.fhir.rights import CLIENT_ONLY

LABELS: Mapping[str, str] = MappingProxyType(
    {CLIENT_ONLY: "Promised to the client: not shown to practitioners"}
)


def packaged(known: Catalogue) -> tuple[Resource, ...]:
    """Every CodeSystem and ValueSet of ours, in a fixed order, each with its `id`."""
    return (*code_systems(known), *value_sets())


def vocabulary(known: Catalogue) -> Vocabulary:
    """The same, to look codes up in."""
    return Vocabulary(packaged(known))


def code_systems(known: Catalogue) -> Iterator[Resource]:
    """`answer`, `expression`, `finding`, `item`, `label`, `rule` and `scale`."""
    yield _code_system(
        ANSWER,
        "Answers as numbers",
        "An answer to an item of an instrument, coded by its own number; a form may show it in the "
        "words of the instrument.",
        {answer: answer for answer in _answers(known)},
        ordinals={answer: float(answer) for answer in _answers(known)},
    )
    yield _code_system(
        EXPRESSION,
        "Emotional expression",
        "What is recorded of emotional expression in a session, how it was met, and what the "
        "patient says of it. No code counts for or against anyone.",
        expression.CODES,
        ordinals=ORDINALS,
    )
    yield _code_system(
        FINDING,
        "Findings",
        "What rules find in a patient's records, the numbers that a finding rests on, and what "
        "people answer to it.",
        finding_codes.CODES,
    )
    yield _code_system(
        ITEM,
        "Items",
        "The items of the instruments that the service scores, by their numbers.",
        {
            item_code(instrument, item): item_display(instrument, item)
            for instrument in sorted(known.instruments, key=lambda i: i.id)
            for item in instrument.items
        },
    )
    yield _code_system(
        LABEL,
        "Labels",
        "Security labels beside those of HL7: who else must not see what carries one, and what "
        "follows from it.",
        LABELS,
    )
    yield _code_system(
        RULE,
        "Rules",
        "The rules that findings are derived by; a finding's method names the rule and its "
        "revision.",
        finding_codes.FINDINGS,
    )
    yield _code_system(
        SCALE,
        "Scales",
        "The scales of the instruments that the service scores.",
        {scale: definition.title for scale, (_, definition) in sorted(known.scales.items())},
    )


def value_sets() -> Iterator[Resource]:
    """One for every coded topic and component, and for what answers a finding."""
    for element in sorted(expression.ELEMENTS.values(), key=lambda e: e.code):
        if element.codes:
            yield _value_set(element.code, element.display, EXPRESSION, element.codes)
    for name, title, codes in (
        ("acknowledgement", "Acknowledgements", finding_codes.ACKNOWLEDGEMENTS),
        ("dismissal-reason", "Reasons of dismissal", finding_codes.DISMISSALS),
        ("finding", "Findings", finding_codes.FINDINGS),
    ):
        yield _value_set(name, title, FINDING, codes)


def _code_system(
    url: str,
    title: str,
    description: str,
    codes: Mapping[str, str],
    *,
    ordinals: Mapping[str, float] | None = None,
) -> Resource:
    concepts = [_concept(code, display, ordinals or {}) for code, display in codes.items()]
    return {
        "resourceType": "CodeSystem",
        **header(url, title, description),
        "caseSensitive": True,
        "content": "complete",
        "count": len(concepts),
        "concept": concepts,
    }


def _concept(code: str, display: str, ordinals: Mapping[str, float]) -> dict[str, Any]:
    concept: dict[str, Any] = {"code": code, "display": display}
    if code in ordinals:
        value = int(ordinals[code])
        concept["extension"] = [{"url": ORDINAL_VALUE, "valueDecimal": value}]
    return concept


def _value_set(name: str, title: str, system: str, codes: Mapping[str, str]) -> Resource:
    concepts = [{"code": code, "display": display} for code, display in codes.items()]
    return {
        "resourceType": "ValueSet",
        **header(value_set(name), title, f"The codes of {title[0].lower()}{title[1:]}."),
        "compose": {"include": [{"system": system, "version": VERSION, "concept": concepts}]},
    }


def _answers(known: Catalogue) -> tuple[str, ...]:
    """Every whole number that some item can be answered with."""
    wholes = {
        wording.number(item.low + step * item.step)
        for instrument in known.instruments
        for item in instrument.items
        if item.step == 1
        for step in range(int(item.high - item.low) + 1)
    }
    return tuple(sorted(wholes, key=int))
