"""References: http://hl7.org/fhir/R4/search.html#reference"""

import pytest

from tests.journeys.probe.resources import SYSTEM, encounter, observation, patient, weighed
from tests.journeys.probe.speech import Probe, outcome

ELSEWHERE = "http://elsewhere.example/fhir/Patient/1"


@pytest.fixture(scope="module")
def told(probe: Probe, module_mark: str) -> dict[str, str]:
    """A patient `p`, an encounter `e` of hers and observations that refer in several ways."""
    (p,) = probe.stored(patient(module_mark))
    (e,) = probe.stored(encounter(p))
    here = {
        "mine": observation(p, encounter={"reference": e}),
        "absolute": observation(f"{probe.base}/{p}"),
        "versioned": observation(f"{p}/_history/1"),
        "elsewhere": weighed("", subject={"reference": ELSEWHERE}),
        "logical": weighed("", subject={"identifier": {"system": SYSTEM, "value": module_mark}}),
        "group": weighed("", subject={"reference": "http://elsewhere.example/fhir/Group/1"}),
    }
    marked = [
        resource | {"identifier": [{"system": SYSTEM, "value": module_mark}]}
        for resource in here.values()
    ]
    names = probe.stored(*marked)
    return {"p": p, "e": e} | dict(zip(here, names, strict=True))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("subject={p}", "mine absolute versioned"),
        ("subject={id}", "mine absolute versioned"),
        ("subject={base}/{p}", "mine absolute versioned"),
        ("subject:Patient={id}", "mine absolute versioned"),
        ("subject:Patient={p}", "mine absolute versioned"),
        ("subject:Group={id}", ""),
        ("subject=Group/{id}", ""),
        ("patient={id}", "mine absolute versioned"),
        ("patient={p}", "mine absolute versioned"),
        ("patient=Patient/unknown-to-all", ""),
        ("subject=http://elsewhere.example/fhir/Patient/1", "elsewhere"),
        ("patient=http://elsewhere.example/fhir/Patient/1", "elsewhere"),
        ("subject=http://elsewhere.example/fhir/Group/1", "group"),
        ("subject=http://elsewhere.example/fhir/{p}", ""),
        ("subject:identifier={system}|{mark}", "logical"),
        ("subject:identifier={system}|other", ""),
        ("encounter={e}", "mine"),
        ("encounter:missing=true", "absolute versioned elsewhere logical group"),
        ("subject={p},http://elsewhere.example/fhir/Group/1", "mine absolute versioned group"),
    ],
)
def test_a_reference_finds(
    probe: Probe, told: dict[str, str], module_mark: str, asked: str, expected: str
) -> None:
    filled = asked.format(
        p=told["p"],
        id=told["p"].split("/")[1],
        e=told["e"],
        base=probe.base,
        system=SYSTEM,
        mark=module_mark,
    )
    found = probe.matches(f"Observation?identifier={module_mark}&{filled}")
    assert {name for name, id_ in told.items() if id_ in found} == set(expected.split())


def test_a_type_that_cannot_be_referred_to_is_refused(probe: Probe) -> None:
    outcome(probe.read("Observation?subject:Nonsense=1"), 400)
