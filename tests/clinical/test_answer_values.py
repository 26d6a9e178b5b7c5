"""One answer in every form in which it arrives, and what is said of one that cannot be used."""

from decimal import Decimal
from typing import Any

import pytest

from service.clinical.answers import Reading, instrument_of, read
from service.clinical.catalogue import catalogue
from service.fhir.exact_json import ExactDecimal
from service.fhir.resource import Resource
from tests.clinical.sent import integer, item, loinc, phq_9, response

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"
OURS = "https://attune-outcomes.org/fhir/CodeSystem/answer"
EXAMPLE = (2, 2, 2, 2, 1, 1, 2, 0, 0)


def reading(resource: Resource) -> Reading:
    instrument = instrument_of(resource, catalogue())
    assert instrument is not None
    return read(resource, instrument)


def said(resource: Resource) -> list[tuple[str, str, int | None, bool]]:
    return [(p.message, p.expression, p.item, p.withholds) for p in reading(resource).problems]


def ordinal(code: str, value: Any, url: str = ORDINAL) -> dict[str, Any]:
    extension = [{"url": url, "valueDecimal": value}]
    return {"valueCoding": {"system": "urn:site", "code": code, "extension": extension}}


ACCEPTED: dict[str, dict[str, Any]] = {
    "an integer": integer(2),
    "a decimal": {"valueDecimal": ExactDecimal("2.0")},
    "a decimal without fraction": {"valueDecimal": 2},
    "a quantity": {"valueQuantity": {"value": 2, "unit": "{score}"}},
    "a LOINC answer code": loinc(2),
    "a LOINC answer code without its system": {"valueCoding": {"code": "LA6570-1"}},
    "our own code": {"valueCoding": {"system": OURS, "code": "2"}},
    "any code with an ordinal": ordinal("often", 2),
    "any code with an exact ordinal": ordinal("often", ExactDecimal("2.0")),
    "any code with an item weight": ordinal("often", 2, WEIGHT),
    "a code without a system, with an ordinal": {
        "valueCoding": {
            "display": "More than half the days",
            "extension": [{"url": ORDINAL, "valueDecimal": 2}],
        }
    },
    "a LOINC code with the same ordinal": {
        "valueCoding": {
            "system": "http://loinc.org",
            "code": "LA6570-1",
            "extension": [{"url": ORDINAL, "valueDecimal": 2}],
        }
    },
    "an ordinal on the answer": {
        "valueCoding": {"system": "urn:site", "code": "often"},
        "extension": [{"url": ORDINAL, "valueDecimal": 2}],
    },
}


@pytest.mark.parametrize("form", ACCEPTED)
def test_an_answer_is_read_as(form: str) -> None:
    found = reading(response([item("3", ACCEPTED[form])]))
    assert (found.values, found.problems) == ({3: 2.0}, ())


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "above the range": (integer(4), "the answer 4 is outside 0-3"),
    "below the range": (integer(-1), "the answer -1 is outside 0-3"),
    "a fraction": (
        {"valueDecimal": ExactDecimal("1.5")},
        "the answer 1.5 is not a whole number",
    ),
    "an ordinal above the range": (ordinal("x", 7), "the answer 7 is outside 0-3"),
    "a huge number": ({"valueDecimal": ExactDecimal("1e30")}, "the answer is outside 0-3"),
    "an absurd number": (
        {"valueDecimal": ExactDecimal("1e400")},
        "the answer cannot be read as a number",
    ),
    "an unknown code": (
        {"valueCoding": {"system": "http://loinc.org", "code": "LA6572-7"}},
        "the code of the answer is not known",
    ),
    "a LOINC code of another system": (
        {"valueCoding": {"system": "urn:site", "code": "LA6570-1"}},
        "the code of the answer is not known",
    ),
    "a code and an ordinal that differ": (
        {
            "valueCoding": loinc(1)["valueCoding"]
            | {"extension": [{"url": ORDINAL, "valueDecimal": 2}]}
        },
        "the answer's code and its ordinal value differ",
    ),
    "text": ({"valueString": "several days"}, "the answer is text"),
    "a number as text": ({"valueString": "2"}, "the answer is text"),
    "yes": ({"valueBoolean": True}, "the answer is yes or no"),
    "no": ({"valueBoolean": False}, "the answer cannot be read as a number or a code"),
    "a date": ({"valueDate": "2026-05-03"}, "the answer cannot be read as a number or a code"),
    "a bound": (
        {"valueQuantity": {"value": 2, "comparator": ">="}},
        "the answer is a bound, not a number",
    ),
    "a quantity without a value": (
        {"valueQuantity": {"unit": "{score}"}},
        "the answer cannot be read as a number",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_answer_that_cannot_be_used_is_said_by_item(name: str) -> None:
    answer, fault = WRONG[name]
    items = phq_9(EXAMPLE)
    items[2] = item("3", answer)
    assert said(response(items)) == [
        (
            f"Patient Health Questionnaire (PHQ-9), item 3: {fault}; no score.",
            "QuestionnaireResponse.item[2].answer[0]",
            3,
            True,
        )
    ]
    assert 3 not in reading(response(items)).values


@pytest.mark.parametrize(
    ("answers", "least"),
    [
        ([integer(4)], 4),
        ([integer(0), integer(2)], 2),
        ([integer(0), integer(0)], 0),
        ([{"valueDecimal": ExactDecimal("0.5")}], 1),
        ([{"valueDecimal": ExactDecimal("1.5")}], 2),
        ([{"valueString": "2"}], 2),
        ([{"valueBoolean": True}], 1),
        ([{"valueQuantity": {"value": 1, "comparator": ">"}}], 1),
        ([WRONG["a code and an ordinal that differ"][0]], 2),
        ([{"valueString": "often"}, integer(3)], 3),
    ],
)
def test_what_can_be_read_of_item_9_is_kept_for_safety(answers: Any, least: float) -> None:
    found = reading(response([*phq_9(EXAMPLE[:8]), item("9", *answers)]))
    assert 9 not in found.values
    assert found.safety == {9: least}


@pytest.mark.parametrize(
    "answer",
    [
        integer(-1),
        {"valueString": "often"},
        {"valueQuantity": {"value": 1, "comparator": "<"}},
        {"valueBoolean": False},
    ],
)
def test_what_says_nothing_about_item_9_is_not_turned_into_a_number(answer: Any) -> None:
    found = reading(response([*phq_9(EXAMPLE[:8]), item("9", answer)]))
    assert (found.safety, [p.item for p in found.problems]) == ({}, [9])


@pytest.mark.parametrize(
    ("value", "readable"),
    [("5", True), ("5.5", True), ("10", True), ("10.0", True), ("5.45", False), ("10.1", False)],
)
def test_a_line_of_the_ors_is_read_to_a_tenth(value: str, readable: bool) -> None:
    ours = "https://attune-outcomes.org/fhir/Questionnaire/ors"
    answer = {"valueDecimal": ExactDecimal(value)}
    found = reading(response([item("1", answer)], questionnaire=ours))
    assert (found.values == {1: float(Decimal(value))}) is readable
