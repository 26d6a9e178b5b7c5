"""Scores and findings as FHIR Observations.

http://hl7.org/fhir/R4/observation.html, and for scores the shape of
http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-screening-assessment
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from service.clinical import facts
from service.clinical.canonical import BASE, OBSERVATION_CATEGORY, RULE, SCALE
from service.clinical.definitions import Construct
from service.clinical.findings import (
    Absent,
    Amount,
    Category,
    Component,
    Concept,
    Finding,
    Indicator,
    Input,
    Value,
)
from service.clinical.labels import Label, strictest
from service.clinical.observation_values import (
    component_element,
    concept_element,
    filled,
    value_element,
)
from service.clinical.scores import Score
from service.clinical.wording import day, number
from service.fhir.resource import PatientKey, Resource

LAYOUT = 1
"""Counts up whenever the same score or finding is written differently."""

DEVICE = "attune-rule-engine"
"""Id of the Device that every derived resource names; it carries the software version."""

XHTML = "http://www.w3.org/1999/xhtml"
CATEGORIES = {Category.SURVEY: "Survey", Category.THERAPY: "Therapy"}
SILENT_ON_SUICIDE = frozenset({Construct.SYMPTOM, Construct.WELLBEING, Construct.ACCEPTANCE})


def subject(patient: PatientKey) -> Mapping[str, Any]:
    """A reference that leads to the same `PatientKey` again."""
    if "|" in patient:
        system, _, value = patient.partition("|")
        identifier = {"system": system, "value": value} if system else {"value": value}
        return {"type": "Patient", "identifier": identifier}
    return {"reference": patient if ":" in patient else f"Patient/{patient}"}


def finding_observation(
    finding: Finding, *, place: str, patient: PatientKey, indicator: Indicator
) -> Resource:
    last = max(finding.inputs, key=lambda i: (i.at, i.reference))
    return _observation(
        place=place,
        patient=patient,
        profile="attune-finding",
        category=indicator.category,
        code=concept_element(Concept(code=finding.code)),
        encounter=finding.encounter,
        effective=last.effective,
        value=finding.value,
        method=f"{indicator.id}, revision {indicator.revision}",
        rule=indicator.id,
        inputs=(*finding.inputs, *finding.beside),
        components=finding.components,
        sentence=finding.sentence,
    )


def score_observation(score: Score, *, place: str, patient: PatientKey) -> Resource:
    source, scale = score.source, score.scale
    codings = [{"system": c.system, "code": c.code, "display": c.display} for c in scale.codes]
    codings.append({"system": SCALE, "code": scale.id, "display": scale.title})
    value: Amount | Absent
    if score.value is None:
        assert score.absent is not None
        value = score.absent
    else:
        value = Amount(value=score.value)
    return _observation(
        place=place,
        patient=patient,
        profile="attune-score",
        category=Category.SURVEY,
        code={"coding": [filled(coding) for coding in codings], "text": scale.title},
        encounter=source.encounter,
        effective=source.effective,
        value=value,
        method=f"{scale.scoring} of {scale.id}, version {score.instrument.version}",
        rule=None,
        inputs=[
            Input(
                reference=source.reference,
                at=source.at,
                effective=source.effective,
                labels=source.labels,
            )
        ],
        components=tuple(asks(score)),
        sentence=score_sentence(score),
    )


def asks(score: Score) -> Iterable[Component]:
    """Labels of a score worth asking about; nearly every course has some, so none is a finding."""
    scale, source = score.scale, score.source
    below, item_below = scale.ask_below, scale.ask_item_below
    if below is not None and score.value is not None and score.value < below.value:
        yield Component(code="ask-below", value=Amount(value=below.value))
    if item_below is not None and isinstance(source, facts.Answers):
        for item in scale.items:
            if source.values.get(item, item_below.value) < item_below.value:
                yield Component(code="ask-item-below", value=item)


def score_sentence(score: Score) -> str:
    scale, source = score.scale, score.source
    if score.value is None:
        assert score.absent is not None
        text = f"{scale.title} on {day(source.day)}: no score. {score.absent.reason}"
    else:
        text = (
            f"{scale.title} {number(score.value)} on {day(source.day)} "
            f"(range {number(scale.low)} to {number(scale.high)})."
        )
    return " ".join((text, *_safety(score)))


def _safety(score: Score) -> Iterable[str]:
    source, instrument = score.source, score.instrument
    if not instrument.safety and score.scale.construct in SILENT_ON_SUICIDE:
        yield f"{instrument.id.upper()} does not ask about suicide."
    if not isinstance(source, facts.Answers):
        return
    for item in instrument.safety:
        answer = source.values.get(item.item)
        if answer is None:
            yield f"Item {item.item} has no answer that can be read."
        elif answer >= item.at_least:
            yield f"Item {item.item} was answered {number(answer)}: needs a conversation."


def _observation(
    *,
    place: str,
    patient: PatientKey,
    profile: str,
    category: Category,
    code: Mapping[str, Any],
    encounter: str | None,
    effective: str,
    value: Value | Absent,
    method: str,
    rule: str | None,
    inputs: Sequence[Input],
    components: Sequence[Component],
    sentence: str,
) -> Resource:
    body = {
        "resourceType": "Observation",
        "id": place,
        "meta": _meta(profile, (label for i in inputs for label in i.labels)),
        "text": {"status": "generated", "div": f'<div xmlns="{XHTML}">{escape(sentence)}</div>'},
        "status": "final",
        "category": [{"coding": [_category(category)]}],
        "code": code,
        "subject": subject(patient),
        "encounter": {"reference": f"Encounter/{encounter}"} if encounter else None,
        "effectiveDateTime": effective,
        **value_element(value),
        "note": [{"text": sentence}],
        "method": {"coding": [{"system": RULE, "code": rule}] if rule else [], "text": method},
        "device": {"reference": f"Device/{DEVICE}"},
        "derivedFrom": [{"reference": r} for r in dict.fromkeys(i.reference for i in inputs)],
        "component": [component_element(component) for component in components],
    }
    body["method"] = filled(body["method"])
    return filled(body)


def _meta(profile: str, labels: Iterable[Label]) -> Mapping[str, Any]:
    security = [{"system": system, "code": code} for system, code in strictest(labels)]
    profiles = [f"{BASE}/StructureDefinition/{profile}"]
    return filled({"profile": profiles, "security": [filled(label) for label in security]})


def _category(category: Category) -> Mapping[str, str]:
    return {
        "system": OBSERVATION_CATEGORY,
        "code": category.value,
        "display": CATEGORIES[category],
    }
