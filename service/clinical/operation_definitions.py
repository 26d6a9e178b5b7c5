"""The operations of our own as OperationDefinitions; those of others stand where they are defined.

https://hl7.org/fhir/R4/operationdefinition.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from service.clinical.operations import course, explain
from service.clinical.published import header
from service.fhir.resource import Resource


def operation_definitions() -> Iterator[Resource]:
    """One for every operation whose canonical begins with our base."""
    yield _of_patient(
        course.DEFINITION,
        course.NAME,
        "Courses of a patient",
        course.DOCUMENTATION,
        _returned("A Bundle of type collection, the newest course first.", "Bundle"),
    )
    yield _of_patient(
        explain.DEFINITION,
        explain.NAME,
        "Explanation of a finding",
        explain.DOCUMENTATION,
        {
            "name": "finding",
            "use": "in",
            "min": 1,
            "max": "1",
            "documentation": "The finding or score: Observation/[id], or its id.",
            "type": "string",
        },
        *_explained(),
    )


def _explained() -> Iterator[Mapping[str, Any]]:
    """The parameters of an explanation: the resource that is returned holds them at its root."""
    yield _out("finding", "1", "The Observation that is explained.", "Reference")
    yield _out("method", "1", "The rule and its revision, or the instrument.", "CodeableConcept")
    yield _out("sentence", "1", "What the finding says.", "string")
    yield {
        **_out("input", "*", "Something that it rests on.", None),
        "part": [
            _out("reference", "1", "The resource.", "Reference"),
            _out("use", "1", "measured, or beside: only named in the sentence.", "code"),
            _out("title", "1", "What was recorded.", "string"),
            _out("date", "1", "Its date as stated, where it states one.", "dateTime"),
            _out("value", "1", "What it says.", "Element"),
            _out("absent", "1", "Why there is no value.", "CodeableConcept"),
        ],
    }
    yield {
        **_out("step", "*", "One line of the arithmetic, in its order.", None),
        "part": [
            _out("title", "1", "What is worked out.", "string"),
            _out("formula", "1", "How.", "string"),
            _out("working", "1", "With its numbers and its result.", "string"),
            _out("source", "1", "Whose formula or number it is.", "string"),
            _out("standing", "1", "P published, W widely used, D decided here.", "code"),
            _out("doi", "1", "Where the source is found.", "uri"),
        ],
    }
    yield _out("would-change", "*", "What would make another finding of it.", "string")
    yield _out("text", "1", "All of it as plain text.", "string")


def _out(name: str, most: str, documentation: str, kind: str | None) -> Mapping[str, Any]:
    described = {"name": name, "use": "out", "min": 0, "max": most, "documentation": documentation}
    return described if kind is None else {**described, "type": kind}


def _returned(documentation: str, kind: str) -> Mapping[str, Any]:
    return {**_out("return", "1", documentation, kind), "min": 1}


def _of_patient(
    definition: str, name: str, title: str, documentation: str, *parameters: Mapping[str, Any]
) -> Resource:
    return {
        "resourceType": "OperationDefinition",
        **header(definition, title, documentation),
        "kind": "operation",
        "affectsState": False,
        "code": name,
        "resource": ["Patient"],
        "system": False,
        "type": False,
        "instance": True,
        "parameter": list(parameters),
    }
