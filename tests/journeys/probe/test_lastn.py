"""Observation/$lastn: http://hl7.org/fhir/R4/observation-operation-lastn.html"""

import pytest

from tests.journeys.probe.resources import HEIGHT, LOINC, WEIGHT, concept, observation, patient
from tests.journeys.probe.speech import Json, Probe, matched, outcome

VITAL = concept("vital-signs", "http://terminology.hl7.org/CodeSystem/observation-category")
LAB = concept("laboratory", "http://terminology.hl7.org/CodeSystem/observation-category")


@pytest.fixture(scope="module")
def series(probe: Probe, module_mark: str) -> dict[str, str]:
    """Three weights (the newest written first), two heights, a laboratory value of another day."""
    p, other = probe.stored(patient(module_mark), patient(module_mark))

    def on(day: int, code: Json, category: Json, who: str = p) -> Json:
        return observation(
            who, code=code, category=[category], effectiveDateTime=f"2026-05-{day:02}"
        )

    keys = ("w3", "w1", "w2", "h1", "h2", "lab", "foreign")
    names = probe.stored(
        on(3, WEIGHT, VITAL), on(1, WEIGHT, VITAL), on(2, WEIGHT, VITAL),
        on(1, HEIGHT, VITAL), on(2, HEIGHT, VITAL), on(9, concept("lab"), LAB),
        on(8, WEIGHT, VITAL, other),
    )  # fmt: skip
    return {"p": p} | dict(zip(keys, names, strict=True))


def last(probe: Probe, series: dict[str, str], query: str) -> list[str]:
    bundle = probe.search(f"Observation/$lastn?subject={series['p']}&{query}")
    names = {id_: name for name, id_ in series.items()}
    return [names[id_] for id_ in matched(bundle)]


def test_without_a_number_it_is_the_last_of_each_code(probe: Probe, series: dict[str, str]) -> None:
    """If max is not set, 1 is assumed."""
    assert sorted(last(probe, series, "category=vital-signs")) == ["h2", "w3"]


def test_a_number_is_for_each_code(probe: Probe, series: dict[str, str]) -> None:
    found = last(probe, series, "category=vital-signs&max=2")
    assert sorted(found) == ["h1", "h2", "w2", "w3"]


def test_within_a_code_the_newest_stands_first(probe: Probe, series: dict[str, str]) -> None:
    """Sorted from most recent to the oldest, grouped by code."""
    found = last(probe, series, "category=vital-signs&max=9")
    assert [name for name in found if name.startswith("w")] == ["w3", "w2", "w1"]
    assert [name for name in found if name.startswith("h")] == ["h2", "h1"]
    assert "".join(name[0] for name in found) in {"wwwhh", "hhwww"}


def test_codes_can_be_named(probe: Probe, series: dict[str, str]) -> None:
    assert last(probe, series, f"code={LOINC}|29463-7&max=2") == ["w3", "w2"]


def test_other_search_parameters_apply_before_the_last_are_taken(
    probe: Probe, series: dict[str, str]
) -> None:
    assert last(probe, series, "category=vital-signs&code=29463-7&date=lt2026-05-03") == ["w2"]


def test_patient_is_as_good_as_subject(probe: Probe, series: dict[str, str]) -> None:
    id_ = series["p"].split("/")[1]
    bundle = probe.search(f"Observation/$lastn?patient={id_}&category=vital-signs")
    assert len(matched(bundle)) == 2


def test_it_may_be_asked_by_post(probe: Probe, series: dict[str, str]) -> None:
    body = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "subject", "valueString": series["p"]},
            {"name": "category", "valueString": "vital-signs"},
            {"name": "max", "valuePositiveInt": 1},
        ],
    }
    answer = probe.ask("POST", "Observation/$lastn", body)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["entry"]) == 2


def test_nobody_has_no_last(probe: Probe, mark: str) -> None:
    bundle = probe.search(f"Observation/$lastn?patient={mark}&category=vital-signs")
    assert "entry" not in bundle


@pytest.mark.parametrize("query", ["max=0", "max=many", "max=-1", "nonsense=1"])
def test_what_does_not_fit_is_refused(probe: Probe, series: dict[str, str], query: str) -> None:
    path = f"Observation/$lastn?subject={series['p']}&category=vital-signs&{query}"
    assert query.split("=")[0] in outcome(probe.read(path), 400)
