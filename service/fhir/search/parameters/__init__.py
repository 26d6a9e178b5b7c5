"""Every search parameter served, one line each, in one file for each resource type.

http://hl7.org/fhir/R4/searchparameter-registry.html
"""

from collections.abc import Mapping
from types import MappingProxyType

from service.fhir.search.parameters import (
    canonical,
    device,
    encounter,
    episode_of_care,
    observation,
    person,
    questionnaire_response,
)
from service.fhir.search.parameters.every_type import COMMON
from service.fhir.search.parameters.parameter import Kind, Parameter

__all__ = ["TABLE", "Kind", "Parameter"]


def _by_name(*parameters: Parameter) -> Mapping[str, Parameter]:
    return MappingProxyType({p.name: p for p in (*COMMON, *parameters)})


TABLE: Mapping[str, Mapping[str, Parameter]] = MappingProxyType(
    {
        "CodeSystem": _by_name(*canonical.CODE_SYSTEM),
        "Device": _by_name(*device.DEVICE),
        "Encounter": _by_name(*encounter.ENCOUNTER),
        "EpisodeOfCare": _by_name(*episode_of_care.EPISODE_OF_CARE),
        "Observation": _by_name(*observation.OBSERVATION),
        "Patient": _by_name(*person.PATIENT),
        "Practitioner": _by_name(*person.PRACTITIONER),
        "Questionnaire": _by_name(*canonical.QUESTIONNAIRE),
        "QuestionnaireResponse": _by_name(*questionnaire_response.QUESTIONNAIRE_RESPONSE),
        "ValueSet": _by_name(*canonical.VALUE_SET),
    }
)
"""The parameters of each resource type by name."""
