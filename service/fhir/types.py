"""Which resource types are served, and what a client may do with each: one line a type."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

BASE_PROFILE = "http://hl7.org/fhir/StructureDefinition/"


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """A served type; `writable` is False where only the service itself writes, `stored` where its
    resources are made of something else whenever they are asked for."""

    name: str
    writable: bool = True
    stored: bool = True

    @property
    def profile(self) -> str:
        return BASE_PROFILE + self.name


TYPES: Mapping[str, ResourceType] = MappingProxyType(
    {
        t.name: t
        for t in (
            ResourceType(name="AuditEvent", writable=False, stored=False),
            ResourceType(name="Basic"),
            ResourceType(name="CodeSystem", writable=False),
            ResourceType(name="Device"),
            ResourceType(name="Encounter"),
            ResourceType(name="EpisodeOfCare"),
            ResourceType(name="Goal"),
            ResourceType(name="Group"),
            ResourceType(name="Library", writable=False),
            ResourceType(name="Measure", writable=False),
            ResourceType(name="MeasureReport"),
            ResourceType(name="Observation"),
            ResourceType(name="OperationDefinition", writable=False),
            ResourceType(name="Organization"),
            ResourceType(name="Patient"),
            ResourceType(name="Practitioner"),
            ResourceType(name="PractitionerRole"),
            ResourceType(name="Provenance"),
            ResourceType(name="Questionnaire"),
            ResourceType(name="QuestionnaireResponse"),
            ResourceType(name="SearchParameter", writable=False),
            ResourceType(name="StructureDefinition", writable=False),
            ResourceType(name="Subscription"),
            ResourceType(name="ValueSet", writable=False),
        )
    }
)
STORED: tuple[str, ...] = tuple(name for name, kind in TYPES.items() if kind.stored)
"""The types that have versions, index rows and a place among others in one order."""
