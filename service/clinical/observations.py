"""Scores and findings as FHIR Observations.

http://hl7.org/fhir/R4/observation.html, and for scores the shape of
http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-screening-assessment
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from service.clinical import canonical
from service.clinical.canonical import RULE
from service.clinical.extensions import row_element
from service.clinical.findings import (
    Absent,
    Category,
    Component,
    Concept,
    Finding,
    Input,
    Row,
    Value,
)
from service.clinical.indicator import Indicator
from service.clinical.labels import Label, strictest
from service.clinical.observation_values import (
    category_element,
    component_element,
    concept_element,
    filled,
    value_element,
)
from service.fhir.resource import PatientKey, Resource

LAYOUT = 3
"""Counts up whenever the same score or finding is written differently."""

DEVICE = "attune-rule-engine"
"""Id of the Device that every derived resource names; it carries the software version."""

XHTML = "http://www.w3.org/1999/xhtml"
RECORDS = ("Observation/", "QuestionnaireResponse/")
COURSES = ("EpisodeOfCare/",)


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
    return observation(
        place=place,
        patient=patient,
        profile="attune-finding",
        category=finding.category or indicator.category,
        code=concept_element(Concept(code=finding.code)),
        encounter=finding.encounter,
        effective=finding.last.effective,
        value=finding.value,
        method=f"{indicator.id}, revision {indicator.revision}",
        rule=indicator.id,
        inputs=(*finding.inputs, *finding.beside),
        components=(*_about(finding), *finding.components),
        sentence=finding.sentence,
        sessions=finding.sessions,
    )


def _about(finding: Finding) -> Iterable[Component]:
    """Which scale it is about; for a safety item, the one whose form asks it."""
    if finding.scale is not None:
        scale, _, _ = finding.scale.partition("/")
        yield Component(code="scale", value=Concept(code=scale, system="scale"))
    if finding.topic is not None:
        topic, _, _ = finding.topic.partition("/")
        yield Component(code="topic", value=Concept(code=topic, system="expression"))


def stated(finding: Finding, indicator: Indicator) -> object:
    """What the Observation of a finding states: the same here, the same Observation."""
    inputs = (*finding.inputs, *finding.beside)
    return (
        (indicator.id, indicator.revision, finding.category or indicator.category),
        (finding.code, finding.encounter, finding.value, finding.components, finding.sentence),
        finding.last.effective,
        list(dict.fromkeys(i.reference for i in inputs)),
        strictest(label for i in inputs for label in i.labels),
        *((finding.sessions,) if finding.sessions else ()),
    )


def observation(
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
    sessions: Sequence[Row] = (),
) -> Resource:
    body = {
        "resourceType": "Observation",
        "id": place,
        "meta": _meta(profile, (label for i in inputs for label in i.labels)),
        "extension": list(map(row_element, sessions)),
        "text": {"status": "generated", "div": f'<div xmlns="{XHTML}">{escape(sentence)}</div>'},
        "status": "final",
        "category": [category_element(category)],
        "code": code,
        "subject": subject(patient),
        "encounter": {"reference": f"Encounter/{encounter}"} if encounter else None,
        "effectiveDateTime": effective,
        **value_element(value),
        "note": [{"text": sentence}],
        "method": {"coding": [{"system": RULE, "code": rule}] if rule else [], "text": method},
        "device": {"reference": f"Device/{DEVICE}"},
        "focus": _references(inputs, COURSES),
        "derivedFrom": _references(inputs, RECORDS),
        "component": [component_element(component) for component in components],
    }
    body["method"] = filled(body["method"])
    return filled(body)


def _references(inputs: Sequence[Input], kinds: tuple[str, ...]) -> list[Mapping[str, str]]:
    """R4 lets `derivedFrom` name records only; an EpisodeOfCare stands in `focus`, and a session in
    the row of its own."""
    named = dict.fromkeys(i.reference for i in inputs)
    return [{"reference": reference} for reference in named if reference.startswith(kinds)]


def _meta(profile: str, labels: Iterable[Label]) -> Mapping[str, Any]:
    security = [{"system": system, "code": code} for system, code in strictest(labels)]
    profiles = [canonical.profile(profile)]
    return filled({"profile": profiles, "security": [filled(label) for label in security]})
