"""Which resource types are served, and what a client may do with each: one line a type."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

BASE_PROFILE = "http://hl7.org/fhir/StructureDefinition/"


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """A served type; `writable` is False where only the service itself writes."""

    name: str
    writable: bool = True

    @property
    def profile(self) -> str:
        return BASE_PROFILE + self.name


TYPES: Mapping[str, ResourceType] = MappingProxyType(
    {
        t.name: t
        for t in (
            ResourceType(name="AuditEvent", writable=False),
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
