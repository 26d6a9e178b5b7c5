"""Parts of a resource: `_elements` and `_summary`.

http://hl7.org/fhir/R4/search.html#elements and http://hl7.org/fhir/R4/search.html#summary
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from service.fhir.resource import Resource
from service.fhir.search.query import Query, Summary

ALWAYS = frozenset({"resourceType", "id", "meta", "implicitRules"})
SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}
MANDATORY: Mapping[str, str] = MappingProxyType(
    {
        "CodeSystem": "status content",
        "Encounter": "status class",
        "EpisodeOfCare": "status patient",
        "Observation": "status code",
        "Questionnaire": "status",
        "QuestionnaireResponse": "status",
        "ValueSet": "status",
    }
)
"""Elements that no resource of the type may lack."""
SUMMARY: Mapping[str, str] = MappingProxyType(
    {
        "CodeSystem": (
            "url identifier version name title status experimental date publisher contact "
            "useContext jurisdiction caseSensitive valueSet hierarchyMeaning compositional "
            "versionNeeded content supplements count filter property"
        ),
        "Device": ("udiCarrier status safety"),
        "Encounter": (
            "identifier status class type serviceType subject episodeOfCare participant "
            "appointment reasonCode reasonReference diagnosis"
        ),
        "EpisodeOfCare": ("status type diagnosis patient managingOrganization period"),
        "Observation": (
            "identifier basedOn partOf status code subject focus encounter effective[x] "
            "issued performer value[x] hasMember derivedFrom component"
        ),
        "Patient": (
            "identifier active name telecom gender birthDate deceased[x] address "
            "managingOrganization link"
        ),
        "Practitioner": ("identifier active name telecom address gender birthDate"),
        "Questionnaire": (
            "url identifier version name title status experimental subjectType date "
            "publisher contact useContext jurisdiction effectivePeriod code"
        ),
        "QuestionnaireResponse": (
            "identifier basedOn partOf questionnaire status subject encounter authored "
            "author source"
        ),
        "ValueSet": (
            "url identifier version name title status experimental date publisher contact "
            "useContext jurisdiction immutable"
        ),
    }
)
"""Elements marked as summary in the definition of the type; `[x]` stands for any type."""


def subset(resource: Resource, query: Query) -> Resource:
    """What the query wants to see of `resource`; tagged SUBSETTED where that is not all of it."""
    wanted = _wanted(resource["resourceType"], query)
    if wanted is None:
        return resource
    kept = {name: value for name, value in resource.items() if name in ALWAYS or wanted(name)}
    return kept | {"meta": _tagged(resource.get("meta", {}))}


def narrows(query: Query) -> bool:
    """Whether the query wants less than whole resources."""
    return bool(query.elements) or query.summary not in (Summary.FALSE, Summary.COUNT)


def _wanted(type_name: str, query: Query) -> Callable[[str], bool] | None:
    mandatory = frozenset(MANDATORY.get(type_name, "").split())
    if query.elements:
        names = mandatory | set(query.elements)
        return lambda name: _element(name, names)
    match query.summary:
        case Summary.TRUE:
            names = frozenset(SUMMARY[type_name].split())
            return lambda name: _element(name, names)
        case Summary.TEXT:
            return lambda name: name == "text" or _element(name, mandatory)
        case Summary.DATA:
            return lambda name: name != "text"
        case _:
            return None


def _element(member: str, names: frozenset[str]) -> bool:
    """Whether a member of the JSON object belongs to one of the elements."""
    name = member.removeprefix("_")
    return name in names or any(
        name.startswith(choice.removesuffix("[x]")) for choice in names if choice.endswith("[x]")
    )


def _tagged(meta: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**meta, "tag": [*meta.get("tag", []), SUBSETTED]}
