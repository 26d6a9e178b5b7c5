"""Chains and `_has`: http://hl7.org/fhir/R4/search.html#chaining"""

import pytest

from tests.journeys.probe.resources import (
    CODES,
    SYSTEM,
    concept,
    encounter,
    identifier,
    observation,
    patient,
    practitioner,
    weighed,
)
from tests.journeys.probe.speech import Probe, outcome


@pytest.fixture(scope="module")
def clinic(probe: Probe, module_mark: str) -> dict[str, str]:
    """Ada is seen by Dr. One and has a high value; Bea by Dr. Two and has a low one."""
    mine = identifier(module_mark)
    one, two = probe.stored(
        practitioner(module_mark, name=[{"family": "One"}]),
        practitioner(module_mark, name=[{"family": "Two"}]),
    )
    ada, bea = probe.stored(
        patient(module_mark, name=[{"family": "Berg", "given": ["Ada"]}], gender="female",
                generalPractitioner=[{"reference": one}]),
        patient(module_mark, name=[{"family": "Tal", "given": ["Bea"]}], gender="male",
                generalPractitioner=[{"reference": two}]),
    )  # fmt: skip
    seen_a, seen_b = probe.stored(
        encounter(ada, identifier=mine, participant=[{"individual": {"reference": one}}]),
        encounter(bea, identifier=mine, participant=[{"individual": {"reference": two}}]),
    )
    high, low = probe.stored(
        observation(ada, identifier=mine, encounter={"reference": seen_a}, code=concept("high")),
        observation(bea, identifier=mine, encounter={"reference": seen_b}, code=concept("low")),
    )
    away = {"reference": "http://elsewhere.example/fhir/Patient/1"}
    (lost,) = probe.stored(weighed(module_mark, subject=away))
    return {
        "one": one, "two": two, "ada": ada, "bea": bea, "seen-a": seen_a, "seen-b": seen_b,
        "high": high, "low": low, "lost": lost,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Observation?identifier={mark}&subject:Patient.family=berg", "high"),
        ("Observation?identifier={mark}&patient.family=berg", "high"),
        ("Observation?identifier={mark}&subject.family=berg", "high"),
        ("Observation?identifier={mark}&patient.family=berg,tal", "high low"),
        ("Observation?identifier={mark}&patient.family=nobody", ""),
        ("Observation?identifier={mark}&patient.family=berg&patient.gender=female", "high"),
        ("Observation?identifier={mark}&patient.family=berg&patient.gender=male", ""),
        ("Observation?identifier={mark}&patient.gender:not=male", "high"),
        ("Observation?identifier={mark}&patient.family:exact=Berg", "high"),
        ("Observation?patient.identifier={system}|{mark}", "high low"),
        ("Observation?identifier={mark}&subject:Patient._id={ada}", "high"),
        ("Observation?identifier={mark}&encounter.patient.family=tal", "low"),
        ("Observation?identifier={mark}&encounter:Encounter.patient:Patient.family=tal", "low"),
        (
            "Observation?identifier={mark}&encounter.participant:Practitioner.family=two",
            "low",
        ),
        (
            (
                "Observation?identifier={mark}"
                "&encounter.patient.general-practitioner:Practitioner.family=one"
            ),
            "high",
        ),
        ("Observation?identifier={mark}&patient.general-practitioner=Practitioner/{one}", "high"),
        ("Encounter?identifier={mark}&participant:Practitioner.family=one", "seen-a"),
        ("Patient?identifier={mark}&_has:Observation:patient:code={codes}|high", "ada"),
        ("Patient?identifier={mark}&_has:Observation:subject:code={codes}|high", "ada"),
        ("Patient?identifier={mark}&_has:Observation:patient:code={codes}|none", ""),
        (
            "Patient?identifier={mark}&_has:Observation:patient:code={codes}|high,{codes}|low",
            "ada bea",
        ),
        (
            (
                "Patient?identifier={mark}&_has:Observation:patient:code={codes}|high"
                "&_has:Observation:patient:code={codes}|low"
            ),
            "",
        ),
        (
            (
                "Practitioner?identifier={mark}"
                "&_has:Encounter:participant:_has:Observation:encounter:code={codes}|low"
            ),
            "two",
        ),
        (
            "Practitioner?identifier={mark}&_has:Patient:general-practitioner:gender=female",
            "one",
        ),
        (
            "Encounter?identifier={mark}&patient._has:Observation:patient:code={codes}|high",
            "seen-a",
        ),
        ("Patient?identifier={mark}&_has:Encounter:patient:participant.family=one", "ada"),
    ],
)
def test_a_chain_finds(
    probe: Probe, clinic: dict[str, str], module_mark: str, asked: str, expected: str
) -> None:
    found = probe.matches(
        asked.format(
            mark=module_mark,
            system=SYSTEM,
            codes=CODES,
            ada=clinic["ada"].split("/")[1],
            one=clinic["one"].split("/")[1],
        )
    )
    assert {name for name, id_ in clinic.items() if id_ in found} == set(expected.split())


@pytest.mark.parametrize(
    "wrong",
    ["subject:Patient.nonsense=x", "nonsense.family=x", "subject:Nonsense.family=x",
     "code.family=x", "patient.=x", "_has:Observation:nonsense:code=x", "_has:Observation:code=x",
     "_has:Nonsense:patient:code=x", "_has:Observation:patient:nonsense=x", "_has=x"],
)  # fmt: skip
def test_a_chain_that_leads_nowhere_is_refused(probe: Probe, wrong: str) -> None:
    type_name = "Patient" if wrong.startswith("_has") else "Observation"
    outcome(probe.read(f"{type_name}?{wrong}"), 400)


def test_a_chain_that_is_too_long_is_refused(probe: Probe) -> None:
    chain = ".".join(["has-member"] * 6)
    outcome(probe.read(f"Observation?{chain}.code=x"), 400)
