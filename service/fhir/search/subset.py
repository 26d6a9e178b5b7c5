"""Parts of a resource: `_elements` and `_summary`.

http://hl7.org/fhir/R4/search.html#elements and http://hl7.org/fhir/R4/search.html#summary
"""

from collections.abc import Mapping
from typing import Any

from service.fhir.models import Element, Shape, shape
from service.fhir.resource import Resource
from service.fhir.search.query import Query, Summary

ALWAYS = frozenset({"resourceType", "id", "meta", "implicitRules"})
SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}


def subset(resource: Resource, query: Query) -> Resource:
    """What the query wants to see of `resource`; tagged SUBSETTED where that is not all of it."""
    form = shape(resource["resourceType"])
    if query.elements:
        part = _named(resource, form, frozenset(query.elements) | mandatory(form))
    elif query.summary is Summary.TRUE:
        part = _summarised(resource, form, form)
    elif query.summary is Summary.TEXT:
        part = _named(resource, form, mandatory(form) | {"text"})
    elif query.summary is Summary.DATA:
        part = {name: value for name, value in resource.items() if name != "text"}
    else:
        return resource
    kept = {name: value for name, value in resource.items() if name in ALWAYS} | part
    return kept | {"meta": _tagged(resource.get("meta", {}))}


def narrows(query: Query) -> bool:
    """Whether the query wants less than whole resources."""
    return bool(query.elements) or query.summary not in (Summary.FALSE, Summary.COUNT)


def mandatory(form: Shape) -> frozenset[str]:
    """The JSON names of the elements that no object of the type may lack."""
    return frozenset(name for names in form.required for name in names)


def _named(resource: Resource, form: Shape, names: frozenset[str]) -> dict[str, Any]:
    """The elements with these names; `value` names whichever of its types is there."""
    return {
        member: value
        for member, value in resource.items()
        if (element := _element(form, member)) is not None
        and not names.isdisjoint({element.name, element.step})
    }


def _summarised(value: Mapping[str, Any], form: Shape, root: Shape) -> dict[str, Any]:
    """The elements marked as summary. No element that a part may not lack is marked otherwise."""
    kept = {
        member: _whole_or_part(child, element, root)
        for member, child in value.items()
        if (element := _element(form, member)) is not None and element.summary
    }
    return {member: child for member, child in kept.items() if child not in ([], {})}


def _whole_or_part(value: Any, element: Element, root: Shape) -> Any:
    """Datatypes are whole; the parts of a type say for themselves what their summary is."""
    if element.primitive or not element.type.startswith(root.name):
        return value
    part = shape(element.type)
    if isinstance(value, list):
        return [kept for item in value if (kept := _summarised(item, part, root))]
    return _summarised(value, part, root)


def _element(form: Shape, member: str) -> Element | None:
    """The element that a member of a JSON object belongs to."""
    return form.elements.get(member.removeprefix("_"))


def _tagged(meta: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**meta, "tag": [*meta.get("tag", []), SUBSETTED]}
