"""Expression is recorded, and never a goal, a filter or a figure (clinical rules, section 1)."""

from typing import Any

import httpx
import pytest

from service.clinical import aims
from service.clinical.canonical import FINDING, LOINC, SCALE
from service.clinical.catalogue import catalogue
from tests.clinical.sent import coded

TEARS = coded("expression-presence")
FIRST = coded("first-expression", FINDING)
PACE = coded("pace", FINDING)
PEAK = coded("ceas-iii-peak", SCALE)
PHQ_9 = coded("44261-6", LOINC)


def goal(**elements: Any) -> dict[str, Any]:
    said = {"lifecycleStatus": "active", "description": {"text": "x"}, "subject": {"display": "x"}}
    return {"resourceType": "Goal", **said, **elements}


def group(**characteristic: Any) -> dict[str, Any]:
    said = {"type": "person", "actual": False}
    return {
        "resourceType": "Group", **said, "characteristic": [{"exclude": False} | characteristic]
    }  # fmt: skip


def report(**group: Any) -> dict[str, Any]:
    said = {"status": "complete", "type": "summary", "measure": "http://a.example"}
    return {
        "resourceType": "MeasureReport", **said, "period": {"start": "2026"}, "group": [group]
    }  # fmt: skip


REFUSED = [
    (goal(target=[{"measure": TEARS}]), "Goal.target[0].measure"),
    (goal(target=[{"detailString": "x"}, {"measure": FIRST}]), "Goal.target[1].measure"),
    (goal(target=[{"measure": PHQ_9, "detailCodeableConcept": TEARS}]), "Goal.target[0].detail"),
    (goal(description=PACE), "Goal.description"),
    (goal(target=[{"measure": coded("pace-check", FINDING)}]), "Goal.target[0].measure"),
    (group(code=TEARS, valueBoolean=True), "Group.characteristic[0].code"),
    (group(code=PHQ_9, valueCodeableConcept=TEARS), "Group.characteristic[0].value"),
    (goal(target=[{"measure": PEAK}]), "Goal.target[0].measure"),
    (group(code=PEAK, valueBoolean=True), "Group.characteristic[0].code"),
    (report(code=TEARS), "MeasureReport.group[0].code"),
    (report(population=[{"code": FIRST}]), "MeasureReport.group[0].population[0].code"),
]
"""Goals on expression are refused with 422 (rule 1); nothing filters patients by it (rule 2)."""
TAKEN = [
    goal(target=[{"measure": PHQ_9, "detailInteger": 4}]),
    group(code=PHQ_9, valueBoolean=True),
    report(code=PHQ_9),
]


@pytest.mark.parametrize(("resource", "place"), REFUSED)
def test_what_is_about_expression_is_refused_with_its_place(
    resource: dict[str, Any], place: str
) -> None:
    assert [(i.code, i.expression) for i in aims.issues(resource, catalogue())] == [
        ("business-rule", place)
    ]


@pytest.mark.parametrize("resource", TAKEN)
async def test_what_is_about_a_scale_is_taken(
    fhir: httpx.AsyncClient, resource: dict[str, Any]
) -> None:
    answer = await fhir.post(f"/{resource['resourceType']}", json=resource)
    assert answer.status_code == 201, answer.text


async def test_a_client_learns_why_it_is_refused(fhir: httpx.AsyncClient) -> None:
    for resource, place in REFUSED[2:]:
        answer = await fhir.post(f"/{resource['resourceType']}", json=resource)
        assert answer.status_code == 422
        assert answer.json()["issue"][0]["expression"] == [place]
