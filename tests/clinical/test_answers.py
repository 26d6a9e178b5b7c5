"""Answers in every form in which they arrive, and what is said of those that cannot be used."""

from decimal import Decimal
from typing import Any

import pytest

from service.clinical.answers import Reading, instrument_of, read
from service.clinical.catalogue import catalogue
from service.fhir.exact_json import ExactDecimal
from service.fhir.resource import Resource
from tests.clinical.sent import LA, PHQ_9_CODES, integer, item, loinc, phq_9, response

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"
OURS = "https://attune-outcomes.org/fhir/CodeSystem/answer"
EXAMPLE = (2, 2, 2, 2, 1, 1, 2, 0, 0)
"""The answers of the US Core example; they make 12."""


def reading(resource: Resource) -> Reading:
    instrument = instrument_of(resource, catalogue())
    assert instrument is not None
    return read(resource, instrument)


def said(resource: Resource) -> list[tuple[str, str, int | None, bool]]:
    return [(p.message, p.expression, p.item, p.withholds) for p in reading(resource).problems]


def ordinal(code: str, value: Any, url: str = ORDINAL) -> dict[str, Any]:
    extension = [{"url": url, "valueDecimal": value}]
    return {"valueCoding": {"system": "urn:site", "code": code, "extension": extension}}


ACCEPTED: dict[str, dict[str, Any]] = {
    "an integer": integer(2),
    "a decimal": {"valueDecimal": ExactDecimal("2.0")},
    "a decimal without fraction": {"valueDecimal": 2},
    "a quantity": {"valueQuantity": {"value": 2, "unit": "{score}"}},
    "a LOINC answer code": loinc(2),
    "a LOINC answer code without its system": {"valueCoding": {"code": "LA6570-1"}},
    "our own code": {"valueCoding": {"system": OURS, "code": "2"}},
    "any code with an ordinal": ordinal("often", 2),
    "any code with an exact ordinal": ordinal("often", ExactDecimal("2.0")),
    "any code with an item weight": ordinal("often", 2, WEIGHT),
    "a code without a system, with an ordinal": {
        "valueCoding": {
            "display": "More than half the days",
            "extension": [{"url": ORDINAL, "valueDecimal": 2}],
        }
    },
    "a LOINC code with the same ordinal": {
        "valueCoding": {
            "system": "http://loinc.org",
            "code": "LA6570-1",
            "extension": [{"url": ORDINAL, "valueDecimal": 2}],
        }
    },
    "an ordinal on the answer": {
        "valueCoding": {"system": "urn:site", "code": "often"},
        "extension": [{"url": ORDINAL, "valueDecimal": 2}],
    },
}


@pytest.mark.parametrize("form", ACCEPTED)
def test_an_answer_is_read_as(form: str) -> None:
    found = reading(response([item("3", ACCEPTED[form])]))
    assert (found.values, found.problems) == ({3: 2.0}, ())


@pytest.mark.parametrize("link_id", ["3", "44259-0", "/44259-0", "/44249-1/44259-0", "/44259-0/1"])
def test_an_item_is_known_by(link_id: str) -> None:
    found = reading(response([item(link_id, integer(2))]))
    assert (found.values, found.problems) == ({3: 2.0}, ())


@pytest.mark.parametrize(
    "link_id", ["/3", "03", "3 ", "44259-1", "PHQ.3", "", "/", "10", "44249-1/3"]
)
def test_an_unknown_link_id_withholds_the_score(link_id: str) -> None:
    found = reading(response([item(link_id, integer(2))]))
    assert found.values == {}
    assert [p.withholds for p in found.problems] == [True]
    assert f"the linkId '{link_id}' is not known" in found.problems[0].message


@pytest.mark.parametrize(
    "questionnaire",
    [
        "https://attune-outcomes.org/fhir/Questionnaire/phq-9",
        "https://attune-outcomes.org/fhir/Questionnaire/phq-9|1.0.0",
        "http://loinc.org/q/44249-1",
        "http://loinc.org/q/44249-1|2.1",
        "http://hl7.org/fhir/us/core/Questionnaire/phq-9-example",
        "http://hl7.org/fhir/us/core/Questionnaire/phq-9-example|6.1.0",
    ],
)
def test_the_questionnaire_may_be(questionnaire: str) -> None:
    sent = response(phq_9(EXAMPLE), questionnaire=questionnaire)
    assert reading(sent).values == dict(enumerate(map(float, EXAMPLE), start=1))


def us_core(total: Any = 12) -> dict[str, Any]:
    """As the US Core and the behavioural health examples are built."""
    pairs = zip(PHQ_9_CODES, EXAMPLE, strict=True)
    items = [item(f"/{code}", loinc(answer)) for code, answer in pairs]
    items.append(item("/44261-6", {"valueDecimal": total}))
    difficulty = {"system": "http://loinc.org", "code": "LA6573-5"}
    items.append(item("/69722-7", {"valueCoding": difficulty}))
    canonical = "http://hl7.org/fhir/us/core/Questionnaire/phq-9-example|6.1.0"
    return response(items, questionnaire=canonical)


def test_the_us_core_example_is_read_whole_and_its_total_is_not_scored() -> None:
    found = reading(us_core())
    assert found.values == dict(enumerate(map(float, EXAMPLE), start=1))
    assert found.problems == ()


def test_a_total_that_differs_from_ours_is_said_and_withholds_nothing() -> None:
    assert said(us_core(13)) == [
        (
            "PHQ-9 total: the form says 13, its answers make 12; the answers are used.",
            "QuestionnaireResponse.item[9].answer[0]",
            None,
            False,
        )
    ]


def test_a_total_is_compared_to_the_digits_in_which_it_is_given() -> None:
    """Eleven 4s and one 5 make 49 / 12 = 4.0833."""
    answers = [item(str(n), integer(5 if n == 7 else 4)) for n in range(1, 13)]
    ours = "https://attune-outcomes.org/fhir/Questionnaire/wai-sr"
    for given, problems in (("4.08", 0), ("4.1", 0), ("4.0833", 0), ("4.09", 1), ("4.0", 1)):
        total = item("total", {"valueDecimal": ExactDecimal(given)})
        sent = response([*answers, total], questionnaire=ours)
        assert len(said(sent)) == problems, given


@pytest.mark.parametrize("total", ["1E400", "-1e999999", "1e-999999"])
def test_an_absurd_total_is_said_or_passed_over_and_never_fails(total: str) -> None:
    assert all(not p.withholds for p in reading(us_core(ExactDecimal(total))).problems)


def test_a_total_of_a_form_without_a_score_of_ours_is_not_compared() -> None:
    items = [item("/44250-9", loinc(3)), item("/44261-6", integer(20))]
    assert said(response(items)) == []


def test_items_in_groups_and_under_answers_are_flattened() -> None:
    inner = [item("1", integer(1)), {"linkId": "g2", "item": [item("2", integer(2))]}]
    under = item("3", integer(3) | {"item": [item("4", integer(0))]})
    found = reading(response([{"linkId": "/44249-1", "item": inner}, under]))
    assert (found.values, found.problems) == ({1: 1, 2: 2, 3: 3, 4: 0}, ())


@pytest.mark.parametrize(
    "unanswered",
    [
        {"linkId": "9"},
        {"linkId": "9", "answer": []},
        {"linkId": "9", "answer": [{"extension": [{"url": "urn:skipped"}]}]},
        {"linkId": "9", "answer": [{"_valueInteger": {"extension": [{"url": "urn:x"}]}}]},
        {"linkId": "intro", "text": "Over the last two weeks"},
    ],
)
def test_an_item_without_a_value_is_not_answered_and_no_problem(unanswered: Any) -> None:
    found = reading(response([*phq_9(EXAMPLE[:8]), unanswered]))
    assert (9 in found.values, found.problems, found.safety) == (False, (), {})


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "above the range": (integer(4), "the answer 4 is outside 0-3"),
    "below the range": (integer(-1), "the answer -1 is outside 0-3"),
    "a fraction": (
        {"valueDecimal": ExactDecimal("1.5")},
        "the answer 1.5 is not a whole number",
    ),
    "an ordinal above the range": (ordinal("x", 7), "the answer 7 is outside 0-3"),
    "a huge number": ({"valueDecimal": ExactDecimal("1e30")}, "the answer is outside 0-3"),
    "an absurd number": (
        {"valueDecimal": ExactDecimal("1e400")},
        "the answer cannot be read as a number",
    ),
    "an unknown code": (
        {"valueCoding": {"system": "http://loinc.org", "code": "LA6572-7"}},
        "the code of the answer is not known",
    ),
    "a LOINC code of another system": (
        {"valueCoding": {"system": "urn:site", "code": "LA6570-1"}},
        "the code of the answer is not known",
    ),
    "a code and an ordinal that differ": (
        {
            "valueCoding": loinc(1)["valueCoding"]
            | {"extension": [{"url": ORDINAL, "valueDecimal": 2}]}
        },
        "the answer's code and its ordinal value differ",
    ),
    "text": ({"valueString": "several days"}, "the answer is text"),
    "a number as text": ({"valueString": "2"}, "the answer is text"),
    "yes": ({"valueBoolean": True}, "the answer is yes or no"),
    "no": ({"valueBoolean": False}, "the answer cannot be read as a number or a code"),
    "a date": ({"valueDate": "2026-05-03"}, "the answer cannot be read as a number or a code"),
    "a bound": (
        {"valueQuantity": {"value": 2, "comparator": ">="}},
        "the answer is a bound, not a number",
    ),
    "a quantity without a value": (
        {"valueQuantity": {"unit": "{score}"}},
        "the answer cannot be read as a number",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_answer_that_cannot_be_used_is_said_by_item(name: str) -> None:
    answer, fault = WRONG[name]
    items = phq_9(EXAMPLE)
    items[2] = item("3", answer)
    assert said(response(items)) == [
        (
            f"Patient Health Questionnaire (PHQ-9), item 3: {fault}; no score.",
            "QuestionnaireResponse.item[2].answer[0]",
            3,
            True,
        )
    ]
    assert 3 not in reading(response(items)).values


@pytest.mark.parametrize(
    "items",
    [
        [item("3", integer(1), integer(2))],
        [item("3", integer(1)), item("3", integer(1))],
        [item("3", integer(1)), item("/44259-0", loinc(1))],
    ],
)
def test_two_answers_to_one_item_are_one_problem(items: Any) -> None:
    found = reading(response(items))
    assert found.values == {}
    assert [p.message for p in found.problems] == [
        "Patient Health Questionnaire (PHQ-9), item 3: there is more than one answer; no score."
    ]


@pytest.mark.parametrize(
    ("answers", "least"),
    [
        ([integer(4)], 4),
        ([integer(0), integer(2)], 2),
        ([integer(0), integer(0)], 0),
        ([{"valueDecimal": ExactDecimal("0.5")}], 1),
        ([{"valueDecimal": ExactDecimal("1.5")}], 2),
        ([{"valueString": "2"}], 2),
        ([{"valueBoolean": True}], 1),
        ([{"valueQuantity": {"value": 1, "comparator": ">"}}], 1),
        ([WRONG["a code and an ordinal that differ"][0]], 2),
        ([{"valueString": "often"}, integer(3)], 3),
    ],
)
def test_what_can_be_read_of_item_9_is_kept_for_safety(answers: Any, least: float) -> None:
    found = reading(response([*phq_9(EXAMPLE[:8]), item("9", *answers)]))
    assert 9 not in found.values
    assert found.safety == {9: least}


@pytest.mark.parametrize(
    "answer",
    [
        integer(-1),
        {"valueString": "often"},
        {"valueQuantity": {"value": 1, "comparator": "<"}},
        {"valueBoolean": False},
    ],
)
def test_what_says_nothing_about_item_9_is_not_turned_into_a_number(answer: Any) -> None:
    found = reading(response([*phq_9(EXAMPLE[:8]), item("9", answer)]))
    assert (found.safety, [p.item for p in found.problems]) == ({}, [9])


def test_a_problem_elsewhere_leaves_item_9_as_it_is() -> None:
    found = reading(response([*phq_9((7, 2, 2, 2, 1, 1, 2, 0, 3))]))
    assert (found.values[9], found.safety) == (3, {})


@pytest.mark.parametrize(("total", "least"), [(25, 1), (26, 2), (27, 3)])
def test_the_total_of_the_form_proves_an_item_9_that_is_missing(total: int, least: int) -> None:
    found = reading(response([*phq_9((3,) * 8), item("total", integer(total))]))
    assert found.safety == {9: least}


def test_the_total_of_the_form_outweighs_a_lower_item_9() -> None:
    found = reading(response([*phq_9((3,) * 8 + (0,)), item("total", integer(26))]))
    assert (found.values[9], found.safety) == (0, {9: 2})


@pytest.mark.parametrize("total", [24, 28, 300])
def test_a_total_that_proves_nothing_says_nothing_about_item_9(total: int) -> None:
    assert reading(response([*phq_9((3,) * 8), item("total", integer(total))])).safety == {}


@pytest.mark.parametrize(
    ("value", "readable"),
    [("5", True), ("5.5", True), ("10", True), ("10.0", True), ("5.45", False), ("10.1", False)],
)
def test_a_line_of_the_ors_is_read_to_a_tenth(value: str, readable: bool) -> None:
    ours = "https://attune-outcomes.org/fhir/Questionnaire/ors"
    answer = {"valueDecimal": ExactDecimal(value)}
    found = reading(response([item("1", answer)], questionnaire=ours))
    assert (found.values == {1: float(Decimal(value))}) is readable


def lhc_forms(codes: Any = PHQ_9_CODES) -> dict[str, Any]:
    """As LHC-Forms exports a form without a canonical: no questionnaire, codes without system."""
    items = [item(f"/{code}", {"valueCoding": {"code": LA[1]}}) for code in codes]
    return response(items, questionnaire=None)


def test_a_form_without_a_questionnaire_is_known_by_the_codes_of_all_its_items() -> None:
    assert reading(lhc_forms()).values == dict.fromkeys(range(1, 10), 1.0)


def test_a_form_without_a_questionnaire_and_without_all_items_is_unknown() -> None:
    assert instrument_of(lhc_forms(PHQ_9_CODES[:8]), catalogue()) is None
    assert instrument_of(response(phq_9(EXAMPLE), questionnaire=None), catalogue()) is None


def test_a_questionnaire_that_is_named_and_unknown_stays_unknown() -> None:
    sent = lhc_forms() | {"questionnaire": "http://example.org/Questionnaire/mine"}
    assert instrument_of(sent, catalogue()) is None


def test_a_phq_9_with_its_short_total_and_its_difficulty_is_scored() -> None:
    extra = [item("/55758-7", integer(4)), item("difficulty", {"valueString": "somewhat"})]
    assert reading(response([*phq_9(EXAMPLE), *extra])).problems == ()
