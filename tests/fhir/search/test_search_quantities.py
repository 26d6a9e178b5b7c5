"""Quantities: what a search stands for, what a stored number is, and units.

http://hl7.org/fhir/R4/search.html#quantity
"""

from typing import Any

import pytest

from service.fhir.exact_json import ExactDecimal
from tests.fhir.search.asked import found, observation

UCUM = "http://unitsofmeasure.org"


def measured(value: str, **more: Any) -> dict[str, Any]:
    return observation(valueQuantity={"value": ExactDecimal(value), **more})


NUMBERS = [
    ("5.4", "5.4", True, "the number itself"),
    ("5.44", "5.4", True, "5.4 is searched for as 5.35 to 5.45"),
    ("5.35", "5.4", True, "the lower limit belongs to it"),
    ("5.45", "5.4", False, "the upper limit does not"),
    ("5.44", "5.40", False, "5.40 is 5.395 to 5.405"),
    ("5.40", "5.4", True, "5.40 is in 5.35 to 5.45"),
    ("5.4", "5.40", True, "a stored number is exact: in 5.395 to 5.405"),
    ("100", "1e2", True, "one digit: 50 to 150"),
    ("149.9", "1e2", True, "one digit: 50 to 150"),
    ("95", "100", False, "three digits: 99.5 to 100.5"),
    ("5.44", "ne5.4", False, "in the range"),
    ("5.45", "ne5.4", True, "out of the range"),
    ("10", "gt10", False, "a score of ten is not above ten"),
    ("10.000000000000000001", "gt10", True, "every digit counts"),
    ("10", "ge10", True, "ten is ten"),
    ("9.99", "ge10", False, "comparisons take the number as it is, not its range"),
    ("10", "lt10", False, "ten is not below ten"),
    ("10", "le10", True, "ten is ten"),
    ("10", "sa10", False, "does not start after itself"),
    ("11", "sa10", True, "starts after"),
    ("9", "eb10", True, "ends before"),
    ("109", "ap100", True, "within a tenth"),
    ("111", "ap100", False, "more than a tenth"),
    ("-5.44", "-5.4", True, "below zero alike"),
    ("0.3", "gt0.3", False, "no binary fraction is in the way"),
]


@pytest.mark.parametrize(("stored", "asked", "expected", "why"), NUMBERS)
def test_a_searched_number_stands_for_its_range_and_a_stored_one_for_itself(
    stored: str, asked: str, expected: bool, why: str
) -> None:
    assert found(measured(stored), f"value-quantity={asked}") is expected, why


def test_a_range_whose_ends_are_exchanged_is_the_same_range() -> None:
    context = {"valueRange": {"low": {"value": 65}, "high": {"value": 18}}}
    form = {"resourceType": "Questionnaire", "useContext": [context]}
    assert found(form, "context-quantity=gt64")
    assert found(form, "context-quantity=eb66")
    assert not found(form, "context-quantity=gt65")


COMPARATORS = [
    ("<", "5", "lt5", True, "all of it is below 5"),
    ("<", "5", "gt4", True, "it may be 4.5"),
    ("<", "5", "gt5", False, "none of it is above 5"),
    ("<", "5", "eb5", True, "ends before 5"),
    ("<=", "5", "eb5", False, "5 may be it"),
    ("<", "5", "5", False, "it may be anything below 5"),
    (">", "5", "sa5", True, "starts after 5"),
    (">=", "5", "sa5", False, "5 may be it"),
    (">", "5", "ne5", True, "not contained in 4.5 to 5.5"),
    (">", "5", "gt1000", True, "has no end"),
]


@pytest.mark.parametrize(("comparator", "stored", "asked", "expected", "why"), COMPARATORS)
def test_a_comparator_opens_the_stored_value(
    comparator: str, stored: str, asked: str, expected: bool, why: str
) -> None:
    value = measured(stored, comparator=comparator)
    assert found(value, f"value-quantity={asked}") is expected, why


UNITS = [
    ("5.4", True, "any unit"),
    ("5.4||mg", True, "the code, without its system"),
    ("5.4||milligram", True, "the text of the unit"),
    (f"5.4|{UCUM}|mg", True, "system and code"),
    (f"5.4|{UCUM}|milligram", False, "a text is no code of the system"),
    (f"5.4|{UCUM}|", True, "any code of the system"),
    ("5.4|urn:other|mg", False, "another system"),
    ("5.4||g", False, "another unit, not converted"),
]


@pytest.mark.parametrize(("asked", "expected", "why"), UNITS)
def test_a_unit_is_asked_for_by_code_or_by_text(asked: str, expected: bool, why: str) -> None:
    value = measured("5.4", system=UCUM, code="mg", unit="milligram")
    assert found(value, f"value-quantity={asked}") is expected, why


def test_sampled_data_are_searched_by_their_least_and_greatest_value() -> None:
    """Origin 2, factor 10, samples 1 and 3: from 12 to 32."""
    sampled = {"origin": {"value": 2}, "factor": 10, "period": 1, "dimensions": 1, "data": "1 E 3"}
    assert found(observation(valueSampledData=sampled), "value-quantity=gt31")
    assert not found(observation(valueSampledData=sampled), "value-quantity=gt32")
    assert not found(observation(valueSampledData=sampled), "value-quantity=lt12")


def test_combo_reads_the_observation_and_its_components() -> None:
    parts = measured("1", unit="x") | {"component": [{"valueQuantity": {"value": 7}}]}
    assert found(parts, "combo-value-quantity=7")
    assert found(parts, "combo-value-quantity=1")
    assert found(parts, "component-value-quantity=7")
    assert not found(parts, "component-value-quantity=1")
    assert not found(parts, "value-quantity=7")


def test_a_range_is_compared_by_both_of_its_ends() -> None:
    context = {"valueRange": {"low": {"value": 18}, "high": {"value": 65}}}
    form = {"resourceType": "Questionnaire", "useContext": [context]}
    assert found(form, "context-quantity=ge65") is False
    assert found(form, "context-quantity=gt64")
    assert found(form, "context-quantity=sa17")
