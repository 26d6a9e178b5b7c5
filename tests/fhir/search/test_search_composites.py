"""Composites: parts of one element, asked together.

http://hl7.org/fhir/R4/search.html#combining, which says: "Composite search parameters [...] allow
joining multiple elements into distinct single values with a $. This is different from doing a
simple intersection - the intersection rules apply at the resource level, so, for example, an
Observation with multiple component repetitions may match because one repetition has a desired code,
and another has a desired value." And: "Modifiers are not used on composite parameters."
"""

from typing import Any

import pytest

from service.errors import BadRequest
from service.fhir.exact_json import ExactDecimal
from tests.fhir.search.asked import found, observation, query

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


def concept(code: str, system: str | None = None) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} if system else {"code": code}]}


def amount(number: str, unit: str = "mm[Hg]") -> dict[str, Any]:
    return {"value": ExactDecimal(number), "system": UCUM, "code": unit}


PRESSURE = observation(
    code=concept("85354-9", LOINC),
    component=[
        {"code": concept("8480-6", LOINC), "valueQuantity": amount("150")},
        {"code": concept("8462-4", LOINC), "valueQuantity": amount("90")},
        {"code": concept("cuff"), "valueCodeableConcept": concept("large")},
        {"code": concept("arm"), "valueCodeableConcept": concept("left")},
    ],
)
IN_ONE_COMPONENT = [
    ("component-code-value-quantity=8480-6$gt140", True, "this component is above 140"),
    ("component-code-value-quantity=8462-4$gt140", False, "the other component is"),
    (f"component-code-value-quantity={LOINC}|8480-6$150|{UCUM}|mm[Hg]", True, "with all parts"),
    ("component-code-value-quantity=|8480-6$150", False, "a token of a composite is a token"),
    ("component-code-value-quantity=8480-6$150||kg", False, "another unit"),
    ("component-code-value-quantity=8480-6$lt140,8462-4$lt100", True, "one of the values"),
    ("component-code-value-quantity=8480-6$lt140,8462-4$gt100", False, "none of the values"),
    ("combo-code-value-quantity=8480-6$gt140", True, "combo reads the components"),
    ("combo-code-value-quantity=85354-9$gt140", False, "the code of the whole has no value"),
    ("code-value-quantity=85354-9$gt140", False, "a component's value is not the Observation's"),
    ("code-value-quantity=8480-6$150", False, "a component's code is not the Observation's"),
    ("component-code-value-concept=cuff$large", True, "this component says it"),
    ("component-code-value-concept=cuff$left", False, "another component says it"),
    ("combo-code-value-concept=arm$left", True, "combo reads the components"),
    ("component-code-value-concept=arm$|left", True, "|code asks for no system"),
]


@pytest.mark.parametrize(("asked", "expected", "why"), IN_ONE_COMPONENT)
def test_a_code_and_a_value_must_be_of_one_component(asked: str, expected: bool, why: str) -> None:
    assert found(PRESSURE, asked) is expected, why


def test_a_simple_intersection_asks_less() -> None:
    asked = ("component-code=8462-4", "component-value-quantity=gt140")
    assert found(PRESSURE, *asked)


SCORED = observation(
    code={"coding": [{"system": LOINC, "code": "44261-6"}, {"code": "phq|9$total"}]},
    valueQuantity=amount("20", "{score}"),
)
OF_THE_OBSERVATION = [
    (SCORED, "code-value-quantity=44261-6$20", True, "code and value"),
    (SCORED, "code-value-quantity=44261-6$ge20", True, "a prefix stands before the second part"),
    (SCORED, "code-value-quantity=44261-6$gt20", False, "not above itself"),
    (SCORED, "code-value-quantity=44261-6$20.4", False, "20.35 to 20.45"),
    (SCORED, "code-value-quantity=69737-5$20", False, "another code"),
    (SCORED, r"code-value-quantity=phq\|9\$total$20", True, "escaped separators are no separators"),
    (SCORED, f"code-value-quantity={LOINC}|$20", True, "any code of the system"),
    (SCORED, "combo-code-value-quantity=44261-6$20", True, "combo reads the Observation itself"),
    (SCORED, "component-code-value-quantity=44261-6$20", False, "which is no component"),
]
SAID = observation(code=concept("mood"), valueString="Rather Löw")
ON_A_DAY = observation(code=concept("due"), valueDateTime="2026-05-03")
WITHIN = observation(code=concept("stay"), valuePeriod={"start": "2026-05-03"})
CHOSEN = observation(code=concept("level"), valueCodeableConcept=concept("high") | {"text": "High"})
OF_THE_OBSERVATION += [
    (SAID, "code-value-string=mood$rather low", True, "a string is found without case and accents"),
    (SAID, "code-value-string=mood$low", False, "and from its beginning"),
    (SAID, "code-value-string=other$rather", False, "another code"),
    (CHOSEN, "code-value-string=level$high", False, "the text of a concept is no valueString"),
    (CHOSEN, "code-value-concept=level$high", True, "code and concept"),
    (CHOSEN, "code-value-concept=level$low", False, "another concept"),
    (ON_A_DAY, "code-value-date=due$2026-05", True, "the month contains the day"),
    (ON_A_DAY, "code-value-date=due$gt2026-05-03", False, "nothing of the day is after it"),
    (WITHIN, "code-value-date=stay$gt2099", True, "a period without an end"),
    (WITHIN, "code-value-date=stay$eq2026-05", False, "no month contains what has no end"),
]


@pytest.mark.parametrize(("resource", "asked", "expected", "why"), OF_THE_OBSERVATION)
def test_a_code_and_a_value_must_both_be_the_observations(
    resource: dict[str, Any], asked: str, expected: bool, why: str
) -> None:
    assert found(resource, asked) is expected, why


FORM = {
    "resourceType": "Questionnaire",
    "useContext": [
        {"code": {"code": "age"}, "valueRange": {"low": {"value": 18}, "high": {"value": 65}}},
        {"code": {"code": "venue"}, "valueCodeableConcept": concept("ward")},
        {"code": {"code": "task"}, "valueCodeableConcept": concept("intake")},
        {"code": {"code": "weight"}, "valueQuantity": amount("60", "kg")},
    ],
}
CONTEXTS = [
    ("context-type-value=venue$ward", True, "one context says both"),
    ("context-type-value=venue$intake", False, "two contexts say it"),
    ("context-type-value=task$intake,x$y", True, "one of the values"),
    ("context-type-quantity=weight$60", True, "a quantity"),
    ("context-type-quantity=age$60", False, "no range of ages is 59.5 to 60.5"),
    ("context-type-quantity=age$gt60", True, "the range goes on above 60"),
    ("context-type-quantity=weight$gt60", False, "60 is not above 60"),
]


@pytest.mark.parametrize(("asked", "expected", "why"), CONTEXTS)
def test_the_type_and_value_of_a_context_must_be_of_one_context(
    asked: str, expected: bool, why: str
) -> None:
    assert found(FORM, asked) is expected, why


def test_repeated_composites_must_all_hold() -> None:
    both = ("component-code-value-quantity=8480-6$gt140", "component-code-value-quantity=8462-4$90")
    assert found(PRESSURE, *both)
    assert not found(PRESSURE, both[0], "component-code-value-quantity=8462-4$91")


def test_a_refusal_says_which_parts_a_value_has() -> None:
    with pytest.raises(BadRequest, match="takes values of code and value-quantity with"):
        query("Observation", "code-value-quantity=44261-6")
