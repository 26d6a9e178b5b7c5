from decimal import Decimal
from uuid import UUID

import pytest
from fhir.resources.R4B.observation import Observation
from hypothesis import given

from service.clinical.canonical import FINDING, LOINC, OBSERVATION_CATEGORY, RULE, SCALE
from service.clinical.catalogue import catalogue
from service.clinical.finding_codes import CODES
from service.clinical.observation_values import decimal
from service.clinical.observations import subject
from service.fhir.compartments import patient_of
from service.fhir.exact_json import dumps
from service.fhir.resource import PatientKey
from service.fhir.validation import validate
from tests.clinical.generated import COURSES
from tests.clinical.patient_facts import (
    derived,
    expressed,
    form,
    met,
    one,
    parts,
    phq9,
    remark,
    wai,
)

BASE_URL = "https://clinic.example/fhir"


@given(COURSES)
def test_every_score_and_finding_is_valid_fhir(course: list) -> None:
    for resource in derived(*course):
        Observation.model_validate_json(dumps(resource))
        assert validate(resource) == ()


@given(COURSES)
def test_every_code_of_ours_is_in_the_code_system(course: list) -> None:
    known = {FINDING: CODES, SCALE: catalogue().scales}
    for resource in derived(*course):
        for component in resource.get("component", ()):
            (coding,) = component["code"]["coding"]
            assert coding["code"] in known[coding["system"]]


@given(COURSES)
def test_only_what_rests_on_expression_records_is_therapy(course: list) -> None:
    for resource in derived(*course):
        (coding,) = resource["category"][0]["coding"]
        tears = {"pace", "pace-check", "first-expression"}
        rated = parts(resource, "topic") != []
        private = rated or resource["code"]["coding"][0]["code"] in tears
        assert coding["code"] == ("therapy" if private else "survey")
        assert "interpretation" not in resource


def test_a_score_has_the_shape_of_a_us_core_screening_assessment() -> None:
    score = one("44261-6", phq9(1, 12, encounter="e1"))
    assert score["status"] == "final"
    assert score["category"] == [
        {"coding": [{"system": OBSERVATION_CATEGORY, "code": "survey", "display": "Survey"}]}
    ]
    first, second = score["code"]["coding"]
    assert (first["system"], first["code"]) == (LOINC, "44261-6")
    assert (second["system"], second["code"]) == (SCALE, "phq-9")
    assert score["subject"] == {"reference": "Patient/p1"}
    assert score["encounter"] == {"reference": "Encounter/e1"}
    assert score["effectiveDateTime"] == "2026-01-05T10:00:00+00:00"
    assert score["valueQuantity"] == {
        "value": Decimal(12),
        "unit": "{score}",
        "system": "http://unitsofmeasure.org",
        "code": "{score}",
    }
    assert score["derivedFrom"] == [{"reference": "QuestionnaireResponse/phq-9-1"}]
    assert score["meta"] == {
        "profile": ["https://attune-outcomes.org/fhir/StructureDefinition/attune-score"]
    }


def test_a_finding_names_its_rule_revision_and_the_rule_engine() -> None:
    found = one("reliable-change", phq9(1, 12), phq9(2, 20))
    assert found["method"] == {
        "coding": [{"system": RULE, "code": "reliable-change"}],
        "text": "reliable-change, revision 1",
    }
    assert found["device"] == {"reference": "Device/attune-rule-engine"}
    assert found["meta"]["profile"][0].endswith("attune-finding")


def test_a_finding_names_its_scale() -> None:
    answered = form("phq-9", 1, dict.fromkeys(range(1, 10), 1))
    for found, scale in (
        (one("reliable-change", phq9(1, 12), phq9(2, 20)), "phq-9"),
        (one("safety-review", answered), "phq-9"),
    ):
        first = found["component"][0]
        assert first["code"]["coding"][0]["code"] == "scale"
        assert first["valueCodeableConcept"] == {"coding": [{"system": SCALE, "code": scale}]}


def test_the_sentence_stands_in_the_narrative_and_in_a_note() -> None:
    found = one("clinical-status", phq9(1, 12), phq9(2, 20))
    sentence = found["note"][0]["text"]
    assert sentence in found["text"]["div"]
    assert found["text"]["status"] == "generated"


def test_the_narrative_is_escaped() -> None:
    broken = form("phq-9", 1, {9: 0.0}, problems=("The answer <script> & more; no score.",))
    score = one("44261-6", broken)
    assert "<script>" not in score["text"]["div"]
    assert "&lt;script&gt; &amp; more" in score["text"]["div"]


@pytest.mark.parametrize(
    "key",
    ["p1", "https://elsewhere.example/fhir/Patient/9", "urn:oid:1.2.3|17", "|17"],
)
def test_the_subject_leads_to_the_same_patient_again(key: str) -> None:
    about = {"resourceType": "Observation", "subject": subject(PatientKey(key))}
    assert patient_of(about, BASE_URL) == key


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (12.0, "12"),
        (3.5, "3.5"),
        (43 / 12, "3.58333333"),
        (0.0, "0"),
        (-0.0, "0"),
        (1e-7, "0.0000001"),
    ],
)
def test_numbers_are_decimals_without_binary_noise(number: float, text: str) -> None:
    assert str(decimal(number)) in (text, str(Decimal(text)))


def test_labels_are_those_of_the_strictest_input() -> None:
    system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
    found = one(
        "reliable-change",
        phq9(1, 12, labels=((system, "R"),)),
        phq9(2, 20, labels=((system, "V"),)),
    )
    assert found["meta"]["security"] == [{"system": system, "code": "V"}]


def test_ids_do_not_depend_on_what_was_found_but_on_what_was_asked() -> None:
    before = one("reliable-change", phq9(1, 12), phq9(2, 20))
    after = one("reliable-change", phq9(1, 12), phq9(2, 4))
    assert before["id"] == after["id"]
    assert UUID(before["id"]).version == 5


def test_event_findings_name_their_encounter() -> None:
    presences = ("none", "none", "none", "tears")
    given_ = [expressed(n, p) for n, p in enumerate(presences, start=1)]
    found = one("first-expression", met(4), *given_, wai(1, 48), remark(1, "pace-wish", "go-on"))
    assert found["encounter"] == {"reference": "Encounter/e4"}
