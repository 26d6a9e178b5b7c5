"""What the rules read of each resource, and that no answer that calls for a person is lost."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.clinical import reading
from service.clinical.canonical import LOINC
from service.clinical.catalogue import catalogue
from service.clinical.facts import (
    Answers,
    AnyFact,
    Episode,
    Facts,
    SafetyAnswer,
    Session,
    Total,
    decode,
    encode,
)
from service.fhir.resource import Resource
from tests.clinical.sent import (
    BASE_URL,
    LA,
    PHQ_9_CODES,
    coded,
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
    found = reading.facts(resource, zone=VIENNA, base_url=BASE_URL, known=catalogue())
    assert decode(encode(found)) == found
    return found


def item_9(resource: Resource) -> list[float | None]:
    return [f.value for f in read(resource) if isinstance(f, SafetyAnswer)]


def only(resource: Resource) -> AnyFact:
    (found,) = read(resource)
    return found


def totals(resource: Resource) -> list[tuple[str, float]]:
    return [(f.scale, f.value) for f in read(resource) if isinstance(f, Total)]


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


def test_the_greatest_of_many_answers_to_item_9_of_an_unknown_questionnaire_is_heard() -> None:
    items = [
        item("/44260-8", {"valueString": "often"}),
        *(item("/44260-8", loinc(n)) for n in (2, 0)),
    ]
    assert item_9(response(items, questionnaire="http://example.org/q")) == [2]
    assert item_9(response(items[:1], questionnaire="http://example.org/q")) == [None]


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


def test_a_safety_item_in_the_form_of_another_instrument_is_heard() -> None:
    """A clinic adds item 9 of the PHQ-9, by its LOINC code, to a form that does not ask it."""
    gad_7 = "https://attune-outcomes.org/fhir/Questionnaire/gad-7"
    answers = [item(str(number), integer(1)) for number in range(1, 8)]
    sent = response([*answers, item("44260-8", loinc(2))], questionnaire=gad_7)
    assert item_9(sent) == [2]
    assert item_9(response(answers, questionnaire=gad_7)) == []
