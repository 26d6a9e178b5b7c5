"""Observation/$stats: http://hl7.org/fhir/R4/observation-operation-stats.html"""

import json

import pytest

from tests.journeys.probe.resources import LOINC, observation, patient, quantity
from tests.journeys.probe.speech import Json, Probe, outcome

VALUES = (1, 2, 3, 4, 10)


@pytest.fixture(scope="module")
def subject(probe: Probe, module_mark: str) -> str:
    (p,) = probe.stored(patient(module_mark))
    probe.stored(
        *(
            observation(p, valueQuantity=quantity(v), effectiveDateTime=f"2026-05-{n:02}")
            for n, v in enumerate(VALUES, 1)
        )
    )
    return p


def stated(answer: Json) -> dict[str, float]:
    """Each statistic by its code, as the Observations of the answer tell them."""
    assert answer["resourceType"] == "Parameters"
    found: dict[str, float] = {}
    for parameter in answer["parameter"]:
        if parameter["name"] == "statistics":
            for part in parameter["resource"]["component"]:
                value = part.get("valueQuantity", part)
                number = value.get("value", value.get("valueInteger", value.get("valueDecimal")))
                found[part["code"]["coding"][0]["code"]] = float(number)
    return found


def stats(probe: Probe, subject: str, query: str) -> dict[str, float]:
    path = f"Observation/$stats?subject={subject}&code=29463-7&system={LOINC}&{query}"
    answer = probe.read(path)
    assert answer.status_code == 200, answer.text
    return stated(answer.json())


@pytest.mark.parametrize(
    ("name", "expected"),
    [("average", 4.0), ("maximum", 10.0), ("minimum", 1.0), ("count", 5.0), ("median", 3.0),
     ("sum", 20.0), ("total-count", 5.0), ("variance", 12.5), ("std-dev", 3.5355339)],
)  # fmt: skip
def test_a_statistic_is_that_of_the_values(
    probe: Probe, subject: str, name: str, expected: float
) -> None:
    """The values are 1, 2, 3, 4 and 10; their squared distances from 4 add up to 50."""
    found = stats(probe, subject, f"statistic={name}")
    assert set(found) == {name}
    assert found[name] == pytest.approx(expected, rel=1e-6)


def test_several_statistics_are_one_answer(probe: Probe, subject: str) -> None:
    for query in ("statistic=average,maximum", "statistic=average&statistic=maximum"):
        assert stats(probe, subject, query) == {"average": 4.0, "maximum": 10.0}


def test_a_period_chooses_the_values(probe: Probe, subject: str) -> None:
    path = f"Observation/$stats?subject={subject}&code=29463-7&system={LOINC}&statistic=count"
    body = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "subject", "valueUri": subject},
            {"name": "coding", "valueCoding": {"system": LOINC, "code": "29463-7"}},
            {"name": "statistic", "valueCode": "count"},
            {"name": "period", "valuePeriod": {"start": "2026-05-02", "end": "2026-05-04"}},
        ],
    }
    answer = probe.ask("POST", "Observation/$stats", body)
    assert answer.status_code == 200, answer.text
    assert stated(answer.json()) == {"count": 3.0}
    assert probe.read(path).status_code == 200


def test_the_observations_come_along_where_wanted(probe: Probe, subject: str) -> None:
    path = (
        f"Observation/$stats?subject={subject}&code=29463-7&system={LOINC}"
        "&statistic=average&include=true"
    )
    answer = probe.read(path)
    assert answer.status_code == 200, answer.text
    names = [parameter["name"] for parameter in answer.json()["parameter"]]
    assert names.count("source") == 5


def test_the_statistics_are_observations_of_the_subject(probe: Probe, subject: str) -> None:
    path = f"Observation/$stats?subject={subject}&code=29463-7&system={LOINC}&statistic=average"
    (only,) = [
        parameter["resource"]
        for parameter in probe.read(path).json()["parameter"]
        if parameter["name"] == "statistics"
    ]
    assert only["subject"]["reference"].endswith(subject)
    assert only["code"]["coding"][0]["code"] == "29463-7"
    assert json.dumps(only).count("observation-statistics")


@pytest.mark.parametrize(
    "query",
    ["code=29463-7&statistic=average", "subject={p}&code=29463-7",
     "subject={p}&code=29463-7&statistic=nonsense", "subject={p}&statistic=average"],
    ids=["no-subject", "no-statistic", "statistic", "no-code"],
)  # fmt: skip
def test_what_is_missing_or_unknown_is_refused(probe: Probe, subject: str, query: str) -> None:
    outcome(probe.read("Observation/$stats?" + query.format(p=subject)), {400, 422})
