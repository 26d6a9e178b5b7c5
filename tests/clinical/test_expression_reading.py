"""What the rules read of a record of emotional expression."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.clinical import reading
from service.clinical.canonical import LOINC
from service.clinical.catalogue import catalogue
from service.clinical.facts import (
    AnyFact,
    Expression,
    Facts,
    Remark,
    decode,
    encode,
)
from service.fhir.exact_json import ExactDecimal
from service.fhir.resource import Resource
from tests.clinical.sent import BASE_URL, coded, component, episode, observation, therapy

VIENNA = ZoneInfo("Europe/Vienna")


def read(resource: Resource) -> Facts:
    found = reading.facts(resource, zone=VIENNA, base_url=BASE_URL, known=catalogue())
    assert decode(encode(found)) == found
    return found


def only(resource: Resource) -> AnyFact:
    (found,) = read(resource)
    return found


def test_an_episode_becomes_its_codes_and_numbers() -> None:
    sent = episode(
        component("expression-topic", valueCodeableConcept=coded("loss")),
        component("expression-topic", valueCodeableConcept=coded("feeling-alone")),
        component("expression-intensity", valueQuantity={"value": 4}),
        component(
            "expression-duration", valueQuantity={"value": ExactDecimal("2.5"), "unit": "min"}
        ),
        component("felt-understood", valueInteger=8),
        component("shame-about-crying", dataAbsentReason={"text": "not asked"}),
        {"code": coded("1", "urn:site"), "valueInteger": 1},
        method={"text": "CEAS-III"},
    )
    fact = only(sent)
    assert isinstance(fact, Expression)
    assert fact.presence == "tears"
    assert fact.codes == {
        "expression-presence": ("tears",),
        "expression-topic": ("loss", "feeling-alone"),
    }
    assert fact.numbers == {
        "expression-intensity": 4,
        "expression-duration": 2.5,
        "felt-understood": 8,
    }


def test_a_coded_intensity_is_no_number() -> None:
    fact = only(episode(component("expression-intensity", valueCodeableConcept=coded("full"))))
    assert isinstance(fact, Expression)
    assert (fact.codes["expression-intensity"], fact.numbers) == (("full",), {})


def test_presence_none_is_a_record_and_no_record_is_none() -> None:
    fact = only(episode(presence="none"))
    assert isinstance(fact, Expression)
    assert fact.presence == "none"
    assert read(observation(coded("1", "urn:site"))) == ()


@pytest.mark.parametrize(
    ("topic", "value", "code", "number"),
    [
        ("pace-wish", {"valueCodeableConcept": coded("slower")}, "slower", None),
        ("trust-in-therapist", {"valueInteger": 7}, None, 7),
        ("pace-felt", {"valueQuantity": {"value": ExactDecimal("4.5")}}, None, 4.5),
        ("course-ending", {"valueCodeableConcept": coded("moved")}, "moved", None),
        ("goal-attainment", {"valueInteger": -2}, None, -2),
    ],
)
def test_a_single_observation_becomes_a_remark(
    topic: str, value: Any, code: str | None, number: float | None
) -> None:
    fact = only(therapy(topic, **value))
    assert isinstance(fact, Remark)
    assert (fact.topic, fact.code, fact.number) == (topic, code, number)


def test_goal_attainment_is_known_by_its_loinc_code() -> None:
    fact = only(observation(coded("107334-5", LOINC), valueInteger=1))
    assert isinstance(fact, Remark)
    assert (fact.topic, fact.number) == ("goal-attainment", 1)


def test_a_single_observation_without_a_value_says_nothing() -> None:
    assert read(therapy("pace-wish", dataAbsentReason={"text": "not asked"})) == ()


def test_looking_back_has_components_only_and_keeps_them() -> None:
    parts = [
        component("patient-meaning", valueCodeableConcept=coded(code))
        for code in ("facing-pain", "release", "facing-pain")
    ]
    fact = only(therapy("expression-looking-back", component=parts))
    assert isinstance(fact, Remark)
    assert fact.components == {"patient-meaning": "facing-pain release"}


def test_a_belief_keeps_its_numbers_and_leaves_the_words_in_the_resource() -> None:
    fact = only(
        therapy(
            "crying-belief",
            valueCodeableConcept=coded("seen-as-weak"),
            component=[
                component("belief-strength", valueInteger=8),
                component("under-question", valueCodeableConcept=coded("yes")),
                component("own-words", valueString="We never did."),
            ],
        )
    )
    assert isinstance(fact, Remark)
    assert fact.components == {"belief-strength": "8", "under-question": "yes"}


@pytest.mark.parametrize(
    ("performer", "expected"),
    [
        ([{"reference": "Patient/p"}], True),
        ([{"reference": f"{BASE_URL}/Patient/p"}], True),
        ([{"reference": "Patient/p/_history/3"}], True),
        ([{"reference": "Practitioner/t"}, {"reference": "Patient/p"}], True),
        ([{"reference": "Practitioner/t"}], False),
        ([{"reference": "Patient/other"}], False),
        ([], False),
    ],
)
def test_a_remark_knows_whether_the_patient_made_it(performer: Any, expected: bool) -> None:
    fact = only(therapy("pace-felt", valueInteger=4, performer=performer))
    assert isinstance(fact, Remark)
    assert fact.by_patient is expected


def test_a_patient_kept_elsewhere_is_known_by_identifier() -> None:
    elsewhere = {"identifier": {"system": "urn:ehr", "value": "7"}}
    sent = therapy("pace-felt", valueInteger=4, subject=elsewhere, performer=[elsewhere])
    fact = only(sent)
    assert isinstance(fact, Remark)
    assert fact.by_patient
