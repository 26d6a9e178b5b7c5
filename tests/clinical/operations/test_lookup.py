"""http://hl7.org/fhir/R4/operation-codesystem-lookup.html"""

from typing import Any

import pytest

from service.clinical.canonical import EXPRESSION, ITEM, SCALE
from service.clinical.catalogue import catalogue
from service.clinical.operations.lookup import lookup
from service.clinical.terminology import vocabulary
from service.errors import BadRequest, NotFound
from service.fhir.resource import Resource
from service.fhir.validation import validate

VOCABULARY = vocabulary(catalogue())


def looked_up(**given: Any) -> Resource:
    told = {name: value if isinstance(value, tuple) else (value,) for name, value in given.items()}
    return lookup(told, vocabulary=VOCABULARY)


def told(found: Resource) -> dict[str, Any]:
    return {p["name"]: next(v for k, v in p.items() if k != "name") for p in found["parameter"]}


@pytest.mark.parametrize(
    ("system", "code", "name", "display"),
    [
        (EXPRESSION, "tears-held-back", "Emotional expression", "Tears held back"),
        (SCALE, "wai-sr-bond", "Scales", "WAI-SR bond"),
        (ITEM, "phq-9-9", "Items", "PHQ-9 item 9"),
    ],
)
def test_a_code_has_a_display_in_a_version_of_its_system(
    system: str, code: str, name: str, display: str
) -> None:
    expected = {"name": name, "version": "1.0.0", "display": display}
    found = looked_up(code=code, system=system)
    assert told(found) == expected
    assert validate(found) == ()
    assert told(looked_up(coding={"system": system, "code": code})) == expected
    assert told(looked_up(code=code, system=system, version="1.0.0")) == expected


def test_a_property_that_every_system_has_is_told_where_it_is_asked_for() -> None:
    """`url, name, version ... display, definition, designation, parent and child`: those that are
    named parameters already, or that no code here has, are not repeated."""
    found = looked_up(code="stop", system=EXPRESSION, property=("url", "display", "parent"))
    assert told(found)["property"] == [
        {"name": "code", "valueCode": "url"},
        {"name": "value", "valueUri": EXPRESSION},
    ]
    assert [p["name"] for p in found["parameter"]] == ["name", "version", "display", "property"]
    assert validate(found) == ()


@pytest.mark.parametrize(
    "given",
    [
        {"code": "tear", "system": EXPRESSION},
        {"code": "tears", "system": "http://loinc.org"},
        {"code": "tears", "system": EXPRESSION, "version": "2.0.0"},
        {"coding": {"code": "tears", "system": EXPRESSION, "version": "2.0.0"}},
        {"code": "<script>", "system": EXPRESSION},
    ],
)
def test_what_is_not_known_is_not_found(given: dict[str, Any]) -> None:
    with pytest.raises(NotFound) as refused:
        looked_up(**given)
    assert "<script>" not in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"code": "tears"},
        {"system": EXPRESSION},
        {"coding": {"code": "tears"}},
        {"coding": {"code": "tears", "system": EXPRESSION}, "code": "tears"},
    ],
)
def test_a_code_and_its_system_have_to_be_named_once(given: dict[str, Any]) -> None:
    """`a client SHALL provide both a system and a code`"""
    with pytest.raises(BadRequest):
        looked_up(**given)
