"""Every search parameter served, one line each, in one file for each family of types.

http://hl7.org/fhir/R4/searchparameter-registry.html
"""

from collections.abc import Mapping
from types import MappingProxyType

from service.fhir.search.parameters import (
    canonical,
    conformance,
    device,
    encounter,
    episode_of_care,
    goal,
    group,
    measure,
    observation,
    organization,
    person,
    questionnaire_response,
    subscription,
    trail,
)
from service.fhir.search.parameters.every_type import COMMON
from service.fhir.search.parameters.parameter import Kind, Parameter

__all__ = ["TABLE", "Kind", "Parameter"]


def _by_name(*parameters: Parameter) -> Mapping[str, Parameter]:
    return MappingProxyType({p.name: p for p in (*COMMON, *parameters)})


TABLE: Mapping[str, Mapping[str, Parameter]] = MappingProxyType(
    {
        "AuditEvent": _by_name(*trail.AUDIT_EVENT),
        "Basic": _by_name(*subscription.BASIC),
        "CodeSystem": _by_name(*canonical.CODE_SYSTEM),
        "Device": _by_name(*device.DEVICE),
        "Encounter": _by_name(*encounter.ENCOUNTER),
        "EpisodeOfCare": _by_name(*episode_of_care.EPISODE_OF_CARE),
        "Goal": _by_name(*goal.GOAL),
        "Group": _by_name(*group.GROUP),
        "Library": _by_name(*measure.LIBRARY),
        "Measure": _by_name(*measure.MEASURE),
        "MeasureReport": _by_name(*measure.MEASURE_REPORT),
        "Observation": _by_name(*observation.OBSERVATION),
        "OperationDefinition": _by_name(*conformance.OPERATION_DEFINITION),
        "Organization": _by_name(*organization.ORGANIZATION),
        "Patient": _by_name(*person.PATIENT),
        "Practitioner": _by_name(*person.PRACTITIONER),
        "PractitionerRole": _by_name(*organization.PRACTITIONER_ROLE),
        "Provenance": _by_name(*trail.PROVENANCE),
        "Questionnaire": _by_name(*canonical.QUESTIONNAIRE),
        "QuestionnaireResponse": _by_name(*questionnaire_response.QUESTIONNAIRE_RESPONSE),
        "SearchParameter": _by_name(*conformance.SEARCH_PARAMETER),
        "StructureDefinition": _by_name(*conformance.STRUCTURE_DEFINITION),
        "Subscription": _by_name(*subscription.SUBSCRIPTION),
        "ValueSet": _by_name(*canonical.VALUE_SET),
    }
)
"""The parameters of each resource type by name."""
