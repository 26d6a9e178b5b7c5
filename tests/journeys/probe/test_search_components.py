"""Components of an Observation: http://hl7.org/fhir/R4/observation.html#search"""

import pytest

from tests.journeys.probe.records import stored
from tests.journeys.probe.resources import CODES
from tests.journeys.probe.speech import Probe


@pytest.fixture(scope="module")
def records(probe: Probe, module_mark: str) -> dict[str, str]:
    return stored(probe, module_mark)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (f"component-code={CODES}|systolic", "normal crossed"),
        (f"component-code={CODES}|pressure", ""),
        (f"combo-code={CODES}|systolic,{CODES}|pressure", "normal crossed"),
        (f"combo-code={CODES}|pressure", "normal crossed"),
        ("component-value-quantity=gt100", "normal crossed"),
        ("combo-value-quantity=gt85", "heavy height normal crossed"),
        (f"value-concept={CODES}|low", "coded"),
        (f"component-value-concept={CODES}|x", "parts"),
        (f"combo-value-concept={CODES}|low,{CODES}|y", "coded parts"),
        ("value-string=weighed", "told"),
        ("value-date=2026", "when"),
        ("component-code:missing=false", "normal crossed parts"),
    ],
)
def test_components_are_searched(
    probe: Probe, records: dict[str, str], module_mark: str, asked: str, expected: str
) -> None:
    found = probe.matches(f"Observation?identifier={module_mark}&{asked}")
    assert {name for name, id_ in records.items() if id_ in found} == set(expected.split())
