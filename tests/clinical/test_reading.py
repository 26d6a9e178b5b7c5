"""What the rules read of each resource, and that no answer that calls for a person is lost."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.clinical import reading
from service.clinical.canonical import FINDING, LOINC, SCALE, SNOMED_CT
from service.clinical.facts import (
    Answers,
    AnyFact,
    Episode,
    Expression,
    Facts,
    Remark,
    Response,
    SafetyAnswer,
    Session,
    Total,
    decode,
    encode,
)
from service.fhir.exact_json import ExactDecimal
from service.fhir.resource import Resource
from tests.clinical.sent import (
    BASE_URL,
    LA,
    PHQ_9_CODES,
    answer_to_finding,
    coded,
    component,
    episode,
    integer,
    item,
    loinc,
    observation,
    phq_9,
    response,
    therapy,
    total,
)

VIENNA = ZoneInfo("Europe/Vienna")
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


def read(resource: Resource) -> Facts:
    found = reading.facts(resource, zone=VIENNA, base_url=BASE_URL)
    assert decode(encode(found)) == found
    return found


def only(resource: Resource) -> AnyFact:
    (found,) = read(resource)
    return found


def totals(resource: Resource) -> list[tuple[str, float]]:
    return [(f.scale, f.value) for f in read(resource) if isinstance(f, Total)]


def item_9(resource: Resource) -> list[float | None]:
    return [f.value for f in read(resource) if isinstance(f, SafetyAnswer)]


def test_a_response_becomes_its_answers() -> None:
    sent = response(
        phq_9((2, 2, 2, 2, 1, 1, 2, 0, 0)),
        encounter={"reference": "Encounter/e1"},
        meta={"security": [{"system": "urn:label", "code": "R"}]},
    )
    assert only(sent) == Answers(
        reference="QuestionnaireResponse/form",
        effective="2026-05-03T10:00:00Z",
        at=datetime(2026, 5, 3, 10, tzinfo=UTC),
        day=date(2026, 5, 3),
        encounter="e1",
        labels=(("urn:label", "R"),),
        instrument="phq-9",
        values={1: 2, 2: 2, 3: 2, 4: 2, 5: 1, 6: 1, 7: 2, 8: 0, 9: 0},
    )


@pytest.mark.parametrize(
    ("status", "usable"),
    [
        ("completed", "usable"),
        ("amended", "usable"),
        ("in-progress", "safety-only"),
        ("stopped", "safety-only"),
    ],
)
def test_only_a_finished_response_is_scored(status: str, usable: str) -> None:
    fact = only(response(phq_9((1,) * 9), status=status))
    assert isinstance(fact, Answers)
    assert (fact.usable, fact.values[9]) == (usable, 1)


def test_a_response_entered_in_error_says_nothing() -> None:
    assert read(response(phq_9((3,) * 9), status="entered-in-error")) == ()


def test_an_unfinished_form_without_safety_items_says_nothing() -> None:
    ours = "https://attune-outcomes.org/fhir/Questionnaire/gad-7"
    sent = response(phq_9((1,) * 7), questionnaire=ours)
    assert len(read(sent)) == 1
    assert read(sent | {"status": "in-progress"}) == ()


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_an_observation_that_stands_is_read(status: str) -> None:
    assert totals(total("44261-6", 12, status=status)) == [("phq-9", 12)]


@pytest.mark.parametrize(
    "status", ["registered", "preliminary", "cancelled", "entered-in-error", "unknown"]
)
def test_an_observation_that_does_not_stand_is_not_read(status: str) -> None:
    assert read(total("44261-6", 26, status=status)) == ()
    assert read(episode(status=status)) == ()


def test_problems_withhold_the_score_and_name_their_items() -> None:
    items = [*phq_9((1, 1, 5, 1, 1, 1, 1, 1, 2)), item("x", integer(1))]
    fact = only(response(items))
    assert isinstance(fact, Answers)
    assert fact.problem_items == (3,)
    assert len(fact.problems) == 2
    assert fact.values[9] == 2


def test_a_total_of_the_form_that_differs_is_no_problem_of_the_score() -> None:
    fact = only(response([*phq_9((1,) * 9), item("/44261-6", integer(12))]))
    assert isinstance(fact, Answers)
    assert fact.problems == ()


def test_an_item_9_out_of_range_is_kept_beside_the_answers() -> None:
    sent = response([*phq_9((1,) * 8), item("9", integer(4))])
    answers, safety = read(sent)
    assert isinstance(answers, Answers)
    assert (answers.problem_items, 9 in answers.values) == ((9,), False)
    assert isinstance(safety, SafetyAnswer)
    assert (safety.reference, safety.item, safety.value) == (answers.reference, 9, 4)


def test_an_item_9_of_an_unknown_questionnaire_is_heard_and_nothing_is_scored() -> None:
    mine = "http://example.org/Questionnaire/mine"
    items = [item("mood", integer(3)), item("/44260-8", loinc(1)), item("9", integer(3))]
    assert only(response(items, questionnaire=mine)) == SafetyAnswer(
        reference="QuestionnaireResponse/form",
        effective="2026-05-03T10:00:00Z",
        at=datetime(2026, 5, 3, 10, tzinfo=UTC),
        day=date(2026, 5, 3),
        instrument="phq-9",
        item=9,
        value=1,
    )


def test_a_form_that_lhc_forms_made_without_a_canonical_is_read() -> None:
    codes = ({"valueCoding": {"code": LA[2]}} for _ in PHQ_9_CODES)
    items = [item(f"/{code}", answer) for code, answer in zip(PHQ_9_CODES, codes, strict=True)]
    fact = only(response(items, questionnaire=None))
    assert isinstance(fact, Answers)
    assert fact.values == dict.fromkeys(range(1, 10), 2)


def undated(fact: AnyFact) -> bool:
    return (fact.dated, fact.effective, fact.at, fact.day) == (False, "", LAST, date(9999, 12, 31))


@pytest.mark.parametrize("status", ["completed", "in-progress"])
def test_a_form_without_a_date_still_says_what_its_item_9_says(status: str) -> None:
    fact = only(response(phq_9((0,) * 8 + (3,)), authored=None, status=status))
    assert isinstance(fact, Answers)
    assert (undated(fact), fact.values[9]) == (True, 3)


def test_a_form_without_a_date_and_without_safety_items_says_nothing() -> None:
    ours = "https://attune-outcomes.org/fhir/Questionnaire/gad-7"
    assert read(response(phq_9((1,) * 7), questionnaire=ours, authored=None)) == ()


def test_an_observation_without_a_date_is_read_for_safety_only() -> None:
    nine = total("44260-8", 2, effectiveDateTime=None)
    assert [undated(f) for f in read(nine)] == [True]
    assert totals(total("44261-6", 26, effectiveDateTime=None)) == [("phq-9", 26)]
    assert read(total("70274-6", 12, effectiveDateTime=None)) == ()
    assert read(episode(effectiveDateTime=None)) == ()
    assert read(therapy("pace-felt", valueInteger=2, effectiveDateTime=None)) == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueQuantity": {"value": 12}}, 12),
        ({"valueQuantity": {"value": ExactDecimal("2.0"), "unit": "{score}"}}, 2),
        ({"valueQuantity": {"value": ExactDecimal("17.886692270767657")}}, 17.886692270767657),
        ({"valueInteger": 12}, 12),
        ({"valueDecimal": ExactDecimal("12.0")}, 12),
        (
            {
                "valueCodeableConcept": {
                    "coding": [
                        {
                            "code": "x",
                            "extension": [
                                {
                                    "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                                    "valueDecimal": 12,
                                }
                            ],
                        }
                    ]
                }
            },
            12,
        ),
    ],
)
def test_a_ready_made_total_is_read_in_every_form(value: Any, expected: float) -> None:
    sent = total("44261-6", 0, valueQuantity=None)
    assert totals(sent | value) == [("phq-9", expected)]


@pytest.mark.parametrize(
    "value",
    [
        {"valueQuantity": {"value": 28}},
        {"valueQuantity": {"value": -1}},
        {"valueQuantity": {"value": 12, "comparator": ">"}},
        {"valueQuantity": {"unit": "{score}"}},
        {"valueString": "12"},
        {"dataAbsentReason": {"text": "unknown"}},
    ],
)
def test_a_total_that_is_no_number_in_range_is_not_used(value: Any) -> None:
    assert read(total("44261-6", 0, valueQuantity=None) | value) == ()


@pytest.mark.parametrize(
    ("code", "value", "scale"),
    [
        (coded("44261-6", LOINC), 12, "phq-9"),
        (coded("720433000", SNOMED_CT), 12, "phq-9"),
        (coded("70274-6", LOINC), 3, "gad-7"),
        (coded("wai-sr", SCALE), ExactDecimal("4.1"), "wai-sr"),
        (coded("srs", SCALE), ExactDecimal("36.5"), "srs"),
        (coded("716613004", SNOMED_CT), 25, "ors"),
    ],
)
def test_a_total_is_known_by_its_code(code: Any, value: Any, scale: str) -> None:
    assert totals(observation(code, valueQuantity={"value": value})) == [(scale, float(value))]


def test_a_total_as_a_generator_of_synthetic_patients_makes_it() -> None:
    """Category laboratory, fractions of a second, no display, no performer."""
    sent = {
        "resourceType": "Observation",
        "id": "s",
        "status": "final",
        "category": [
            coded("laboratory", "http://terminology.hl7.org/CodeSystem/observation-category")
        ],
        "code": coded("70274-6", LOINC),
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "1940-05-15T03:06:39.223074+00:00",
        "encounter": {"reference": "Encounter/e"},
        "valueQuantity": {"value": ExactDecimal("2.0"), "unit": "{score}", "code": "{score}"},
    }
    assert only(sent) == Total(
        reference="Observation/s",
        effective="1940-05-15T03:06:39.223074+00:00",
        at=datetime(1940, 5, 15, 3, 6, 39, 223074, tzinfo=UTC),
        day=date(1940, 5, 15),
        encounter="e",
        scale="gad-7",
        value=2,
    )


def test_a_panel_gives_its_total_and_its_item_9() -> None:
    panel = observation(
        coded("44249-1", LOINC),
        component=[
            {"code": coded("44250-9", LOINC), "valueCodeableConcept": coded("LA6571-9", LOINC)},
            {"code": coded("44260-8", LOINC), "valueCodeableConcept": coded("LA6570-1", LOINC)},
            {"code": coded("44261-6", LOINC), "valueQuantity": {"value": 14}},
        ],
    )
    assert totals(panel) == [("phq-9", 14)]
    assert item_9(panel) == [2]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueCodeableConcept": coded("LA6568-5", LOINC)}, 0),
        ({"valueCodeableConcept": coded("LA6571-9", LOINC)}, 3),
        ({"valueInteger": 1}, 1),
        ({"valueQuantity": {"value": 2}}, 2),
        ({"valueQuantity": {"value": 5}}, 5),
        ({"valueString": "nearly every day"}, None),
        ({"dataAbsentReason": coded("asked-declined", "urn:reason")}, None),
    ],
)
def test_item_9_as_an_observation_of_its_own(value: Any, expected: float | None) -> None:
    assert item_9(observation(coded("44260-8", LOINC), **value)) == [expected]


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


def test_an_acknowledgement_names_what_who_and_how() -> None:
    held = coded("conversation-held", FINDING)
    fact = only(answer_to_finding("safety-acknowledgement", valueCodeableConcept=held))
    assert isinstance(fact, Response)
    assert (fact.topic, fact.focus, fact.reason, fact.by) == (
        "safety-acknowledgement", "finding", "conversation-held", "Practitioner/t",
    )  # fmt: skip


def test_a_dismissal_of_two_findings_is_two_facts() -> None:
    sent = answer_to_finding(
        "finding-dismissal",
        valueCodeableConcept=coded("already-known", FINDING),
        focus=[
            {"reference": "Observation/a"},
            {"reference": f"{BASE_URL}/Observation/b"},
            {"reference": "https://elsewhere.example/fhir/Observation/c"},
        ],
    )
    found = [f for f in read(sent) if isinstance(f, Response)]
    assert [(f.topic, f.focus, f.reason) for f in found] == [
        ("finding-dismissal", "a", "already-known"),
        ("finding-dismissal", "b", "already-known"),
    ]


def test_an_encounter_becomes_a_session() -> None:
    sent = {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "period": {"start": "2026-05-03T23:30:00Z", "end": "2026-05-04T00:20:00Z"},
        "episodeOfCare": [{"reference": "EpisodeOfCare/c1"}],
    }
    assert only(sent) == Session(
        reference="Encounter/e1",
        effective="2026-05-03T23:30:00Z",
        at=datetime(2026, 5, 3, 23, 30, tzinfo=UTC),
        day=date(2026, 5, 4),
        id="e1",
        episode="c1",
        status="finished",
    )
    assert read(sent | {"status": "entered-in-error"}) == ()
    assert read(sent | {"period": {}}) == ()


@pytest.mark.parametrize(
    ("end", "until"),
    [
        (None, None),
        ("2026-05-31", date(2026, 5, 31)),
        ("2026-05", date(2026, 5, 31)),
        ("2026-05-31T22:30:00Z", date(2026, 6, 1)),
        ("9999-12-31", date(9999, 12, 31)),
    ],
)
def test_an_episode_of_care_ends_with_its_last_day(end: str | None, until: date | None) -> None:
    period = {"start": "2026-01-01"} | ({"end": end} if end else {})
    sent = {"resourceType": "EpisodeOfCare", "id": "c1", "status": "active", "period": period}
    fact = only(sent)
    assert isinstance(fact, Episode)
    assert (fact.id, fact.day, fact.until) == ("c1", date(2026, 1, 1), until)


@pytest.mark.parametrize(
    ("stated", "at", "day"),
    [
        (
            {"effectiveDateTime": "2026-05-03"},
            datetime(2026, 5, 2, 22, tzinfo=UTC),
            date(2026, 5, 3),
        ),
        ({"effectiveDateTime": "2026-05"}, datetime(2026, 4, 30, 22, tzinfo=UTC), date(2026, 5, 1)),
        (
            {"effectiveDateTime": "2026-05-03T01:00:00+05:30"},
            datetime(2026, 5, 2, 19, 30, tzinfo=UTC),
            date(2026, 5, 2),
        ),
        (
            {"effectiveInstant": "2026-05-03T22:30:00Z"},
            datetime(2026, 5, 3, 22, 30, tzinfo=UTC),
            date(2026, 5, 4),
        ),
        (
            {"effectivePeriod": {"start": "2026-05-03T10:00:00Z", "end": "2026-05-04"}},
            datetime(2026, 5, 3, 10, tzinfo=UTC),
            date(2026, 5, 3),
        ),
        (
            {"effectivePeriod": {"end": "2026-05-04T10:00:00Z"}},
            datetime(2026, 5, 4, 10, tzinfo=UTC),
            date(2026, 5, 4),
        ),
    ],
)
def test_a_record_holds_when_it_says_in_the_sites_zone(
    stated: Any, at: datetime, day: date
) -> None:
    fact = only(total("44261-6", 12, effectiveDateTime=None) | stated)
    assert (fact.at, fact.day) == (at, day)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("Encounter/e1", "e1"),
        (f"{BASE_URL}/Encounter/e1", "e1"),
        ("https://elsewhere.example/fhir/Encounter/e1", None),
        ("Patient/p", None),
    ],
)
def test_only_an_encounter_of_ours_is_a_session(reference: str, expected: str | None) -> None:
    fact = only(total("44261-6", 12, encounter={"reference": reference}))
    assert fact.encounter == expected


def test_what_no_rule_reads_gives_no_fact() -> None:
    assert read({"resourceType": "Patient", "id": "p"}) == ()
    assert read(observation(coded("8867-4", LOINC), valueQuantity={"value": 60})) == ()
    assert read(response([], questionnaire="http://example.org/Questionnaire/mine")) == ()
