"""What the Observations of ours always hold, as profiles: differentials on Observation.

https://hl7.org/fhir/R4/structuredefinition.html and https://hl7.org/fhir/R4/profiling.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.clinical import canonical, expression
from service.clinical.canonical import EXPRESSION, FINDING, OBSERVATION_CATEGORY, RULE, SCALE
from service.clinical.expression_rules import FORBIDDEN
from service.clinical.published import header
from service.fhir.resource import Resource

OBSERVATION = "http://hl7.org/fhir/StructureDefinition/Observation"
Constraint = Mapping[str, Any]


def profiles() -> Iterator[Resource]:
    """`attune-expression-episode`, `attune-finding` and `attune-score`."""
    yield _profile(
        "attune-expression-episode",
        "Episode of expression",
        "What was expressed in a session, how it was met, and what the patient says of it.",
        [
            *_category("therapy"),
            _element("code", patternCodeableConcept=_concept(EXPRESSION, expression.EPISODE)),
            *(_element(name, max="0") for name in FORBIDDEN),
            *_components(),
        ],
    )
    yield _profile(
        "attune-finding",
        "Finding",
        "What a rule finds in a patient's records, with every number that it rests on.",
        [
            _element("status", short="entered-in-error where it no longer stands"),
            _element("category", min=1),
            *_coded("code", FINDING),
            _element("subject", min=1),
            _element("note", min=1, short="The finding in a sentence"),
            *_coded("method", RULE, min=1, short="The rule and its revision"),
            _element("device", min=1, short="The rule engine"),
            _element("derivedFrom", short="Every record that it rests on"),
            _element("focus", short="The EpisodeOfCare that it rests on"),
        ],
    )
    yield _profile(
        "attune-score",
        "Score",
        "The score of one scale of one response, or the reason why there is none.",
        [
            _element("status", short="entered-in-error where it no longer stands"),
            _element("category", min=1, short="survey; therapy where it says what was expressed"),
            *_coded("code", SCALE),
            _element("subject", min=1),
            _element("effective[x]", min=1, type=[{"code": "dateTime"}]),
            _element("value[x]", type=[{"code": "Quantity"}]),
            _element("note", min=1, short="The score in a sentence"),
            _element("method", min=1, short="How it was scored, and by which version"),
            _element("device", min=1, short="The rule engine"),
            _element("derivedFrom", min=1, short="The response"),
        ],
    )


def _profile(name: str, title: str, description: str, elements: Sequence[Constraint]) -> Resource:
    return {
        "resourceType": "StructureDefinition",
        **header(canonical.profile(name), title, description),
        "fhirVersion": "4.0.1",
        "kind": "resource",
        "abstract": False,
        "type": "Observation",
        "baseDefinition": OBSERVATION,
        "derivation": "constraint",
        "differential": {"element": [{"id": "Observation", "path": "Observation"}, *elements]},
    }


def _element(path: str, slice_name: str | None = None, **constraint: Any) -> Constraint:
    """A constraint on an element, or on one slice of it."""
    of_slice = {"sliceName": slice_name} if slice_name else {}
    place = f"Observation.{path}"
    id_ = f"{place}:{slice_name}" if slice_name else place
    return {"id": id_, "path": place, **of_slice, **constraint}


def _category(code: str) -> Iterator[Constraint]:
    pattern = _concept(OBSERVATION_CATEGORY, code)
    yield _element("category", slicing=_slicing("pattern", "$this"), min=1)
    yield _element("category", code, min=1, max="1", patternCodeableConcept=pattern)


def _coded(path: str, system: str, **constraint: Any) -> Iterator[Constraint]:
    """A CodeableConcept that has one coding of a system of ours, and may have others."""
    name = system.rpartition("/")[2]
    if constraint:
        yield _element(path, **constraint)
    yield _element(f"{path}.coding", slicing=_slicing("value", "system"), min=1)
    yield _element(f"{path}.coding", name, min=1, max="1", patternCoding={"system": system})


def _components() -> Iterator[Constraint]:
    yield _element("component", slicing=_slicing("pattern", "code"), min=1)
    for component in expression.EPISODE_COMPONENTS:
        name = component.code
        yield _element(
            "component",
            name,
            short=component.display,
            min=int(component.required),
            max="*" if component.repeats else "1",
        )
        path = f"Observation.component:{name}"
        yield {
            "id": f"{path}.code",
            "path": "Observation.component.code",
            "patternCodeableConcept": _concept(EXPRESSION, name),
        }
        if component.codes:
            value = {"strength": "required", "valueSet": canonical.value_set(name)}
            yield {
                "id": f"{path}.value[x]",
                "path": "Observation.component.value[x]",
                "binding": value,
            }
        yield from (
            {"id": f"{path}.{forbidden}", "path": f"Observation.component.{forbidden}", "max": "0"}
            for forbidden in FORBIDDEN
        )


def _slicing(kind: str, path: str) -> Mapping[str, Any]:
    return {"discriminator": [{"type": kind, "path": path}], "rules": "open"}


def _concept(system: str, code: str) -> Mapping[str, Any]:
    return {"coding": [{"system": system, "code": code}]}
