"""PHQ-9 item 9: a review from 1, the same day from 2; totals 25, 26, 27 prove 1, 2, 3."""

from dataclasses import replace

import pytest

from service.clinical import facts
from service.clinical.choices import Choices
from tests.clinical.patient_facts import (
    ENGINE,
    answer_to,
    derived,
    form,
    of,
    one,
    part,
    parts,
    phq9,
    ready_made,
    remark,
    says,
    sources,
    value,
    wai,
    week,
)

RULE = "safety-review"


def item9(number: float, answer: float, **more: object) -> facts.Answers:
    return form("phq-9", number, dict.fromkeys(range(1, 9), 1.0) | {9: answer}, **more)


def lone(number: float, answer: float | None, **more: object) -> facts.SafetyAnswer:
    return facts.SafetyAnswer(
        reference=more.pop("reference", f"Observation/item9-{number:g}"),
        instrument="phq-9",
        item=9,
        value=answer,
        **week(number),
        **more,
    )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (1, "conversation-next-contact"),
        (2, "conversation-same-day"),
        (3, "conversation-same-day"),
    ],
)
def test_any_answer_from_1_opens_a_review(answer: int, expected: str) -> None:
    found = one(RULE, item9(1, answer))
    assert value(found) == expected
    assert part(found, "answer") == answer
    assert part(found, "threshold") == 1
    assert part(found, "item") == 9


def test_an_answer_of_0_opens_none() -> None:
    assert of(RULE, item9(1, 0)) == []


def test_the_text_asks_for_a_conversation_and_calls_nothing_a_risk() -> None:
    assert says(one(RULE, item9(1, 2))) == (
        "PHQ-9 item 9 (thoughts of being better off dead or of self-harm) was answered 2 on "
        "5 January 2026 (threshold 1): needs a conversation the same day."
    )
    assert says(one(RULE, item9(1, 1))).endswith(
        "needs a conversation at the next contact, at the latest the same day."
    )


def test_it_needs_nothing_else_of_the_form() -> None:
    assert value(one(RULE, form("phq-9", 1, {9: 1.0}))) == "conversation-next-contact"


def test_a_form_still_being_filled_in_opens_it_at_once() -> None:
    found = one(RULE, form("phq-9", 1, {9: 3.0}, usable="safety-only"))
    assert value(found) == "conversation-same-day"
    assert of(RULE, form("phq-9", 1, {1: 1.0}, usable="safety-only")) == []


def test_problems_elsewhere_in_the_form_do_not_hide_it() -> None:
    given = item9(1, 2, problems=("PHQ-9, item 1: two answers; no score.",), problem_items=(1,))
    assert value(one(RULE, given)) == "conversation-same-day"


def test_a_form_without_a_date_opens_it() -> None:
    found = one(RULE, item9(1, 2, dated=False, effective=""))
    assert value(found) == "conversation-same-day"
    assert "effectiveDateTime" not in found
    assert "was answered 2 on an unknown day" in says(found)


def test_an_unanswered_item_is_shown_and_never_0() -> None:
    found = one(RULE, form("phq-9", 1, dict.fromkeys(range(1, 9), 0.0)))
    assert value(found) == "item-not-answered"
    assert parts(found, "answer") == []
    assert "was not answered on 5 January 2026" in says(found)


def test_an_answer_that_cannot_be_read_is_shown() -> None:
    given = form("phq-9", 1, {1: 1.0}, problems=("Item 9: x.",), problem_items=(9,))
    assert "could not be read" in says(one(RULE, given))
    assert "could not be read" in says(one(RULE, lone(1, None)))


def test_what_is_read_of_an_unusable_answer_outweighs_that_it_is_unusable() -> None:
    unusable = form("phq-9", 1, {1: 1.0}, problems=("Item 9: x.",), problem_items=(9,))
    read = lone(1, 2.0, reference=unusable.reference)
    assert value(one(RULE, unusable, read)) == "conversation-same-day"


def test_the_item_as_an_observation_of_its_own_counts() -> None:
    found = one(RULE, lone(1, 1.0))
    assert sources(found) == ["Observation/item9-1"]
    assert of(RULE, lone(1, 0.0)) == []


def test_a_ready_made_total_without_its_item_says_so() -> None:
    found = one(RULE, ready_made(1, "phq-9", 14))
    assert value(found) == "item-not-received"
    assert says(found).startswith("A PHQ-9 total of 14 on 5 January 2026 came without the answer")


@pytest.mark.parametrize(
    ("total", "least", "expected"),
    [
        (25, 1, "conversation-next-contact"),
        (26, 2, "conversation-same-day"),
        (27, 3, "conversation-same-day"),
    ],
)
def test_the_highest_totals_prove_the_answer(total: int, least: int, expected: str) -> None:
    found = one(RULE, ready_made(1, "phq-9", total))
    assert value(found) == expected
    assert part(found, "answer") == least
    assert f"answered at least {least}" in says(found)
    assert value(one(RULE, ready_made(1, "phq-9", 24))) == "item-not-received"


def test_a_total_whose_item_came_with_it_or_that_day_is_not_missing_it() -> None:
    total = ready_made(1, "phq-9", 14)
    assert of(RULE, total, lone(1, 0.0, reference=total.reference)) == []
    assert of(RULE, total, lone(1, 0.0)) == []
    assert of(RULE, total, phq9(1, 14)) == []
    assert len(of(RULE, total, lone(2, 0.0))) == 1


def test_a_proof_adds_nothing_to_an_answer_that_says_as_much() -> None:
    total = ready_made(1, "phq-9", 26)
    assert sources(one(RULE, total, lone(1, 2.0))) == ["Observation/item9-1"]
    assert len(of(RULE, total, lone(1, 1.0))) == 2


def test_a_ready_made_gad_7_has_no_such_item() -> None:
    assert of(RULE, ready_made(1, "gad-7", 14)) == []


def test_a_later_0_and_the_end_of_the_course_close_nothing() -> None:
    ended = remark(3, "course-ending", "agreed-ending")
    later = (item9(2, 0), ended, item9(60, 0))
    assert value(one(RULE, item9(1, 2), *later)) == "conversation-same-day"


def test_every_form_has_a_review_of_its_own() -> None:
    same_session = item9(1, 1, reference="QuestionnaireResponse/other")
    assert len(of(RULE, item9(1, 2), same_session, item9(2, 1))) == 3


def test_an_acknowledgement_closes_it_and_says_who_and_when() -> None:
    raised = item9(1, 2)
    answered = answer_to(one(RULE, raised), "safety-acknowledgement", 1, by="Practitioner/7")
    found = one(RULE, raised, answered)
    assert value(found) == "acknowledged"
    assert part(found, "acknowledgement") == "2026-01-05T12:00:00+00:00"
    assert part(found, "acknowledged-by") == "Practitioner/7"
    assert part(found, "due") == "conversation-same-day"
    assert says(found).endswith("Acknowledged on 5 January 2026 by Practitioner/7.")
    assert answered.reference in sources(found)
    assert found["effectiveDateTime"] == "2026-01-05T10:00:00+00:00"
    assert found["id"] == one(RULE, raised)["id"]


def test_an_acknowledgement_of_one_review_leaves_the_others_open() -> None:
    first, second = item9(1, 2), item9(2, 1)
    answered = answer_to(one(RULE, first), "safety-acknowledgement", 2)
    found = of(RULE, first, second, answered)
    assert [value(f) for f in found] == ["acknowledged", "conversation-next-contact"]


def test_an_acknowledgement_dated_before_the_answer_is_not_about_it() -> None:
    raised = item9(2, 2)
    answered = answer_to(one(RULE, raised), "safety-acknowledgement", 1)
    assert value(one(RULE, raised, answered)) == "conversation-same-day"


def test_of_several_acknowledgements_the_first_is_named() -> None:
    raised = item9(1, 2)
    later = answer_to(one(RULE, raised), "safety-acknowledgement", 3, by="Practitioner/8")
    first = answer_to(one(RULE, raised), "safety-acknowledgement", 2, by="Practitioner/7")
    assert part(one(RULE, raised, later, first), "acknowledged-by") == "Practitioner/7"


def test_a_dismissal_stays_in_the_record_and_closes_no_review() -> None:
    raised = item9(1, 2)
    dismissal = answer_to(one(RULE, raised), "finding-dismissal", 1, reason="already-known")
    found = one(RULE, raised, dismissal)
    assert value(found) == "conversation-same-day"
    assert part(found, "dismissal") == "already-known"
    assert says(found).endswith(
        "Dismissed on 5 January 2026: already known. Open until a person acknowledges it."
    )


def test_a_dismissal_of_an_acknowledged_review_says_nothing_of_it_being_open() -> None:
    raised = item9(1, 2)
    review = one(RULE, raised)
    answers = (
        answer_to(review, "safety-acknowledgement", 1, by="Practitioner/7"),
        answer_to(review, "finding-dismissal", 1, reason="already-known"),
    )
    found = one(RULE, raised, *answers)
    assert value(found) == "acknowledged"
    assert says(found).endswith("Dismissed on 5 January 2026: already known.")


def test_a_review_keeps_its_place_when_a_late_record_moves_the_course() -> None:
    raised = item9(30, 2)
    alone = one(RULE, raised)
    joined = one(RULE, wai(10, 48), raised, wai(20, 48))
    assert joined["id"] == alone["id"]


def test_a_patient_without_any_session_still_has_the_review() -> None:
    assert len(derived(form("phq-9", 1, {9: 1.0}, usable="safety-only"))) == 1


THREE_DAYS = replace(ENGINE, choices=Choices(contact_days=3))
"""A site with `ATTUNE_SAFETY_CONTACT_DAYS=3`; the forms are of 5 January 2026."""


def test_without_a_limit_of_the_site_everything_is_due_the_same_day_at_the_latest() -> None:
    for answer in (1, 2):
        assert part(one(RULE, item9(1, answer)), "due-by") == "2026-01-05"


def test_a_site_sets_within_how_many_days_the_next_contact_is_due() -> None:
    found = one(RULE, item9(1, 1), engine=THREE_DAYS)
    assert (value(found), part(found, "due-by")) == ("conversation-next-contact", "2026-01-08")
    assert says(found).endswith(
        "needs a conversation at the next contact, at the latest within 3 days (by 8 January 2026)."
    )
    one_day = replace(ENGINE, choices=Choices(contact_days=1))
    assert "at the latest within 1 day (by 6 January 2026)" in says(
        one(RULE, item9(1, 1), engine=one_day)
    )


def test_what_is_due_the_same_day_takes_no_limit_of_the_site() -> None:
    found = one(RULE, item9(1, 2), engine=THREE_DAYS)
    assert (value(found), part(found, "due-by")) == ("conversation-same-day", "2026-01-05")
    assert says(found).endswith("needs a conversation the same day.")


def test_a_form_without_a_date_takes_no_limit_of_the_site() -> None:
    undated = item9(1, 1, dated=False, effective="")
    found = one(RULE, undated, engine=THREE_DAYS)
    assert parts(found, "due-by") == []
    assert says(found).endswith("at the next contact, at the latest the same day.")


def test_an_item_that_was_not_answered_is_due_on_no_day() -> None:
    assert parts(one(RULE, phq9(1)), "due-by") == []


@pytest.mark.parametrize(
    ("scale", "total", "answer"),
    [("core-10", 36, None), ("core-10", 36.7, 1), ("core-10", 37, 1), ("phq-9", 24.5, 1)],
)
def test_any_total_above_what_the_other_items_can_reach_proves_an_answer(
    scale: str, total: float, answer: int | None
) -> None:
    """Nine items of 0 to 4 reach 36 without item 6, eight of 0 to 3 reach 24 without item 9."""
    found = one(RULE, ready_made(1, scale, total))
    assert parts(found, "answer") == ([] if answer is None else [answer])
