"""What sets aims, sorts people or counts them: Goals, Groups and MeasureReports.

None of them is about what was expressed: it is recorded, and never a goal, a filter or a figure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from service.clinical.canonical import EXPRESSION, FINDING
from service.clinical.catalogue import Catalogue
from service.clinical.elements import codes
from service.clinical.finding_codes import ON_EXPRESSION
from service.errors import Issue
from service.fhir.resource import Resource

TYPES = frozenset({"Goal", "Group", "MeasureReport"})
CHOICE_OF_CONCEPT = "CodeableConcept"


def issues(resource: Resource, known: Catalogue) -> Iterator[Issue]:
    """One for each concept that names expression, in a resource of one of `TYPES`."""
    for path, concept in _concepts(resource, str(resource.get("resourceType"))):
        if any(
            system == EXPRESSION
            or (system == FINDING and code in ON_EXPRESSION)
            or known.expresses(system, code)
            for system, code in codes(concept)
        ):
            yield Issue(
                code="business-rule",
                message=f"{path} is not allowed: expression is recorded and never a goal, a filter "
                "or a figure.",
                expression=path,
            )


def _concepts(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every CodeableConcept with its path."""
    if isinstance(value, Mapping):
        if "coding" in value:
            yield path, value
        for name, child in value.items():
            yield from _concepts(child, f"{path}.{name.removesuffix(CHOICE_OF_CONCEPT)}")
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from _concepts(child, f"{path}[{place}]")
