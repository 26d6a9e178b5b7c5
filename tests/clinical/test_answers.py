"""Responses of every maker, read as answers to an instrument."""

from typing import Any

import pytest

from service.clinical.answers import Reading, instrument_of, read
from service.clinical.catalogue import catalogue
from service.fhir.exact_json import ExactDecimal
from service.fhir.resource import Resource
from tests.clinical.sent import LA, PHQ_9_CODES, integer, item, loinc, phq_9, response

EXAMPLE = (2, 2, 2, 2, 1, 1, 2, 0, 0)


def reading(resource: Resource) -> Reading:
    instrument = instrument_of(resource, catalogue())
    assert instrument is not None
    return read(resource, instrument)


def said(resource: Resource) -> list[tuple[str, str, int | None, bool]]:
    return [(p.message, p.expression, p.item, p.withholds) for p in reading(resource).problems]


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


@pytest.mark.parametrize(
    ("form", "high", "scores"),
    [
        ("phq-9", 3, {"total": 27, "phq-9-core": 6}),
        ("pcl-5", 4, {"total": 80, "pcl-5-b": 20, "pcl-5-c": 8, "pcl-5-d": 28, "pcl-5-e": 24}),
        ("dass-21", 3, {f"dass-21-{s}": 42 for s in ("depression", "anxiety", "stress")}),
        ("erq", 7, {"erq-reappraisal": 7, "erq-suppression": 7}),
    ],
)
def test_a_form_of_ours_that_calculated_its_scores_is_read_without_a_word(
    form: str, high: int, scores: dict[str, int]
) -> None:
    asked = catalogue().by_id[form].items
    items = [item(str(i.number), integer(high)) for i in asked]
    items += [item(link_id, integer(points)) for link_id, points in scores.items()]
    ours = f"https://attune-outcomes.org/fhir/Questionnaire/{form}"
    found = reading(response(items, questionnaire=ours))
    assert found.problems == ()
    assert found.values == {i.number: high for i in asked}


def test_a_total_that_a_form_calculated_is_compared_and_a_subscale_is_not() -> None:
    """The answers make 12, and 4 for the items 1 and 2."""
    calculated = [item("total", integer(12)), item("phq-9-core", integer(5))]
    assert said(response([*phq_9(EXAMPLE), *calculated])) == []
    wrong = [item("total", integer(13)), item("phq-9-core", integer(4))]
    ((message, _, _, withholds),) = said(response([*phq_9(EXAMPLE), *wrong]))
    assert message.startswith("PHQ-9 total: the form says 13")
    assert not withholds


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


def test_many_unknown_link_ids_are_counted_and_no_item_is_lost_among_them() -> None:
    items = [item(f"x{n}" * 40, integer(1)) for n in range(1000)]
    found = reading(response([*items, *phq_9((7, 1, 1, 1, 1, 1, 1, 1, 4))]))
    assert [p.item for p in found.problems if p.item] == [1, 9]
    assert len(found.problems) == 23
    assert found.problems[20].message.endswith("980 linkIds more are not known.")
    assert all(len(p.message) < 160 for p in found.problems)
    assert found.safety == {9: 4}


def test_several_totals_of_one_form_are_each_compared() -> None:
    totals = [item("total", integer(n)) for n in (12, 13, 14)]
    assert len(said(response([*phq_9(EXAMPLE), *totals]))) == 2
