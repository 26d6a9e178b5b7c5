"""What a record of emotional expression must be, element by element."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.clinical.acceptance import Acceptance
from service.clinical.canonical import LOINC, OBSERVATION_CATEGORY, SNOMED_CT
from service.clinical.catalogue import catalogue
from service.clinical.expression import EPISODE_COMPONENTS, TOPICS
from service.errors import Severity
from service.fhir.exact_json import ExactDecimal
from service.fhir.resource import Resource
from tests.clinical.sent import coded, component, episode, integer, observation, therapy

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
accept = Acceptance(zone=ZoneInfo("Europe/Vienna"), now=lambda: NOW, catalogue=catalogue())
MINUTES = {"value": 10, "unit": "min", "system": "http://unitsofmeasure.org", "code": "min"}


def refused(resource: Resource) -> list[tuple[str, str | None]]:
    return [(i.code, i.expression) for i in accept(resource) if i.severity is Severity.ERROR]


def test_an_episode_with_presence_alone_is_accepted() -> None:
    assert accept(episode()) == ()


@pytest.mark.parametrize("presence", EPISODE_COMPONENTS[0].codes)
def test_every_presence_is_accepted(presence: str) -> None:
    assert accept(episode(presence=presence)) == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [(rule.code, code) for rule in EPISODE_COMPONENTS[1:] for code in rule.codes],
)
def test_every_code_of_every_component_is_accepted(name: str, code: str) -> None:
    assert accept(episode(component(name, valueCodeableConcept=coded(code)))) == ()


@pytest.mark.parametrize("rule", EPISODE_COMPONENTS[1:], ids=lambda rule: rule.code)
def test_a_code_of_another_value_set_is_refused_in_every_component(rule: Any) -> None:
    stranger = component(rule.code, valueCodeableConcept=coded("agreed-ending"))
    codes = {code for code, _ in refused(episode(stranger))}
    assert codes == {"code-invalid" if rule.codes else "value"}


@pytest.mark.parametrize("rule", EPISODE_COMPONENTS, ids=lambda rule: rule.code)
def test_a_component_is_repeated_only_where_the_table_says_so(rule: Any) -> None:
    value: dict[str, Any] = (
        {"valueCodeableConcept": coded(next(iter(rule.codes)))} if rule.codes else integer(3)
    )
    twice = therapy("expression-episode", component=[component(rule.code, **value)] * 2)
    if rule.code != "expression-presence":
        presence = component("expression-presence", valueCodeableConcept=coded("tears"))
        twice["component"] = [presence, *twice["component"]]
    codes = [code for code, _ in refused(twice)]
    assert codes == ([] if rule.repeats else ["business-rule"])


@pytest.mark.parametrize("name", ["interpretation", "referenceRange"])
@pytest.mark.parametrize("topic", TOPICS)
def test_nothing_of_expression_is_interpreted_or_compared(topic: str, name: str) -> None:
    path = f"Observation.{name}"
    assert ("business-rule", path) in refused(therapy(topic, **{name: [{"text": "high"}]}))


@pytest.mark.parametrize("name", ["interpretation", "referenceRange"])
def test_no_component_of_expression_is_interpreted_or_compared(name: str) -> None:
    value = {"valueCodeableConcept": coded("clear"), name: [{"text": "high"}]}
    sent = episode(component("expression-intensity", **value))
    assert refused(sent) == [("business-rule", f"Observation.component[1].{name}")]


def test_a_foreign_component_in_an_episode_is_not_interpreted_either() -> None:
    foreign = {"code": coded("1", "urn:site"), "valueInteger": 3, "interpretation": [{"text": "x"}]}
    assert refused(episode(foreign)) == [
        ("business-rule", "Observation.component[1].interpretation")
    ]


@pytest.mark.parametrize("category", [None, [], [coded("survey", OBSERVATION_CATEGORY)]])
def test_a_record_of_expression_without_the_category_therapy_is_refused(category: Any) -> None:
    assert ("required", "Observation.category") in refused(episode(category=category))


def test_another_category_beside_therapy_would_show_the_record_and_is_refused() -> None:
    both = [coded("therapy", OBSERVATION_CATEGORY), coded("survey", OBSERVATION_CATEGORY)]
    assert refused(episode(category=both)) == [("business-rule", "Observation.category")]
    local = [coded("therapy", OBSERVATION_CATEGORY), coded("group", "urn:site")]
    assert refused(episode(category=local)) == []


@pytest.mark.parametrize("topic", [t for t in TOPICS if t != "expression-episode"])
def test_every_single_observation_needs_its_category_too(topic: str) -> None:
    assert ("required", "Observation.category") in refused(observation(coded(topic)))


def test_presence_is_required() -> None:
    timing = component("expression-timing", valueCodeableConcept=coded("closing"))
    assert refused(therapy("expression-episode", component=[timing])) == [
        ("required", "Observation.component")
    ]
    assert refused(therapy("expression-episode")) == [("required", "Observation.component")]


def test_presence_cannot_be_absent_for_a_reason() -> None:
    absent = component("expression-presence", dataAbsentReason={"text": "unknown"})
    assert refused(therapy("expression-episode", component=[absent])) == [
        ("required", "Observation.component[0].value")
    ]


def test_another_component_can_be_absent_for_a_reason_and_not_without() -> None:
    absent = component("felt-understood", dataAbsentReason={"text": "not asked"})
    assert refused(episode(absent)) == []
    assert refused(episode(component("felt-understood"))) == [
        ("required", "Observation.component[1].value")
    ]


def test_further_codings_of_other_systems_are_welcome() -> None:
    value = coded("sobbing") | {"text": "sobbing, then quiet"}
    value["coding"] = [{"system": SNOMED_CT, "code": "28263002"}, *value["coding"]]
    code = coded("expression-episode")
    code["coding"] = [*code["coding"], {"system": SNOMED_CT, "code": "271951008"}]
    sent = episode(component("expression-form", valueCodeableConcept=value)) | {"code": code}
    assert accept(sent) == ()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (coded("28263002", SNOMED_CT), "code-invalid"),
        ({"text": "quiet tears"}, "code-invalid"),
        (coded("quiet-tears", "urn:site"), "code-invalid"),
        ({"coding": coded("sobbing")["coding"] + coded("grieving")["coding"]}, "business-rule"),
    ],
)
def test_a_component_takes_exactly_one_code_of_ours(value: Any, code: str) -> None:
    sent = episode(component("expression-form", valueCodeableConcept=value))
    assert refused(sent) == [(code, "Observation.component[1].value")]


@pytest.mark.parametrize("kind", ["expression-looking-backwards", "tears", "expression-presence"])
def test_a_code_that_is_no_observation_of_ours_is_refused(kind: str) -> None:
    assert refused(therapy(kind)) == [("code-invalid", "Observation.code")]


def test_two_codes_of_ours_in_one_observation_are_refused() -> None:
    code = {"coding": coded("pace-wish")["coding"] + coded("restraint")["coding"]}
    assert refused(therapy("pace-wish") | {"code": code}) == [("code-invalid", "Observation.code")]


@pytest.mark.parametrize("name", ["expression-mood", "pace-wish", "belief-strength", "tears"])
def test_a_component_that_an_episode_does_not_have_is_refused(name: str) -> None:
    assert refused(episode(component(name, **integer(3)))) == [
        ("code-invalid", "Observation.component[1].code")
    ]


def test_a_component_of_ours_cannot_hide_in_another_observation() -> None:
    hidden = component("expression-presence", valueCodeableConcept=coded("tears"))
    sent = observation(coded("1", "urn:site"), component=[hidden])
    assert refused(sent) == [("code-invalid", "Observation.component[0].code")]


def test_an_episode_has_no_value_of_its_own() -> None:
    sent = episode(valueCodeableConcept=coded("tears"))
    assert refused(sent) == [("business-rule", "Observation.value")]


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        ({"valueInteger": 0}, True),
        ({"valueInteger": 10}, True),
        ({"valueQuantity": {"value": ExactDecimal("7.5")}}, True),
        ({"valueInteger": -1}, False),
        ({"valueInteger": 11}, False),
        ({"valueQuantity": {"value": ExactDecimal("10.01")}}, False),
        ({"valueQuantity": {"value": 5, "comparator": ">"}}, False),
        ({"valueString": "7"}, False),
        ({"valueBoolean": True}, False),
        ({"valueCodeableConcept": {"text": "7"}}, False),
    ],
)
@pytest.mark.parametrize("topic", ["trust-in-therapist", "pace-felt", "acceptance-of-suffering"])
def test_a_rating_lies_from_0_to_10(topic: str, value: Any, accepted: bool) -> None:
    expected = [] if accepted else [("value", "Observation.value")]
    assert refused(therapy(topic, **value)) == expected


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        (MINUTES, True),
        ({"value": ExactDecimal("2.5"), "unit": "min"}, True),
        ({"value": 0, "unit": "min"}, True),
        (MINUTES | {"value": -1}, False),
        (MINUTES | {"comparator": "<"}, False),
        (MINUTES | {"code": "h"}, False),
        ({"value": 10}, False),
        ({"unit": "min"}, False),
    ],
)
def test_a_duration_is_a_code_or_a_number_of_minutes(value: Any, accepted: bool) -> None:
    sent = episode(component("expression-duration", valueQuantity=value))
    assert refused(sent) == ([] if accepted else [("value", "Observation.component[1].value")])


@pytest.mark.parametrize(
    ("level", "method", "expected"),
    [
        (1, True, []),
        (7, True, []),
        (0, True, [("value", "Observation.component[1].value")]),
        (8, True, [("value", "Observation.component[1].value")]),
        (ExactDecimal("3.5"), True, [("value", "Observation.component[1].value")]),
        (4, False, [("required", "Observation.method")]),
    ],
)
def test_an_observer_level_names_its_method(level: Any, method: bool, expected: Any) -> None:
    sent = episode(component("expression-intensity", valueQuantity={"value": level}))
    if method:
        sent["method"] = {"text": "CEAS-III"}
    assert refused(sent) == expected


@pytest.mark.parametrize("code", [coded("goal-attainment"), coded("107334-5", LOINC)])
@pytest.mark.parametrize(
    ("level", "accepted"),
    [(-2, True), (0, True), (2, True), (-3, False), (3, False), (ExactDecimal("0.5"), False)],
)
def test_goal_attainment_lies_from_minus_2_to_2(code: Any, level: Any, accepted: bool) -> None:
    sent = therapy("goal-attainment", valueQuantity={"value": level}) | {"code": code}
    assert refused(sent) == ([] if accepted else [("value", "Observation.value")])


def test_goal_attainment_under_its_loinc_code_needs_the_category_too() -> None:
    sent = observation(coded("107334-5", LOINC), valueInteger=1)
    assert refused(sent) == [("required", "Observation.category")]


@pytest.mark.parametrize(
    ("topic", "code"),
    [(name, code) for name, topic in TOPICS.items() for code in topic.value.codes],
)
def test_every_code_of_every_single_observation_is_accepted(topic: str, code: str) -> None:
    assert accept(therapy(topic, valueCodeableConcept=coded(code))) == ()


@pytest.mark.parametrize("topic", [name for name, t in TOPICS.items() if t.value.codes])
def test_a_single_observation_takes_no_other_code(topic: str) -> None:
    assert refused(therapy(topic, valueCodeableConcept=coded("tears"))) == [
        ("code-invalid", "Observation.value")
    ]
    assert refused(therapy(topic)) == [("required", "Observation.value")]
    assert refused(therapy(topic, dataAbsentReason={"text": "not asked"})) == []


def test_a_belief_keeps_its_strength_its_question_and_the_patients_words() -> None:
    belief = therapy(
        "crying-belief",
        valueCodeableConcept=coded("seen-as-weak"),
        component=[
            component("belief-strength", **integer(8)),
            component("under-question", valueCodeableConcept=coded("yes")),
            component("own-words", valueString="We never did."),
        ],
    )
    assert accept(belief) == ()


def test_looking_back_names_the_episode() -> None:
    meaning = component("patient-meaning", valueCodeableConcept=coded("facing-pain"))
    sent = therapy("expression-looking-back", component=[meaning])
    assert refused(sent) == [("required", "Observation.derivedFrom")]
    assert accept(sent | {"derivedFrom": [{"reference": "Observation/e"}]}) == ()


def test_a_referral_carries_a_reason_in_any_coding() -> None:
    reason = component("referral-reason", valueCodeableConcept={"text": "medication review"})
    sent = therapy("referral", valueCodeableConcept=coded("offered"), component=[reason])
    assert accept(sent) == ()
