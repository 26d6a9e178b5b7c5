"""A score that says what was expressed is protected as the record of expression is."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest

from service.clinical import aims, reading
from service.clinical.acceptance import Acceptance
from service.clinical.canonical import ITEM, OBSERVATION_CATEGORY, SCALE
from service.clinical.catalogue import build, catalogue
from service.clinical.definitions import Construct, Instrument
from service.clinical.derive import Derivation
from service.clinical.facts import AnyFact, Total
from service.clinical.operations.extract import extract
from service.errors import Severity
from service.fhir.resource import PatientKey, Resource
from tests.clinical.patient_facts import codes, derived, ready_made
from tests.clinical.sent import BASE_URL, coded, integer, item, observation, response

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
THERAPY = [coded("therapy", OBSERVATION_CATEGORY)]
RATER = [{"reference": "Practitioner/r"}]
ERQ = catalogue().by_id["erq"]
SEEN = replace(
    ERQ,
    id="seen",
    canonicals=("https://clinic.example/Questionnaire/seen",),
    scales=tuple(
        replace(of, id=f"seen-{n}", construct=Construct.EXPRESSION, reporter="observer")
        for n, of in enumerate(ERQ.scales, start=1)
    ),
    shared_out=(),
)
"""A form of ten items on which an observer rates what was expressed."""
KNOWN = build([*catalogue().instruments, SEEN])
accept = Acceptance(zone=UTC, now=lambda: NOW, catalogue=KNOWN)
read = partial(reading.facts, zone=UTC, base_url=BASE_URL, known=KNOWN)


def level(code: str = "ceas-iii-peak", points: float = 5, **changes: Any) -> Resource:
    """An observer's level, as an Observation."""
    said = {"category": THERAPY, "performer": RATER, "valueQuantity": {"value": points}}
    return observation(coded(code, SCALE), **said | changes)


def form(**changes: Any) -> Resource:
    """The ten answers of an observer."""
    answers = [item(str(number), integer(4)) for number in range(1, 11)]
    named = {"questionnaire": SEEN.canonicals[0], "author": RATER[0]}
    return response(answers, **named | changes)


def refused(resource: Resource) -> list[str | None]:
    return [i.expression for i in accept(resource) if i.severity is Severity.ERROR]


def warned(resource: Resource) -> list[str]:
    return [i.message for i in accept(resource) if i.severity is Severity.WARNING]


def totals(resource: Resource) -> list[tuple[str, float]]:
    return [(fact.scale, fact.value) for fact in read(resource) if isinstance(fact, Total)]


def test_a_level_whose_rater_is_named_is_used() -> None:
    assert accept(level()) == ()
    assert totals(level()) == [("ceas-iii-peak", 5)]


def test_a_level_without_a_rater_is_stored_and_said_and_not_used() -> None:
    assert refused(level(performer=None)) == []
    (sentence,) = warned(level(performer=None))
    assert sentence == (
        "Observation.performer is missing, so nobody is named as the rater of the CEAS-III "
        "highest level; it is stored and not used."
    )
    assert totals(level(performer=None)) == []


def test_what_a_patient_answers_needs_no_rater() -> None:
    beliefs = observation(coded("bacs-helpful", SCALE), valueQuantity={"value": 5.25})
    assert accept(beliefs) == ()
    assert totals(beliefs) == [("bacs-helpful", 5.25)]


def test_a_level_in_a_component_takes_the_rater_of_its_observation() -> None:
    part = {"code": coded("exp-modal", SCALE), "valueInteger": 3}
    panel = observation({"text": "Ratings"}, category=THERAPY, component=[part])
    assert totals(panel | {"performer": RATER}) == [("exp-modal", 3)]
    assert totals(panel) == []
    assert len(warned(panel)) == 1


@pytest.mark.parametrize("name", ["interpretation", "referenceRange"])
def test_a_level_is_not_interpreted_or_compared(name: str) -> None:
    assert refused(level(**{name: [{"text": "high"}]})) == [f"Observation.{name}"]
    part = {"code": coded("exp-peak", SCALE), "valueInteger": 3, name: [{"text": "high"}]}
    panel = observation({"text": "x"}, category=THERAPY, performer=RATER, component=[part])
    assert refused(panel) == [f"Observation.component[0].{name}"]


def test_a_level_stands_in_the_category_therapy_alone() -> None:
    survey = coded("survey", OBSERVATION_CATEGORY)
    assert refused(level(category=None)) == ["Observation.category"]
    assert refused(level(category=[survey])) == ["Observation.category"] * 2
    assert refused(level(category=[*THERAPY, survey])) == ["Observation.category"]
    assert refused(level(category=[*THERAPY, {"text": "x"}])) == []


def test_how_someone_deals_with_emotion_stays_a_survey() -> None:
    style = observation(
        coded("erq-suppression", SCALE),
        valueQuantity={"value": 3},
        category=[coded("survey", OBSERVATION_CATEGORY)],
        interpretation=[{"text": "x"}],
    )
    assert accept(style) == ()


def test_an_answer_that_makes_such_a_score_is_protected_too() -> None:
    assert refused(observation(coded("seen-3", ITEM), valueInteger=4)) == ["Observation.category"]
    goal = {"resourceType": "Goal", "target": [{"measure": coded("seen-3", ITEM)}]}
    assert [i.expression for i in aims.issues(goal, KNOWN)] == ["Goal.target[0].measure"]
    assert list(aims.issues(goal, catalogue())) == []


def test_the_scores_and_answers_of_such_a_form_carry_therapy() -> None:
    engine = Derivation(tenant=UUID(int=1), catalogue=KNOWN, read=read)
    given = extract({}, instance=form(), derivation=engine, base_url=BASE_URL)
    resources = [entry["resource"] for entry in given["entry"]]
    assert len(resources) == 12
    for resource in (*resources, *engine.scored(PatientKey("p"), form())):
        (coding,) = resource["category"][0]["coding"]
        assert coding["code"] == "therapy"


def test_a_form_without_a_rater_gives_no_score_and_says_why() -> None:
    engine = Derivation(tenant=UUID(int=1), catalogue=KNOWN, read=read)
    scores = engine.scored(PatientKey("p"), form(author=None))
    assert [score["dataAbsentReason"]["coding"][0]["code"] for score in scores] == ["error"] * 2
    (sentence,) = warned(form(author=None))
    assert sentence == (
        "Emotion Regulation Questionnaire (ERQ): QuestionnaireResponse.author is missing, so "
        "nobody is named as the rater; no score."
    )
    assert accept(form()) == ()


def test_no_finding_is_derived_from_levels() -> None:
    given: list[AnyFact] = [
        ready_made(week, scale, points)
        for scale in ("ceas-iii-peak", "exp-modal")
        for week, points in ((1, 1.0), (2, 7.0), (3, 7.0), (4, 1.0))
    ]
    (only,) = derived(*given)
    assert codes(only) == {"course"}


def test_what_was_expressed_has_no_better_end() -> None:
    scale = replace(SEEN.scales[0], better=catalogue().scales["phq-9"][1].better)
    instrument: Instrument = replace(SEEN, scales=(scale,))
    with pytest.raises(ValueError, match="better: is given, but what was expressed has no better"):
        build([instrument])


async def test_many_patients_are_not_filtered_by_an_observers_level(
    fhir: httpx.AsyncClient,
) -> None:
    assert (await fhir.put("/Patient/p", json={"resourceType": "Patient", "id": "p"})).is_success
    sent = level(performer=[{"display": "Rater 2"}], id=None)
    stored = await fhir.post("/Observation", json=sent)
    assert stored.status_code == 201, stored.text
    by_level = {"code": f"{SCALE}|ceas-iii-peak", "value-quantity": "gt4"}
    assert (await fhir.get("/Observation", params=by_level)).status_code == 403
    of_one = await fhir.get("/Observation", params=by_level | {"patient": "p"})
    assert of_one.json()["total"] == 1
    unnamed = await fhir.post(
        "/Observation",
        json=level(performer=None, id=None),
        headers={"Prefer": "return=OperationOutcome"},
    )
    assert unnamed.status_code == 201
    assert "not used" in unnamed.text
