"""Quantities and numbers: http://hl7.org/fhir/R4/search.html#quantity"""

import pytest

from tests.journeys.probe.resources import UCUM, weighed
from tests.journeys.probe.speech import Json, Probe, outcome

VALUES: dict[str, Json] = {
    "5.38": {"value": 5.38, "unit": "kg", "system": UCUM, "code": "kg"},
    "5.4": {"value": 5.4, "unit": "kg", "system": UCUM, "code": "kg"},
    "5.41": {"value": 5.41, "unit": "kg", "system": UCUM, "code": "kg"},
    "5.46": {"value": 5.46, "unit": "kg", "system": UCUM, "code": "kg"},
    "mg": {"value": 5.4, "unit": "milligrams", "system": UCUM, "code": "mg"},
    "text": {"value": 5.4, "unit": "stones"},
    "minus": {"value": -5.4, "unit": "kg", "system": UCUM, "code": "kg"},
    "103": {"value": 103, "unit": "kg", "system": UCUM, "code": "kg"},
}
KG = f"|{UCUM}|kg"


@pytest.fixture(scope="module")
def measured(probe: Probe, module_mark: str) -> dict[str, str]:
    names = probe.stored(*(weighed(module_mark, valueQuantity=v) for v in VALUES.values()))
    (empty,) = probe.stored(weighed(module_mark))
    return dict(zip((*VALUES, "none"), (*names, empty), strict=True))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        # A number stands for the range of its precision: 5.4 is [5.35, 5.45).
        ("5.4", "5.38 5.4 5.41 mg text"),
        (f"5.4{KG}", "5.38 5.4 5.41"),
        (f"5.40{KG}", "5.4"),
        (f"5.400{KG}", "5.4"),
        (f"5{KG}", "5.38 5.4 5.41 5.46"),
        (f"eq5.4{KG}", "5.38 5.4 5.41"),
        (f"-5.4{KG}", "minus"),
        (f"100{KG}", ""),
        (f"1e2{KG}", "103"),
        (f"1.03e2{KG}", "103"),
        # ne: not in the range
        (f"ne5.40{KG}", "5.38 5.41 5.46 minus 103"),
        # Compared in order, the number is exact.
        (f"gt5.4{KG}", "5.41 5.46 103"),
        (f"ge5.4{KG}", "5.4 5.41 5.46 103"),
        (f"lt5.4{KG}", "5.38 minus"),
        (f"le5.4{KG}", "5.38 5.4 minus"),
        (f"sa5.41{KG}", "5.46 103"),
        (f"eb5.38{KG}", "minus"),
        # ap: a tenth of the value on both sides
        (f"ap5.4{KG}", "5.38 5.4 5.41 5.46"),
        (f"ap6{KG}", "5.4 5.41 5.46"),
        # The unit: by system and code; by code or text without a system.
        (f"5.4|{UCUM}|mg", "mg"),
        ("5.4||mg", "mg"),
        ("5.4||kg", "5.38 5.4 5.41"),
        ("5.4||milligrams", "mg"),
        ("5.4||stones", "text"),
        (f"5.4|{UCUM}|g", ""),
        ("5.4|http://probe.example/units|kg", ""),
        (f"5.40{KG},103{KG}", "5.4 103"),
    ],
)
def test_a_quantity_finds(
    probe: Probe, measured: dict[str, str], module_mark: str, asked: str, expected: str
) -> None:
    found = probe.matches(f"Observation?identifier={module_mark}&value-quantity={asked}")
    assert {name for name, id_ in measured.items() if id_ in found} == set(expected.split())


def test_two_bounds_are_a_range(probe: Probe, measured: dict[str, str], module_mark: str) -> None:
    path = f"Observation?identifier={module_mark}&value-quantity=ge5.40{KG}&value-quantity=lt6{KG}"
    assert probe.matches(path) == {measured["5.4"], measured["5.41"], measured["5.46"]}


def test_missing_values_can_be_asked_for(
    probe: Probe, measured: dict[str, str], module_mark: str
) -> None:
    path = f"Observation?identifier={module_mark}&value-quantity:missing=true"
    assert probe.matches(path) == {measured["none"]}


@pytest.mark.parametrize("asked", ["heavy", "5.4|kg", "NaN", "5,4|", "--5", "0x10"])
def test_what_is_no_quantity_is_refused(probe: Probe, asked: str) -> None:
    assert "value-quantity" in outcome(probe.read(f"Observation?value-quantity={asked}"), 400)
