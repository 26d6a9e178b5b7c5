"""Searches of a compartment and of several types.

http://hl7.org/fhir/R4/search.html#searchcontexts
"""

import pytest

from tests.journeys.probe.resources import encounter, identifier, observation, patient, weighed
from tests.journeys.probe.speech import Probe, outcome


@pytest.fixture(scope="module")
def told(probe: Probe, module_mark: str) -> dict[str, str]:
    """A patient, her encounter, her observation of it, and one of somebody elsewhere."""
    (p,) = probe.stored(patient(module_mark))
    (e,) = probe.stored(encounter(p))
    away = {"reference": "http://elsewhere.example/fhir/Patient/1"}
    mine, elsewhere = probe.stored(
        observation(p, encounter={"reference": e}, identifier=identifier(module_mark)),
        weighed(module_mark, subject=away),
    )
    return {"p": p, "e": e, "mine": mine, "elsewhere": elsewhere}


def test_a_compartment_is_a_search(probe: Probe, told: dict[str, str], module_mark: str) -> None:
    """http://hl7.org/fhir/R4/search.html#compartment"""
    path = f"{told['p']}/Observation?identifier={module_mark}"
    assert told["mine"] in probe.matches(path)
    assert told["elsewhere"] not in probe.matches(path)


def test_a_compartment_takes_parameters(
    probe: Probe, told: dict[str, str], module_mark: str
) -> None:
    path = f"{told['p']}/Observation?identifier={module_mark}&encounter={told['e']}"
    assert probe.matches(path) == {told["mine"]}
    assert probe.matches(f"{path}&status=amended") == set()


def test_a_compartment_of_nobody_is_empty_or_unknown(probe: Probe, mark: str) -> None:
    answer = probe.read(f"Patient/{mark}/Observation")
    assert answer.status_code in {200, 404}
    assert "entry" not in answer.json()


def test_a_type_outside_the_compartment_is_refused(probe: Probe, told: dict[str, str]) -> None:
    outcome(probe.read(f"{told['p']}/CodeSystem"), {400, 404})


def test_several_types_are_searched_at_once(
    probe: Probe, told: dict[str, str], module_mark: str
) -> None:
    """http://hl7.org/fhir/R4/search.html#all"""
    ids = ",".join(told[name].split("/")[1] for name in ("p", "e", "mine"))
    found = probe.matches(f"?_type=Patient,Observation&_id={ids}")
    assert found == {told["p"], told["mine"]}


def test_a_search_of_several_types_knows_only_their_common_parameters(probe: Probe) -> None:
    outcome(probe.read("?_type=Patient,Observation&code=x"), 400)
    outcome(probe.read("?_type=Nonsense"), {400, 404})
