"""Our one extension: a session of a course, as a row of the finding that lists them.

A component for each session would make a thousand sessions more than an Observation may be searched
by, and could name no Encounter. https://hl7.org/fhir/R4/defining-extensions.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from service.clinical import canonical
from service.clinical.findings import Row
from service.clinical.published import header
from service.fhir.resource import Resource

SESSION = canonical.profile("course-session")
PARTS = {"number": ("integer", 1), "start": ("dateTime", 1), "encounter": ("Reference", 0)}
"""Name -> type of its value, and how many there are at the least."""


def row_element(row: Row) -> Mapping[str, Any]:
    """The extension of one session."""
    parts: list[Mapping[str, Any]] = [
        {"url": "number", "valueInteger": row.number},
        {"url": "start", "valueDateTime": row.start},
    ]
    if row.encounter is not None:
        reference = {"reference": f"Encounter/{row.encounter}"}
        parts.append({"url": "encounter", "valueReference": reference})
    return {"url": SESSION, "extension": parts}


def extensions() -> Iterator[Resource]:
    """Their definitions."""
    yield {
        "resourceType": "StructureDefinition",
        **header(
            SESSION,
            "Session of a course",
            "The number of a session in its course, when it began, and its Encounter where it has "
            "one.",
        ),
        "fhirVersion": "4.0.1",
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": "Observation"}],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {"element": list(_elements())},
    }


def _elements() -> Iterator[Mapping[str, Any]]:
    yield {"id": "Extension", "path": "Extension"}
    yield {
        "id": "Extension.extension",
        "path": "Extension.extension",
        "slicing": {"discriminator": [{"type": "value", "path": "url"}], "rules": "closed"},
    }
    for name, (kind, least) in PARTS.items():
        slice_ = f"Extension.extension:{name}"
        yield {
            "id": slice_,
            "path": "Extension.extension",
            "sliceName": name,
            "min": least,
            "max": "1",
        }
        yield {"id": f"{slice_}.url", "path": "Extension.extension.url", "fixedUri": name}
        yield {
            "id": f"{slice_}.value[x]",
            "path": "Extension.extension.value[x]",
            "min": 1,
            "type": [{"code": kind}],
        }
    yield {"id": "Extension.url", "path": "Extension.url", "fixedUri": SESSION}
    yield {"id": "Extension.value[x]", "path": "Extension.value[x]", "max": "0"}
