"""`_summary` and `_elements` show what R4 defines them to show.

http://hl7.org/fhir/R4/search.html#summary and http://hl7.org/fhir/R4/search.html#elements
"""

from typing import Any

import pytest

from service.fhir.search.subset import subset
from tests.fhir.definitions import SERVED, children, json_names
from tests.fhir.filled import filled
from tests.fhir.search.asked import query

ALWAYS = {"resourceType", "id", "meta", "implicitRules"}
SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}


def names(type_name: str, marked: str) -> set[str]:
    """The JSON names of the elements that are marked in the definition of the type."""
    return {
        json_name
        for name, definition in children()[type_name].items()
        if (definition["min"] > 0 if marked == "mandatory" else definition.get("summary"))
        for json_name in json_names(name, definition)
    }


@pytest.mark.parametrize("type_name", SERVED)
@pytest.mark.parametrize("variant", range(3))
def test_a_summary_has_the_elements_marked_so(type_name: str, variant: int) -> None:
    resource = filled(type_name, variant)
    shown = subset(resource, query(type_name, "_summary=true"))
    assert shown.keys() == resource.keys() & (ALWAYS | names(type_name, "summary"))
    assert shown["meta"]["tag"][-1] == SUBSETTED


@pytest.mark.parametrize("type_name", SERVED)
def test_the_text_comes_with_what_no_resource_may_lack(type_name: str) -> None:
    resource = filled(type_name, 0)
    shown = subset(resource, query(type_name, "_summary=text"))
    assert shown.keys() == resource.keys() & (ALWAYS | {"text"} | names(type_name, "mandatory"))
    assert subset(resource, query(type_name, "_summary=data")).keys() == resource.keys() - {"text"}


@pytest.mark.parametrize("type_name", SERVED)
def test_elements_come_with_what_no_resource_may_lack(type_name: str) -> None:
    resource = filled(type_name, 0)
    shown = subset(resource, query(type_name, "_elements=language"))
    mandatory = resource.keys() & names(type_name, "mandatory")
    assert shown.keys() == ALWAYS | mandatory | {"language"}


LINK = {"other": {"reference": "Patient/2"}, "type": "refer"}
PARTS: list[tuple[dict[str, Any], str, Any]] = [
    # Encounter.participant.period is no part of the summary, individual is.
    (
        {"resourceType": "Encounter", "participant": [{"period": {}, "individual": {"a": 1}}]},
        "participant",
        [{"individual": {"a": 1}}],
    ),
    # Nothing of the part belongs to it: FHIR JSON has no empty objects and arrays.
    (
        {"resourceType": "Encounter", "participant": [{"period": {"start": "2026"}}]},
        "participant",
        None,
    ),
    # Device.udiCarrier.entryType is no part of it, the carrier itself is.
    (
        {"resourceType": "Device", "udiCarrier": [{"entryType": "rfid", "carrierHRF": "x"}]},
        "udiCarrier",
        [{"carrierHRF": "x"}],
    ),
    # Datatypes come whole, with their extensions.
    (
        {"resourceType": "Patient", "name": [{"family": "Doe", "extension": [{"url": "x"}]}]},
        "name",
        [{"family": "Doe", "extension": [{"url": "x"}]}],
    ),
    ({"resourceType": "Patient", "link": [LINK]}, "link", [LINK]),
    # What extends a primitive belongs to it.
    (
        {"resourceType": "Patient", "_birthDate": {"extension": [{"url": "x"}]}},
        "_birthDate",
        {"extension": [{"url": "x"}]},
    ),
]


@pytest.mark.parametrize(("resource", "element", "shown"), PARTS)
def test_a_part_shows_what_is_marked_within_it(
    resource: dict[str, Any], element: str, shown: Any
) -> None:
    assert subset(resource, query(resource["resourceType"], "_summary=true")).get(element) == shown


def test_a_choice_is_asked_for_by_its_name_with_or_without_its_type() -> None:
    resource = {"resourceType": "Observation", "valueString": "a", "_valueString": {"id": "b"}}
    for asked in ("value", "valueString"):
        shown = subset(resource, query("Observation", f"_elements={asked}"))
        assert shown.keys() == {"resourceType", "meta", "valueString", "_valueString"}


def test_elements_of_no_resource_show_nothing() -> None:
    shown = subset({"resourceType": "Patient", "active": True}, query("Patient", "_elements=x"))
    assert shown == {"resourceType": "Patient", "meta": {"tag": [SUBSETTED]}}
