"""The instruments as FHIR Questionnaires: structure, codes and ranges, made from the definitions.

https://hl7.org/fhir/R4/questionnaire.html, with the extensions of
http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-extr-obsn

An item is worded only where its definition holds a text; otherwise it says its number, and whoever
has the authors' permission puts the wording beside it. No item is required: an answer that is not
given is missing, and a form that could not be sent without it would lose the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from service.clinical.canonical import ANSWER, ORDINAL_VALUE
from service.clinical.definitions import Code, Instrument, Item
from service.clinical.findings import category
from service.clinical.items import coding, item_codings
from service.clinical.observation_values import ABSENT_REASON, category_element, decimal, filled
from service.clinical.published import header
from service.clinical.wording import number
from service.fhir.resource import Resource

CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
NOT_APPLICABLE = Code(system=ABSENT_REASON, code="not-applicable", display="Not Applicable")


def questionnaires(instruments: Iterable[Instrument]) -> Iterator[Resource]:
    """One for each instrument whose items are known, in the order of their ids."""
    for instrument in sorted(instruments, key=lambda i: i.id):
        if instrument.items:
            yield _questionnaire(instrument)


def _questionnaire(instrument: Instrument) -> Resource:
    return filled(
        {
            "resourceType": "Questionnaire",
            **header(
                instrument.canonicals[0],
                instrument.title,
                f"The items of {instrument.id.upper()} by their numbers, with their answers.",
                version=instrument.version,
                id_=instrument.id,
            ),
            "extension": [
                {"url": f"{SDC}observationExtract", "valueBoolean": True},
                {
                    "url": f"{SDC}observation-extract-category",
                    "valueCodeableConcept": category_element(
                        category(expressed=instrument.expressed)
                    ),
                },
            ],
            "subjectType": ["Patient"],
            "copyright": instrument.licence.terms,
            "code": [coding(code) for code in instrument.codes],
            "item": [_item(instrument, item) for item in instrument.items],
        }
    )


def _item(instrument: Instrument, item: Item) -> Mapping[str, Any]:
    asked: dict[str, Any] = {
        "linkId": str(item.number),
        "code": item_codings(instrument, item),
        "text": item.text or f"Item {item.number}",
        "required": False,
    }
    if item.step < 1:
        return {"extension": _range(item), **asked, "type": "decimal"}
    return {**asked, "type": "choice", "answerOption": list(_options(instrument, item))}


def _range(item: Item) -> list[Mapping[str, Any]]:
    digits = -int(Decimal(str(item.step)).as_tuple().exponent)
    return [
        {"url": f"{CORE}minValue", "valueDecimal": decimal(item.low)},
        {"url": f"{CORE}maxValue", "valueDecimal": decimal(item.high)},
        {"url": f"{CORE}maxDecimalPlaces", "valueInteger": digits},
    ]


def _options(instrument: Instrument, item: Item) -> Iterator[Mapping[str, Any]]:
    """Every answer from the least to the greatest, under the code that others know it by."""
    known = {points: key for key, points in instrument.answer_codes.items()}
    for step in range(int((item.high - item.low) / item.step) + 1):
        points = item.low + step * item.step
        own = number(points)
        system, code = known.get(points, (ANSWER, own))
        display = own if system == ANSWER else None
        yield {
            "valueCoding": {
                "extension": [{"url": ORDINAL_VALUE, "valueDecimal": decimal(points)}],
                **coding(Code(system=system, code=code, display=display)),
            }
        }
    if item.number in instrument.may_not_apply:
        yield {"valueCoding": coding(NOT_APPLICABLE)}
