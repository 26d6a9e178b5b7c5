"""Composites: http://hl7.org/fhir/R4/search.html#composite"""

import pytest

from tests.journeys.probe.records import stored
from tests.journeys.probe.resources import CODES, LOINC, UCUM
from tests.journeys.probe.speech import Probe, outcome

W, H = f"{LOINC}|29463-7", f"{LOINC}|8302-2"


@pytest.fixture(scope="module")
def records(probe: Probe, module_mark: str) -> dict[str, str]:
    return stored(probe, module_mark)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (f"code-value-quantity={W}$90|{UCUM}|kg", "heavy"),
        (f"code-value-quantity={W}$90", "heavy"),
        (f"code-value-quantity={H}$90", "height"),
        (f"code-value-quantity={H}$50", ""),
        (f"code-value-quantity={W}$gt40", "light heavy"),
        (f"code-value-quantity={W}$50,{H}$90", "light height"),
        (f"code-value-quantity={CODES}|systolic$120", ""),
        (f"component-code-value-quantity={CODES}|systolic$gt100", "normal"),
        (f"component-code-value-quantity={CODES}|systolic$80", "crossed"),
        (f"component-code-value-quantity={CODES}|diastolic$120", "crossed"),
        (
            (
                f"component-code-value-quantity={CODES}|systolic$120"
                f"&component-code-value-quantity={CODES}|diastolic$80"
            ),
            "normal",
        ),
        (f"component-code-value-quantity={W}$50", ""),
        (f"combo-code-value-quantity={W}$50", "light"),
        (f"combo-code-value-quantity={CODES}|diastolic$80", "normal"),
        (f"combo-code-value-quantity={CODES}|pressure$80", ""),
        (f"code-value-concept={CODES}|mood${CODES}|low", "coded"),
        (f"code-value-concept={CODES}|mood${CODES}|high", ""),
        (f"component-code-value-concept={CODES}|a${CODES}|x", "parts"),
        (f"component-code-value-concept={CODES}|a${CODES}|y", ""),
        (f"combo-code-value-concept={CODES}|b${CODES}|y", "parts"),
        (f"combo-code-value-concept={CODES}|mood${CODES}|low", "coded"),
        (f"code-value-string={CODES}|note$weighed", "told"),
        (rf"code-value-string={CODES}|note$weighed \$", "told"),
        (f"code-value-string={CODES}|mood$weighed", ""),
        (f"code-value-date={CODES}|onset$2026-05", "when"),
        (f"code-value-date={CODES}|onset$lt2026-05", ""),
    ],
)
def test_a_composite_pairs_what_stands_together(
    probe: Probe, records: dict[str, str], module_mark: str, asked: str, expected: str
) -> None:
    found = probe.matches(f"Observation?identifier={module_mark}&{asked}")
    assert {name for name, id_ in records.items() if id_ in found} == set(expected.split())


@pytest.mark.parametrize("asked", [W, f"{W}$", f"{W}$50$60", f"{W}$heavy", "$50"])
def test_half_a_composite_is_refused(probe: Probe, asked: str) -> None:
    path = f"Observation?code-value-quantity={asked}"
    assert "code-value-quantity" in outcome(probe.read(path), 400)
