"""Patients are not filtered or sorted by what they expressed (clinical rules 1.2)."""

from datetime import UTC

import pytest

from service.clinical.catalogue import catalogue
from service.clinical.population import refusals
from service.fhir.resource import Identity
from service.fhir.search.parse import parse
from service.fhir.search.within import within

EXPRESSION = "https://attune-outcomes.org/fhir/CodeSystem/expression"
FINDING = "https://attune-outcomes.org/fhir/CodeSystem/finding"
TEARS = ("component-value-concept", f"{EXPRESSION}|tears")
SCALE = "https://attune-outcomes.org/fhir/CodeSystem/scale"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
PEAK = ("code", f"{SCALE}|ceas-iii-peak")
"""An observer's rating of how strongly emotion was expressed."""
EPISODES = ("code", f"{EXPRESSION}|expression-episode")


def refused(*pairs: tuple[str, str], type_name: str = "Observation") -> tuple[str | None, ...]:
    query = parse(type_name, pairs, zone=UTC, base_url="http://clinic.test/fhir")
    return tuple(issue.expression for issue in refusals(query, catalogue()))


@pytest.mark.parametrize(
    "pairs",
    [
        [TEARS],
        [("combo-value-concept", "tears")],
        [("component-value-concept", "tears-held-back")],
        [("value-concept", f"{EXPRESSION}|tears-help")],
        [EPISODES, ("component-value-quantity", "gt5")],
        [("code", "expression-episode"), ("component-value-concept", "http://other|x")],
        [("code", "first-expression")],
        [("code", f"{FINDING}|first-expression")],
        [("_sort", "component-value-quantity")],
        [EPISODES, ("_sort", "-value-quantity")],
        [EPISODES, ("_sort", "value-string")],
        [("category", "therapy"), ("component-value-quantity", "gt5")],
        [("component-value-quantity", "gt5")],
        [("combo-value-quantity", "lt2|http://unitsofmeasure.org|{sessions}")],
        [("code", f"{FINDING}|pace"), ("_sort", "-component-value-quantity")],
        [("code", "pace"), ("component-value-quantity", "lt2")],
        [("component-code-value-quantity", f"{FINDING}|sessions-between$lt2")],
        [TEARS, ("patient:missing", "true")],
        [TEARS, ("patient", "1,2")],
        [TEARS, ("identifier", "urn:records|")],
        [TEARS, ("patient.name", "x")],
        [TEARS, ("patient.identifier", "urn:mrn|")],
        [TEARS, ("encounter.status", "finished")],
        [TEARS, ("performer.identifier", "urn:npi|1")],
        [("has-member.component-value-concept", "tears")],
        [("has-member:Observation.code", "first-expression")],
        [EPISODES, ("derived-from:Observation.value-quantity", "gt5")],
        [("value-quantity", "gt5"), ("has-member.code", "expression-episode")],
        [("patient.name", "x"), ("_sort", "value-quantity")],
        [TEARS, ("date", "ge2026")],
        [("component-code-value-concept", f"{EXPRESSION}|expression-presence${EXPRESSION}|tears")],
        [("combo-code-value-concept", "expression-presence$tears")],
        [("component-code-value-concept", "x$tears")],
        [("component-code-value-quantity", "expression-intensity$gt5")],
        [("combo-code-value-quantity", f"44261-6$gt5,{EXPRESSION}|expression-intensity$gt5")],
        [EPISODES, ("component-code-value-quantity", "x$gt5")],
        [("code-value-quantity", "first-expression$1")],
        [("value-concept:text", "tears")],
        [EPISODES, ("value-concept:text", "x")],
        [PEAK, ("value-quantity", "gt5")],
        [("code", "ceas-iii-peak"), ("value-quantity", "gt5")],
        [("code", f"{SCALE}|"), ("value-quantity", "gt5")],
        [("code", "phq-9,exp-modal"), ("value-quantity", "gt5")],
        [PEAK, ("_sort", "-value-quantity")],
        [("code-value-quantity", f"{SCALE}|ceas-iii-modal$gt5")],
        [("component-code-value-quantity", "ceas-iii-peak$gt5")],
        [("category", "therapy"), ("value-quantity", "gt5")],
        [("category", f"{CATEGORY}|therapy"), ("_sort", "value-quantity")],
        [("category:not", "survey"), ("value-quantity", "gt5")],
        [("code:text", "CEAS"), ("value-quantity", "gt5")],
        [("code", "belief-change"), ("value-quantity", "lt0")],
        [("code", f"{FINDING}|acceptance-change"), ("_sort", "value-quantity")],
    ],
)
def test_a_search_of_many_patients_by_what_they_expressed_is_refused(
    pairs: list[tuple[str, str]],
) -> None:
    assert refused(*pairs)


@pytest.mark.parametrize(
    "pairs",
    [
        [TEARS, ("patient", "1")],
        [TEARS, ("subject", "Patient/1")],
        [TEARS, ("encounter", "Encounter/1")],
        [TEARS, ("patient.identifier", "urn:mrn|12")],
        [TEARS, ("encounter:Encounter.patient", "1")],
        [("has-member.component-value-concept", "tears"), ("patient", "1")],
        [("patient.name", "x"), EPISODES],
        [("patient.name", "x"), ("code", "44261-6"), ("value-quantity", "ge20")],
        [EPISODES, ("patient", "1"), ("_sort", "-value-quantity")],
        [("code", "belief-change"), ("value-quantity", "lt0"), ("patient", "1")],
        [("code", f"{FINDING}|effect-size"), ("_sort", "value-quantity")],
        [("code", "first-expression"), ("patient", "1")],
        [EPISODES],
        [("category", "therapy"), ("_sort", "-date")],
        [("code", "http://loinc.org|44261-6"), ("value-quantity", "ge20")],
        [("code", "44261-6"), ("_sort", "-value-quantity")],
        [("value-concept", f"{FINDING}|reliably-worse")],
        [("component-value-concept", "none")],
        [("value-quantity", "5")],
        [("component-code-value-concept", "expression-presence$tears"), ("patient", "1")],
        [("code-value-quantity", "http://loinc.org|44261-6$ge20")],
        [("code-value-quantity", "44261-6$ge20"), ("_sort", "value-quantity")],
        [("code", f"{FINDING}|pace")],
        [("component-value-quantity", "gt140||mm[Hg]")],
        [("category", "vital-signs"), ("component-value-quantity", "gt140")],
        [("code", f"{FINDING}|pace-check"), ("_sort", "-date")],
        [("code-value-concept", f"{FINDING}|clinical-status${FINDING}|reliably-worse")],
        [("code", "44261-6"), ("value-concept:text", "worse")],
        [PEAK],
        [PEAK, ("value-quantity", "gt5"), ("patient", "1")],
        [("code", f"{SCALE}|erq-suppression"), ("value-quantity", "gt5")],
        [("category", "survey"), ("value-quantity", "gt5")],
        [("category:not", "therapy"), ("value-quantity", "gt5")],
        [("category:missing", "true"), ("value-quantity", "gt5")],
        [("category:missing", "false"), ("value-quantity", "gt5")],
        [("code", "44261-6"), ("code:text", "PHQ"), ("value-quantity", "gt5")],
    ],
)
def test_other_searches_are_answered(pairs: list[tuple[str, str]]) -> None:
    assert refused(*pairs) == ()


@pytest.mark.parametrize(
    ("owner", "refusals_"),
    [("Patient", 0), ("Encounter", 0), ("Practitioner", 1)],
)
def test_a_compartment_names_the_patient_whose_it_is(owner: str, refusals_: int) -> None:
    """A practitioner's compartment holds the records of many patients."""
    query = parse("Observation", [TEARS], zone=UTC, base_url="http://clinic.test/fhir")
    assert len(refusals(within(query, Identity(type=owner, id="1")), catalogue())) == refusals_


HAS = "_has:Observation:patient:"


@pytest.mark.parametrize(
    ("type_name", "pairs"),
    [
        ("Patient", [(f"{HAS}component-value-concept", "tears")]),
        ("Patient", [(f"{HAS}component-value-concept", f"{EXPRESSION}|tears")]),
        ("Patient", [(f"{HAS}component-value-concept", "tears"), ("name", "x")]),
        ("Patient", [(f"{HAS}component-value-concept", "tears"), ("_id", "1,2")]),
        ("Patient", [(f"{HAS}component-value-concept", "tears"), ("identifier", "urn:mrn|")]),
        ("Patient", [(f"{HAS}code", "first-expression")]),
        ("Patient", [(f"{HAS}code", EPISODES[1]), (f"{HAS}value-quantity", "gt5")]),
        ("Patient", [(f"{HAS}code", PEAK[1]), (f"{HAS}value-quantity", "gt5")]),
        ("Patient", [("_has:Encounter:patient:_has:Observation:encounter:code", TEARS[1])] * 2
         + [("_has:Encounter:patient:_has:Observation:encounter:value-concept", "tears")]),
        ("Encounter", [("_has:Observation:encounter:code", "first-expression")]),
        ("Encounter", [(f"patient.{HAS}code", "first-expression")]),
        ("Practitioner", [("_has:Observation:performer:value-concept", "tears"), ("_id", "1")]),
        ("QuestionnaireResponse", [("part-of.component-value-concept", "tears")]),
        ("QuestionnaireResponse", [(f"subject:Patient.{HAS}code", "first-expression")]),
    ],
)  # fmt: skip
def test_what_is_asked_of_observations_is_looked_at_wherever_it_stands(
    type_name: str, pairs: list[tuple[str, str]]
) -> None:
    assert refused(*pairs, type_name=type_name)


@pytest.mark.parametrize(
    ("type_name", "pairs"),
    [
        ("Patient", [(f"{HAS}component-value-concept", "tears"), ("_id", "1")]),
        ("Patient", [(f"{HAS}code", "first-expression"), ("identifier", "urn:mrn|12")]),
        ("Patient", [(f"{HAS}code", "44261-6"), (f"{HAS}value-quantity", "ge20")]),
        ("Patient", [(f"{HAS}code", EPISODES[1])]),
        ("Encounter", [("_has:Observation:encounter:code", "first-expression"), ("patient", "1")]),
        ("Encounter", [("patient.name", "x")]),
    ],
)
def test_other_links_are_followed(type_name: str, pairs: list[tuple[str, str]]) -> None:
    assert refused(*pairs, type_name=type_name) == ()


def test_each_parameter_is_named_once() -> None:
    assert refused(TEARS, TEARS, ("_sort", "value-quantity")) == (
        "component-value-concept",
        "_sort",
    )


def test_other_types_are_not_looked_at() -> None:
    assert refused(("gender", "female"), type_name="Patient") == ()
