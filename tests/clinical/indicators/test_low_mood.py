"""PHQ-9 symptoms without reported low mood: experimental, and off unless a site turns it on.

Answers 2,0,2,2,2,1,1,0,0 have a total of 10, item 1 at 2, item 2 at 0 and three of items 3 to 8 at
2; 3,1,2,2,3,2,1,1,0 a total of 15.
"""

from dataclasses import replace

import pytest

from service.clinical import facts
from service.clinical.choices import Choices
from service.clinical.derive import Derivation
from service.clinical.indicators.depressive_symptoms_without_reported_low_mood import (
    INDICATOR,
    RULE,
)
from tests.clinical.patient_facts import (
    ENGINE,
    charts,
    expressed,
    form,
    met,
    of,
    one,
    part,
    parts,
    ready_made,
    remark,
    says,
    sources,
    value,
    week,
)

ON = replace(ENGINE, choices=Choices(optional=frozenset({RULE})))
TEN = (2, 0, 2, 2, 2, 1, 1, 0, 0)
FIFTEEN = (3, 1, 2, 2, 3, 2, 1, 1, 0)


def given(session: float, answers: tuple[int | None, ...], **more: object) -> facts.Answers:
    values = {n: float(a) for n, a in enumerate(answers, start=1) if a is not None}
    return form("phq-9", session, values, **more)


def shown(*records: facts.AnyFact, engine: Derivation = ON) -> bool:
    return value(one(RULE, *records, engine=engine)) == "pattern-shown"


def test_it_is_off_unless_a_site_turns_it_on() -> None:
    assert of(RULE, given(1, FIFTEEN)) == []


def test_one_form_with_a_total_of_15_is_enough() -> None:
    found = one(RULE, given(1, FIFTEEN), engine=ON)
    assert value(found) == "pattern-shown"
    assert part(found, "total") == 15
    assert (part(found, "item-1"), part(found, "item-2")) == (3, 1)
    assert part(found, "items-at-or-above") == 4
    assert part(found, "threshold") == 15
    assert parts(found, "days-between") == []
    assert sources(found) == ["QuestionnaireResponse/phq-9-1"]
    assert says(found) == (
        "PHQ-9 on 5 January 2026: total 15 (threshold 15), item 1 answered 3 (at least 2), item 2 "
        "answered 1 (at most 1), 4 of items 3 to 8 answered 2 or more (at least 3). An "
        "experimental rule that has not been validated. Consider a closer evaluation, or a "
        "referral."
    )


@pytest.mark.parametrize(("days", "expected"), [(6, False), (7, True), (60, True), (61, False)])
def test_two_forms_7_to_60_days_apart_are_enough(days: int, expected: bool) -> None:
    later = given(1 + days / 7, TEN)
    assert shown(given(1, TEN), later) is expected
    assert not shown(later)


@pytest.mark.parametrize(
    "answers",
    [
        (2, 0, 2, 2, 2, 1, 0, 0, 0),  # total 9
        (2, 2, 2, 2, 2, 0, 0, 0, 0),  # item 2 at 2
        (1, 1, 2, 2, 2, 1, 1, 0, 0),  # item 1 at 1
        (3, 1, 2, 2, 1, 1, 1, 1, 0),  # two of items 3 to 8 at 2
        (3, 1, 2, 2, 1, 1, 1, 1, 3),  # item 9 is none of items 3 to 8
    ],
)
def test_every_condition_is_needed_on_both_forms(answers: tuple[int, ...]) -> None:
    assert shown(given(1, TEN), given(3, TEN))
    assert not shown(given(1, TEN), given(3, answers))
    assert not shown(given(1, answers), given(3, TEN))


@pytest.mark.parametrize("place", range(9))
def test_a_form_with_an_unanswered_item_does_not_count(place: int) -> None:
    answers = (*FIFTEEN[:place], None, *FIFTEEN[place + 1 :])
    found = one(RULE, given(1, answers), engine=ON)
    assert value(found) is None
    assert says(found) == "0 PHQ-9 forms of 1 with all nine items answered that the rule needs."


def test_totals_that_arrive_ready_made_do_not_count() -> None:
    found = one(RULE, ready_made(1, "phq-9", 16), engine=ON)
    assert value(found) is None


def test_tears_are_no_input() -> None:
    tears = (expressed(1, "tears"), expressed(2, "none"), remark(1, "pace-wish", "stop"))
    before = one(RULE, given(1, FIFTEEN), engine=ON)
    assert one(RULE, given(1, FIFTEEN), *tears, engine=ON) == before
    assert not shown(given(1, TEN), *tears)


def test_it_stands_for_the_latest_form_that_meets_it_with_the_latest_partner() -> None:
    found = one(RULE, given(1, TEN), given(3, TEN), given(6, TEN), given(8, (0,) * 9), engine=ON)
    assert sources(found) == ["QuestionnaireResponse/phq-9-3", "QuestionnaireResponse/phq-9-6"]
    assert part(found, "days-between") == 21
    assert part(found, "threshold") == 10
    assert part(found, "forms-since") == 1
    assert "and likewise on 19 January 2026, 21 days before (7 to 60)" in says(found)
    assert "1 later form does not meet it." in says(found)


def test_it_expires_30_days_after_the_form_which_is_a_date_in_it() -> None:
    assert part(one(RULE, given(1, FIFTEEN), engine=ON), "valid-until") == "2026-02-04"


def test_no_form_that_meets_it_is_said_with_what_is_open_in_the_record() -> None:
    found = one(RULE, given(1, (0, 0, 0, 0, 0, 0, 0, 0, 1)), engine=ON)
    assert value(found) == "no-pattern-shown"
    assert "Open safety review: PHQ-9 item 9 was answered 1" in says(found)


def test_first_expression_names_it_only_where_it_is_on() -> None:
    tears = [expressed(n, p) for n, p in enumerate(("none", "none", "none", "tears"), start=1)]
    forms = (given(4, FIFTEEN), given(5, TEN, usable="safety-only"), *map(met, (5, 6, 7)),
             given(8, FIFTEEN))  # fmt: skip
    named = (
        "PHQ-9 symptoms without reported low mood in session 4 (item 2 answered 1; experimental)"
    )
    on = part(one("first-expression", *tears, *forms, engine=ON), "symptoms-to-review")
    off = part(one("first-expression", *tears, *forms), "symptoms-to-review")
    assert f"{named} (QuestionnaireResponse/phq-9-4)" in on
    assert "low mood" not in off
    assert "in session 8" not in on


def test_of_two_forms_in_one_session_the_one_that_counts_is_read() -> None:
    later = given(1, (0,) * 9, **week(1, 12) | {"reference": "QuestionnaireResponse/later"})
    assert not shown(given(1, FIFTEEN), later)


def test_it_is_explained_condition_by_condition() -> None:
    (chart,) = charts(given(1, TEN), given(3, TEN))
    (found,) = INDICATOR.find(chart)
    said = INDICATOR.explain(chart, found)
    assert [step.working for step in said.steps] == [
        "10 >= 10", "0 <= 1", "2 >= 2", "3 >= 3", "7 <= 14 <= 60",
    ]  # fmt: skip
    assert said.would_change == (
        "With item 2 answered 2 or more, the form of 19 January 2026 would not meet the rule.",
    )
