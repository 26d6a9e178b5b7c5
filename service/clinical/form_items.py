"""The items of an instrument's Questionnaire: what is read, what is asked, and what is scored.

https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item

Questions and answers are worded where the definition holds their texts, and say their numbers
otherwise. No question is required: an answer that is not given is missing, and a form that could
not be sent without it would lose the others.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from service.clinical.calculated_expressions import LANGUAGE, expression, whole
from service.clinical.canonical import ANSWER, ORDINAL_VALUE, SCALE
from service.clinical.definitions import Code, Instrument, Item, Scale, UnscoredItem
from service.clinical.items import coding, item_codings
from service.clinical.observation_values import ABSENT_REASON, decimal, filled
from service.clinical.response_items import scales_by_link
from service.clinical.wording import number

CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
OBSERVATION_EXTRACT = f"{SDC}observationExtract"
NOT_APPLICABLE = Code(system=ABSENT_REASON, code="not-applicable", display="Not Applicable")
RADIO_BUTTON = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "radio-button"}
CHOICES = [
    {
        "url": f"{CORE}questionnaire-itemControl",
        "valueCodeableConcept": {"coding": [RADIO_BUTTON]},
    }
]
"""Every answer is in sight, as on paper."""


def form_items(instrument: Instrument) -> Iterator[Mapping[str, Any]]:
    """In the order of the form; its scores stand below the questions, and nobody writes them."""
    for link_id, text in (("instructions", instrument.instructions), ("stem", instrument.stem)):
        if text is not None:
            yield {"linkId": link_id, "text": text, "type": "display"}
    for item in instrument.items:
        yield _question(instrument, item)
    for unscored in instrument.unscored_items:
        yield _unscored(unscored)
    for link_id, scale in scales_by_link(instrument).items():
        yield _score(instrument, scale, link_id)


def _question(instrument: Instrument, item: Item) -> Mapping[str, Any]:
    asked = {
        "linkId": str(item.number),
        "code": item_codings(instrument, item),
        "prefix": f"{item.number}." if item.text else None,
        "text": item.text or f"Item {item.number}",
        "enableWhen": list(_unless_skipped(instrument, item)),
        "required": False,
    }
    if item.step < 1:
        return filled({"extension": _range(item), **asked, "type": "decimal"})
    options = list(_options(instrument, item))
    return filled({"extension": CHOICES, **asked, "type": "choice", "answerOption": options})


def _range(item: Item) -> list[Mapping[str, Any]]:
    digits = -int(Decimal(str(item.step)).as_tuple().exponent)
    return [
        {"url": f"{CORE}minValue", "valueDecimal": decimal(item.low)},
        {"url": f"{CORE}maxValue", "valueDecimal": decimal(item.high)},
        {"url": f"{CORE}maxDecimalPlaces", "valueInteger": digits},
    ]


def _unless_skipped(instrument: Instrument, item: Item) -> Iterator[Mapping[str, Any]]:
    if item.number in instrument.skips:
        gate = instrument.items[instrument.skips[item.number] - 1]
        lowest = coding(_answers(instrument, gate)[0])
        answer = {part: lowest[part] for part in ("system", "code")}
        yield {"question": str(gate.number), "operator": "!=", "answerCoding": answer}


def _options(instrument: Instrument, item: Item) -> Iterator[Mapping[str, Any]]:
    """Every answer from the least to the greatest, with what it counts, where R4 wants that said.

    https://hl7.org/fhir/R4/extension-ordinalvalue.html
    """
    for step, answer in enumerate(_answers(instrument, item)):
        counts = decimal(item.low + step * item.step)
        ordinal = {"url": ORDINAL_VALUE, "valueDecimal": counts}
        yield {"extension": [ordinal], "valueCoding": coding(answer)}
    if item.number in instrument.may_not_apply:
        yield {"valueCoding": coding(NOT_APPLICABLE)}


def _answers(instrument: Instrument, item: Item) -> tuple[Code, ...]:
    """The answers under the codes that others know them by."""
    known = {points: key for key, points in instrument.answer_codes.items()}
    texts = dict(enumerate(instrument.answer_texts))
    answers: list[Code] = []
    for step in range(int((item.high - item.low) / item.step) + 1):
        points = item.low + step * item.step
        own = number(points)
        system, code = known.get(points, (ANSWER, own))
        display = texts.get(step, own if system == ANSWER else None)
        answers.append(Code(system=system, code=code, display=display))
    return tuple(answers)


def _unscored(item: UnscoredItem) -> Mapping[str, Any]:
    return filled(
        {
            "extension": CHOICES,
            "linkId": item.link_id,
            "code": [coding(code) for code in item.codes],
            "text": item.text,
            "type": "choice",
            "required": False,
            "answerOption": [{"valueCoding": coding(answer)} for answer in item.answers],
        }
    )


def _score(instrument: Instrument, scale: Scale, link_id: str) -> Mapping[str, Any]:
    """It says what it counts, and is no answer that another system should take from the form."""
    calculated = {"language": LANGUAGE, "expression": expression(instrument, scale)}
    ours = Code(system=SCALE, code=scale.id, display=scale.title)
    return {
        "extension": [
            {"url": f"{SDC}calculatedExpression", "valueExpression": calculated},
            {"url": OBSERVATION_EXTRACT, "valueBoolean": False},
        ],
        "linkId": link_id,
        "code": [coding(code) for code in (*scale.codes, ours)],
        "text": scale.title,
        "type": "integer" if whole(instrument, scale) else "decimal",
        "readOnly": True,
    }
