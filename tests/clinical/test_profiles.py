"""The profiles say of our Observations what is true of every one of them."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from hypothesis import given

from service.clinical import expression
from service.clinical.profiles import profiles
from service.fhir.exact_json import dumps
from service.fhir.resource import Resource
from service.fhir.validation import validate
from tests.clinical.generated import COURSES
from tests.clinical.patient_facts import derived, form
from tests.clinical.sent import coded, component, episode

PROFILES = {p["id"]: p for p in profiles()}
BASE = "https://attune-outcomes.org/fhir/StructureDefinition/"


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_valid(name: str) -> None:
    get_fhir_model_class("StructureDefinition").model_validate_json(dumps(PROFILES[name]))
    assert validate(PROFILES[name]) == ()


@pytest.mark.parametrize("name", PROFILES)
def test_its_elements_are_named_once_and_by_their_paths(name: str) -> None:
    """sdf-8a, eld-16: ids are unique, and are the path with the names of slices."""
    elements = PROFILES[name]["differential"]["element"]
    ids = [element["id"] for element in elements]
    assert len(ids) == len(set(ids))
    for element in elements:
        plain = ".".join(part.partition(":")[0] for part in element["id"].split("."))
        assert plain == element["path"]


def test_there_are_three_and_they_constrain_observations() -> None:
    assert set(PROFILES) == {"attune-expression-episode", "attune-finding", "attune-score"}
    for name, profile in PROFILES.items():
        assert profile["url"] == BASE + name
        assert (profile["type"], profile["derivation"]) == ("Observation", "constraint")


def broken(observation: Resource, name: str) -> Iterator[str]:
    """The elements of a profile that an Observation does not hold to."""
    for element in PROFILES[name]["differential"]["element"]:
        if element["path"] != "Observation" and ":" not in element["id"].rpartition(".")[0]:
            held = list(found([observation], element["path"].split(".")[1:]))
            if "sliceName" in element:
                held = [value for value in held if fits(value, pattern(element))]
            if not element.get("min", 0) <= len(held) <= limit(element) or (
                "sliceName" not in element
                and not all(fits(value, pattern(element)) for value in held)
            ):
                yield element["id"]


def found(level: list[Any], path: list[str]) -> Iterator[Any]:
    if not path:
        yield from level
        return
    name, *rest = path
    for holder in level:
        for key, value in holder.items():
            if key == name or (name.endswith("[x]") and key.startswith(name[:-3])):
                yield from found(value if isinstance(value, list) else [value], rest)


def pattern(element: Mapping[str, Any]) -> Any:
    """The pattern of a slice of components is that of its code."""
    own = next((v for k, v in element.items() if k.startswith("pattern")), None)
    if own is None and element["path"] == "Observation.component" and "sliceName" in element:
        return {"code": {"coding": [{"code": element["sliceName"]}]}}
    return own


def fits(value: Any, wanted: Any) -> bool:
    """http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_"""
    if wanted is None:
        return True
    if isinstance(wanted, Mapping):
        return all(name in value and fits(value[name], part) for name, part in wanted.items())
    if isinstance(wanted, list):
        return all(any(fits(held, part) for held in value) for part in wanted)
    return bool(value == wanted)


def limit(element: Mapping[str, Any]) -> float:
    highest = element.get("max", "*")
    return float("inf") if highest == "*" else int(highest)


@given(COURSES)
def test_every_score_and_finding_holds_to_the_profile_that_it_names(course: list) -> None:
    for observation in derived(*course):
        (named,) = observation["meta"]["profile"]
        assert list(broken(observation, named.removeprefix(BASE))) == []


def test_a_review_of_a_form_without_a_date_holds_to_it() -> None:
    undated = form("phq-9", 1, {9: 2.0}, usable="safety-only", dated=False, effective="")
    (review,) = derived(undated)
    assert "effectiveDateTime" not in review
    assert list(broken(review, "attune-finding")) == []


def test_an_episode_that_is_accepted_holds_to_it_and_a_judged_one_does_not() -> None:
    topic = component("expression-topic", valueCodeableConcept=coded("loss"))
    accepted = episode(topic, topic)
    assert list(broken(accepted, "attune-expression-episode")) == []
    judged = {**accepted, "interpretation": [{"text": "high"}]}
    assert list(broken(judged, "attune-expression-episode")) == ["Observation.interpretation"]
    silent = {**accepted, "component": [topic]}
    assert list(broken(silent, "attune-expression-episode")) == [
        "Observation.component:expression-presence"
    ]
    wrong = {**accepted, "category": [{"coding": [{"code": "survey"}]}]}
    assert list(broken(wrong, "attune-expression-episode")) == ["Observation.category:therapy"]


def test_the_values_of_components_are_bound_to_the_value_sets_that_are_enforced() -> None:
    bound = {
        element["id"]: element["binding"]
        for element in PROFILES["attune-expression-episode"]["differential"]["element"]
        if "binding" in element
    }
    coded_ones = [c.code for c in expression.EPISODE_COMPONENTS if c.codes]
    assert list(bound) == [f"Observation.component:{c}.value[x]" for c in coded_ones]
    assert {b["strength"] for b in bound.values()} == {"required"}
    assert bound["Observation.component:expression-form.value[x]"]["valueSet"] == (
        "https://attune-outcomes.org/fhir/ValueSet/expression-form"
    )
