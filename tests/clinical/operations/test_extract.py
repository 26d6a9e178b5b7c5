"""What a response says as Observations, answers and scores.

http://hl7.org/fhir/uv/sdc/extraction.html#observation-based-extraction
"""

from datetime import UTC
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from service.clinical import reading
from service.clinical.canonical import ANSWER, ITEM, LOINC, SCALE, UCUM
from service.clinical.catalogue import catalogue
from service.clinical.derive import Derivation
from service.clinical.operations.extract import extract
from service.errors import BadRequest, Invalid
from service.fhir.exact_json import dumps, loads
from service.fhir.resource import Identity, PatientKey, Record, Resource
from service.fhir.validation import validate
from tests.clinical.sent import BASE_URL, PHQ_9_CODES, integer, item, loinc, phq_9, response

READ = partial(reading.facts, zone=UTC, base_url=BASE_URL, known=catalogue())
ENGINE = Derivation(tenant=UUID(int=1), catalogue=catalogue(), read=READ)
SRS = "https://attune-outcomes.org/fhir/Questionnaire/srs"
WITHOUT_ITEMS = "https://attune-outcomes.org/fhir/Questionnaire/promis-depression"
WAI_SR = "https://attune-outcomes.org/fhir/Questionnaire/wai-sr"
TWELVE = (2, 2, 2, 2, 1, 1, 2, 0, 0)


def extracted(sent: Resource, *, stored: bool = True) -> Resource:
    given = {} if stored else {"questionnaire-response": (sent,)}
    found = extract(given, instance=sent if stored else None, derivation=ENGINE, base_url=BASE_URL)
    assert validate(loads(dumps(found))) == ()
    return found


def bundled(sent: Resource, *, stored: bool = True) -> Resource:
    found = extracted(sent, stored=stored)
    if found["resourceType"] == "Parameters":
        assert [p["name"] for p in found["parameter"]] == ["return", "issues"]
        return dict(found["parameter"][0]["resource"])
    return found


def observations(sent: Resource, *, stored: bool = True) -> list[Any]:
    bundle = bundled(sent, stored=stored)
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "transaction")
    return [entry["resource"] for entry in bundle["entry"]]


def codes(observation: Resource, system: str) -> list[str]:
    return [c["code"] for c in observation["code"]["coding"] if c["system"] == system]


def answers(found: list[Any]) -> list[Any]:
    return [o for o in found if codes(o, ITEM)]


def scores(found: list[Any]) -> list[Any]:
    return [o for o in found if codes(o, SCALE)]


def test_a_phq_9_gives_nine_answers_under_their_loinc_codes_and_its_scores() -> None:
    """2 + 2 + 2 + 2 + 1 + 1 + 2 + 0 + 0 = 12, and items 1 and 2 make 4."""
    found = observations(response(phq_9(TWELVE)))
    assert [codes(o, LOINC) for o in answers(found)] == [[code] for code in PHQ_9_CODES]
    assert [o["valueInteger"] for o in answers(found)] == list(TWELVE)
    assert {codes(o, SCALE)[0]: o["valueQuantity"]["value"] for o in scores(found)} == {
        "phq-9": 12,
        "phq-9-core": 4,
    }
    assert found == [*answers(found), *scores(found)]


def test_an_answer_carries_what_its_response_says_of_it() -> None:
    sent = response(
        phq_9([3]),
        encounter={"reference": "Encounter/e"},
        author={"reference": "Patient/p"},
        basedOn=[{"reference": "CarePlan/c"}],
        meta={"security": [{"code": "R"}], "versionId": "3"},
    )
    (first, *_) = observations(sent)
    assert first == {
        "resourceType": "Observation",
        "meta": {"security": [{"code": "R"}]},
        "basedOn": [{"reference": "CarePlan/c"}],
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "survey",
                        "display": "Survey",
                    }
                ]
            }
        ],
        "code": {
            "coding": [
                {"system": LOINC, "code": "44250-9"},
                {"system": ITEM, "code": "phq-9-1", "display": "PHQ-9 item 1"},
            ],
            "text": "PHQ-9 item 1",
        },
        "subject": {"reference": "Patient/p"},
        "encounter": {"reference": "Encounter/e"},
        "effectiveDateTime": "2026-05-03T10:00:00Z",
        "performer": [{"reference": "Patient/p"}],
        "valueInteger": 3,
        "derivedFrom": [{"reference": "QuestionnaireResponse/form"}],
    }


@pytest.mark.parametrize(
    "author", [{"reference": "Device/d"}, {"reference": f"{BASE_URL}/Device/d"}, {"type": "Device"}]
)
def test_a_device_performs_no_observation(author: dict[str, Any]) -> None:
    """Observation.performer takes people and organisations."""
    (first, *_) = observations(response(phq_9([3]), author=author))
    assert "performer" not in first


def test_an_amended_response_gives_amended_answers() -> None:
    (first, *_) = observations(response(phq_9([3]), status="amended"))
    assert first["status"] == "amended"


OURS = {"system": ANSWER, "code": "3", "display": "3"}
VALUES = (
    (response([item("/44250-9", loinc(2))]), "valueCodeableConcept", {
        "coding": [{"system": LOINC, "code": "LA6570-1"}]
    }),
    (response([item("3", {"valueCoding": OURS})], questionnaire=WAI_SR), "valueCodeableConcept", {
        "coding": [OURS]
    }),
    (response([item("3", integer(3))], questionnaire=WAI_SR), "valueInteger", 3),
    (response([item("1", {"valueDecimal": Decimal("7.5")})], questionnaire=SRS), "valueQuantity", {
        "value": Decimal("7.5"), "unit": "{score}", "system": UCUM, "code": "{score}"
    }),
    (response([item("1", {"valueQuantity": {"value": 7}})], questionnaire=SRS), "valueQuantity", {
        "value": 7
    }),
)  # fmt: skip


@pytest.mark.parametrize(("sent", "name", "value"), VALUES)
def test_a_value_is_as_answered(sent: Resource, name: str, value: Any) -> None:
    (first,) = answers(observations(sent))
    assert first[name] == value


def test_the_scores_are_those_that_the_service_derives() -> None:
    sent = response(phq_9(TWELVE))
    facts = ENGINE.facts(sent)
    assert facts is not None
    record = Record(identity=Identity(type="QuestionnaireResponse", id="form"), facts=facts)
    derived = [d.build() for d in ENGINE.derive(PatientKey("p"), [record])]
    assert scores(observations(sent)) == [o for o in derived if codes(o, SCALE)]


def test_a_score_that_stands_already_is_not_created_again() -> None:
    entries = bundled(response(phq_9(TWELVE)))["entry"]
    for entry in entries:
        request = entry["request"]
        assert (request["method"], request["url"]) == ("POST", "Observation")
        if codes(entry["resource"], SCALE):
            assert request["ifNoneExist"] == f"_id={entry['resource']['id']}"
        else:
            assert "ifNoneExist" not in request
    places = [entry["fullUrl"] for entry in entries]
    assert len(set(places)) == 11
    assert all(UUID(place.removeprefix("urn:uuid:")) for place in places)


def test_the_same_response_gives_the_same_bundle() -> None:
    sent = response(phq_9(TWELVE))
    assert extracted(sent) == extracted(sent)


def test_a_response_that_is_sent_is_read_like_a_stored_one() -> None:
    sent = response(phq_9(TWELVE))
    assert extracted(sent, stored=False) == extracted(sent)


def test_one_without_an_id_is_not_referred_to() -> None:
    sent = response(phq_9(TWELVE), id=None)
    found = observations(sent, stored=False)
    assert len(found) == 11
    assert not any("derivedFrom" in o for o in found)


def test_an_item_left_open_gives_no_observation_and_the_score_says_it() -> None:
    """Item 9 is never estimated: no total, and eight answers."""
    found = observations(response(phq_9([2] * 8)))
    assert len(answers(found)) == 8
    total = next(o for o in scores(found) if codes(o, SCALE) == ["phq-9"])
    assert "valueQuantity" not in total
    assert total["dataAbsentReason"]["text"].startswith("Item 9 was not answered")


def test_what_a_form_calculated_is_no_answer() -> None:
    """The scores of the bundle are those that the service derives, whatever the form says."""
    calculated = [item("total", integer(12)), item("phq-9-core", integer(4))]
    asked = {"valueCoding": {"system": LOINC, "code": "LA6573-5"}}
    sent = response([*phq_9(TWELVE), item("difficulty", asked), *calculated])
    assert extracted(sent) == extracted(response(phq_9(TWELVE)))


def test_an_answer_that_cannot_be_read_is_said_and_not_extracted() -> None:
    found = extracted(response(phq_9([7, *TWELVE[1:]])))
    _, issues = found["parameter"]
    (issue,) = issues["resource"]["issue"]
    assert issue["severity"] == "warning"
    assert issue["diagnostics"].endswith("item 1: the answer 7 is outside 0-3; no score.")
    observed = observations(response(phq_9([7, *TWELVE[1:]])))
    assert [codes(o, ITEM)[0] for o in answers(observed)] == [f"phq-9-{n}" for n in range(2, 10)]
    assert {o["dataAbsentReason"]["coding"][0]["code"] for o in scores(observed)} == {"error"}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"questionnaire": "http://a.example/form"}, "questionnaire"),
        ({"questionnaire": None}, "questionnaire"),
        ({"questionnaire": WITHOUT_ITEMS}, "questionnaire"),
        ({"subject": None}, "subject"),
        ({"subject": {"reference": "Group/g"}}, "subject"),
        ({"status": "in-progress"}, "status"),
        ({"status": "stopped"}, "status"),
        ({"status": "entered-in-error"}, "status"),
        ({"authored": None}, "authored"),
    ],
)
def test_a_response_that_is_not_scored_is_refused_with_the_reason(
    changes: dict[str, Any], where: str
) -> None:
    with pytest.raises(Invalid) as refused:
        extracted(response(phq_9(TWELVE), **changes))
    (issue,) = refused.value.issues
    assert issue.expression == f"QuestionnaireResponse.{where}"
    assert issue.message.endswith(", so nothing is extracted.")


def test_a_response_has_to_be_sent_or_named() -> None:
    with pytest.raises(BadRequest):
        extract({}, instance=None, derivation=ENGINE, base_url=BASE_URL)
    with pytest.raises(BadRequest):
        extracted({"resourceType": "Patient"}, stored=False)
    with pytest.raises(Invalid):
        extracted(response([{"answer": []}]), stored=False)


def test_an_item_that_does_not_apply_is_no_answer_and_the_other_scale_stands() -> None:
    """8 + 8 + 8 + 8 = 32 of 32."""
    absent = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    coding = {"system": absent, "code": "not-applicable"}
    items = [item("1", {"valueCoding": coding}), *(item(str(n), integer(8)) for n in (2, 3, 4, 5))]
    wsas = "https://attune-outcomes.org/fhir/Questionnaire/wsas"
    found = observations(response(items, questionnaire=wsas))
    assert [codes(o, ITEM) for o in answers(found)] == [[f"wsas-{n}"] for n in (2, 3, 4, 5)]
    (score,) = scores(found)
    assert score["valueQuantity"]["value"] == 32
