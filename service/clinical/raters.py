"""Who rated: what an observer saw is used only where the record names the observer."""

from collections.abc import Mapping
from types import MappingProxyType

from service.clinical.definitions import Scale
from service.fhir.resource import Resource

NAMED_IN: Mapping[str, str] = MappingProxyType(
    {"Observation": "performer", "QuestionnaireResponse": "author"}
)
"""The element that names the rater, by resource type."""


def place(resource: Resource) -> str:
    kind = str(resource["resourceType"])
    return f"{kind}.{NAMED_IN[kind]}"


def unnamed(scale: Scale, resource: Resource) -> bool:
    """Whether a score of `scale` needs a rater that its resource does not name."""
    return scale.reporter == "observer" and not resource.get(
        NAMED_IN[str(resource["resourceType"])]
    )
