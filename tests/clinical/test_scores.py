from datetime import timedelta

from service.clinical import facts
from tests.clinical.patient_facts import (
    codes,
    derived,
    form,
    moment,
    of,
    one,
    part,
    parts,
    phq9,
    ready_made,
    says,
    value,
    wai,
    week,
)

TOTAL = "44261-6"


def test_a_response_becomes_one_score_for_each_scale() -> None:
    # 2 + 2 + 2 + 2 + 1 + 1 + 2 + 0 + 0 = 12; items 1 and 2: 4.
    answers = dict(enumerate((2.0, 2.0, 2.0, 2.0, 1.0, 1.0, 2.0, 0.0, 0.0), start=1))
    given = form("phq-9", 1, answers)
    assert value(one(TOTAL, given)) == 12
    assert value(one("phq-9-core", given)) == 4


def test_two_missing_items_are_replaced_and_rounded_half_up() -> None:
    # Seven answers, sum 10, make 10 / 7 * 9 = 12.857..., 13.
    answers = {1: 2.0, 2: 2.0, 3: 2.0, 4: 2.0, 5: 1.0, 6: 1.0, 9: 0.0}
    assert value(one(TOTAL, form("phq-9", 1, answers))) == 13


def test_a_missing_item_9_gives_no_total_and_never_0() -> None:
    answers = dict.fromkeys(range(1, 9), 1.0)
    score = one(TOTAL, form("phq-9", 1, answers))
    assert value(score) is None
    assert score["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert "Item 9 was not answered" in says(score)


def test_an_empty_form_gives_no_score() -> None:
    score = one(TOTAL, form("phq-9", 1, {9: 0.0}))
    assert value(score) is None
    assert "Not answered: 8 of 9 items; at most 2 may be missing" in says(score)


def test_an_answer_that_cannot_be_used_withholds_the_score_and_is_named() -> None:
    given = phq9(1, 8, problems=("PHQ-9, item 3: the answer 7 is outside 0 to 3; no score.",))
    score = one(TOTAL, given)
    assert value(score) is None
    assert score["dataAbsentReason"]["coding"][0]["code"] == "error"
    assert "item 3" in says(score)


def test_an_unfinished_form_has_no_score() -> None:
    assert derived(phq9(1, 8, usable="safety-only")) == []


def test_a_form_without_a_date_has_no_score() -> None:
    assert of(TOTAL, phq9(1, 8, dated=False)) == []


def test_a_ready_made_total_is_used_where_it_is_and_not_copied() -> None:
    given = (ready_made(1, "gad-7", 12), ready_made(2, "gad-7", 8))
    assert of("70274-6", *given) == []
    change = one("reliable-change", *given)
    assert value(change) == "reliably-improved"
    assert [source["reference"] for source in change["derivedFrom"]] == [
        "Observation/total-gad-7-1",
        "Observation/total-gad-7-2",
    ]


def test_a_ready_made_total_outside_its_range_is_not_used() -> None:
    assert of("reliable-change", ready_made(1, "gad-7", 22)) == []


def test_of_two_complete_forms_in_one_session_the_later_counts() -> None:
    given = (
        phq9(1, 10),
        phq9(2, 16, reference="QuestionnaireResponse/z", **week(2, 9)),
        phq9(2, 11, reference="QuestionnaireResponse/a", **week(2, 15)),
    )
    assert part(one("reliable-change", *given), "latest-score") == 11
    assert len(of(TOTAL, *given)) == 3


def test_of_two_at_the_same_moment_the_greater_id_counts() -> None:
    given = (
        form("gad-7", 1, dict.fromkeys(range(1, 8), 1.0)),
        ready_made(2, "gad-7", 3, reference="Observation/a"),
        ready_made(2, "gad-7", 14, reference="Observation/b"),
    )
    assert part(one("reliable-change", *given), "latest-score") == 14


def test_a_form_counts_before_a_ready_made_total_even_when_that_is_later() -> None:
    later = ready_made(2, "phq-9", 20, **week(2, 18))
    given = (phq9(1, 10), phq9(2, 11), later)
    assert part(one("reliable-change", *given), "latest-score") == 11


def test_a_later_form_without_a_score_does_not_displace_one_that_has_it() -> None:
    later = form("phq-9", 2, {9: 0.0}, reference="QuestionnaireResponse/z", **week(2, 18))
    assert part(one("reliable-change", phq9(1, 10), phq9(2, 11), later), "latest-score") == 11


def test_the_wai_sr_survives_one_missing_item_in_each_subscale() -> None:
    answers = {item: 4.0 for item in range(1, 13) if item not in (1, 4, 3)}
    assert value(one("wai-sr", form("wai-sr", 1, answers))) == 4
    answers = {item: 4.0 for item in range(1, 13) if item not in (1, 2)}
    assert value(one("wai-sr", form("wai-sr", 1, answers))) is None


def test_a_mean_keeps_nine_digits() -> None:
    # 43 / 12 = 3.5833333...
    assert value(one("wai-sr", wai(1, 43))) == 3.58333333


def test_an_srs_total_of_exactly_36_is_not_labelled_and_one_below_is() -> None:
    assert parts(one("srs", form("srs", 1, dict.fromkeys(range(1, 5), 9.0))), "ask-below") == []
    low = one("srs", form("srs", 1, {1: 9.0, 2: 9.0, 3: 9.0, 4: 8.9}))
    assert part(low, "ask-below") == 36
    assert parts(low, "ask-item-below") == [4]


def test_scores_of_scales_that_do_not_ask_about_suicide_say_so() -> None:
    score = one("gad-7", form("gad-7", 1, dict.fromkeys(range(1, 8), 0.0)))
    assert says(score) == (
        "GAD-7 total on 5 January 2026: 0 (range 0 to 21). GAD-7 does not ask about suicide."
    )


def test_a_score_with_replaced_items_says_how_many() -> None:
    # (7 * 1) * 9 / 7 = 9, of seven answers.
    answers = dict.fromkeys(range(3, 9), 1.0) | {9: 1.0}
    score = one(TOTAL, form("phq-9", 1, answers))
    assert value(score) == 9
    assert part(score, "items-not-answered") == 2
    assert says(score) == (
        "PHQ-9 total on 5 January 2026: 9 (range 0 to 27). 2 of 9 items not answered, taken as the "
        "mean of the others. Item 9 was answered 1: needs a conversation."
    )
    complete = one(TOTAL, form("phq-9", 1, dict.fromkeys(range(1, 10), 1.0)))
    assert parts(complete, "items-not-answered") == []


def test_an_unanswered_safety_item_is_said_once_and_not_as_unreadable() -> None:
    without = form("phq-9", 1, dict.fromkeys(range(1, 9), 1.0))
    assert says(one(TOTAL, without)) == (
        "PHQ-9 total on 5 January 2026: no score. Item 9 was not answered, and it is never "
        "estimated."
    )
    assert says(one("phq-9-core", without)) == (
        "PHQ-9 items 1 and 2 on 5 January 2026: 2 (range 0 to 6). Item 9 was not answered."
    )


def test_an_unanswered_safety_item_is_said_beside_another_fault_of_the_form() -> None:
    problem = "PHQ-9, item 1: the answer is text; no score."
    unread = form("phq-9", 1, {2: 1.0}, problems=(problem,), problem_items=(1,))
    assert says(one(TOTAL, unread)).endswith("Item 9 was not answered.")


def test_an_unreadable_safety_item_is_said_to_be_so() -> None:
    problem = "PHQ-9, item 9: the answer is text; no score."
    unread = form("phq-9", 1, {1: 1.0, 2: 1.0}, problems=(problem,), problem_items=(9,))
    assert says(one("phq-9-core", unread)).endswith("The answer to item 9 could not be read.")


def test_a_low_total_names_the_safety_item_it_hides() -> None:
    answers = dict.fromkeys(range(1, 9), 0.0) | {9: 1.0}
    score = one(TOTAL, form("phq-9", 1, answers))
    assert value(score) == 1
    assert "Item 9 was answered 1: needs a conversation." in says(score)


def test_scores_of_one_course_come_from_its_own_forms() -> None:
    day = week(1)["day"] + timedelta(days=400)
    late = phq9(1, 20, reference="QuestionnaireResponse/late", **moment(day))
    found = of("reliable-change", phq9(1, 10), late)
    assert [parts(f, "scores-used") for f in found] == [[1], [1]]


def test_an_unknown_instrument_is_not_scored() -> None:
    unknown = facts.Answers(
        reference="QuestionnaireResponse/x", instrument="none-such", values={1: 1.0}, **week(1)
    )
    assert [codes(o) for o in derived(unknown)] == [{"course"}]


def test_an_answer_that_an_earlier_definition_took_gives_no_score_and_is_said() -> None:
    """Until `rederive` reads the form again, what was read of it by that definition stands."""
    score = one(TOTAL, form("phq-9", 1, dict.fromkeys(range(1, 10), 1.0) | {3: 4.0}))
    assert score["dataAbsentReason"]["coding"][0]["code"] == "error"
    assert "Item 3 was answered 4, outside 0-3." in says(score)
