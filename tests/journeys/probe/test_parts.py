"""Parts of a resource: http://hl7.org/fhir/R4/search.html#elements"""

import pytest

from tests.journeys.probe.resources import patient, quantity, weighed
from tests.journeys.probe.speech import Probe


def test_a_read_can_ask_for_elements(probe: Probe, mark: str) -> None:
    """http://hl7.org/fhir/R4/http.html#parameters: `_elements`, `_summary` on all reads."""
    (stored,) = probe.stored(patient(mark, active=False))
    answer = probe.read(f"{stored}?_elements=active").json()
    assert answer["active"] is False
    assert "identifier" not in answer
    assert "SUBSETTED" in [tag["code"] for tag in answer["meta"]["tag"]]


@pytest.mark.parametrize("name", ["value", "valueQuantity"])
def test_a_choice_is_asked_for_by_its_name(probe: Probe, mark: str, name: str) -> None:
    probe.stored(weighed(mark, valueQuantity=quantity(1), note=[{"text": "n"}]))
    bundle = probe.search(f"Observation?identifier={mark}&_elements={name}")
    (only,) = (entry["resource"] for entry in bundle["entry"])
    assert "valueQuantity" in only
    assert "note" not in only
