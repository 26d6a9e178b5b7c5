"""PHQ-9 with its reliable change of 6: 20, 19, 21 and then 10, 9, 10.

Step 21 - 10 = 11, 52 % of 21. Means 20 and 9.667, variances 1 and .333, so s_pooled is
sqrt((2 + .667) / 4) = .8165, and 2.776 * .8165 = 2.27 is below 10.33.
"""

import pytest

from tests.clinical.patient_facts import (
    codes,
    derived,
    form,
    of,
    one,
    part,
    parts,
    phq9,
    ready_made,
    says,
    sources,
    value,
    wai,
)

GAIN = (20, 19, 21, 10, 9, 10)


def course(*totals: int | None) -> list:
    return [
        wai(n, 48) if total is None else phq9(n, total) for n, total in enumerate(totals, start=1)
    ]


def test_a_step_down_is_found_with_its_numbers() -> None:
    found = one("sudden-gain", *course(*GAIN))
    assert value(found) == "step-shown"
    numbers = ("step", "score-before", "score-after", "session-before", "session-after")
    assert [part(found, code) for code in numbers] == [11, 21, 10, 3, 4]
    assert (part(found, "threshold"), part(found, "threshold-share")) == (6, 25)
    assert parts(found, "session-of-reversal") == []
    assert len(sources(found)) == 6


def test_the_text_names_no_cause_and_says_how_often_the_rule_fires() -> None:
    assert says(one("sudden-gain", *course(*GAIN))) == (
        "The PHQ-9 total of 10 in session 4 on 26 January 2026 is 11 points lower than 21 in "
        "session 3 on 19 January 2026 (threshold 6, Gyani 2013; 3.9 computed; at least 25 %). The "
        "step says nothing about its cause; in simulated PHQ-9 courses the rule also finds steps "
        "in 28 to 30 % of those that change gradually and in 3 to 14 % of unchanged ones, and in "
        "more where scores vary more."
    )


def test_a_step_of_which_more_than_half_is_gone_later_says_so() -> None:
    """10 + 11 / 2 = 15.5: 15 does not reverse it, 16 does."""
    kept = one("sudden-gain", *course(*GAIN, 15))
    assert parts(kept, "session-of-reversal") == []
    gone = one("sudden-gain", *course(*GAIN, 16))
    assert part(gone, "session-of-reversal") == 7
    assert "More than half of it was gone again in session 7." in says(gone)
    assert len(sources(gone)) == 7


def test_the_same_step_upwards_is_a_loss_and_no_gain() -> None:
    series = course(10, 9, 10, 21, 20, 19)
    assert part(one("sudden-loss", *series), "step") == 11
    assert value(one("sudden-gain", *series)) == "no-step-shown"


def test_every_step_is_reported() -> None:
    series = course(24, 24, 23, 16, 15, 16, 8, 8, 9)
    found = of("sudden-gain", *series)
    assert [(part(o, "session-before"), part(o, "step")) for o in found] == [(3, 7), (6, 8)]


def test_without_a_step_it_is_said_how_many_pairs_could_be_tested() -> None:
    """The first pair has one score before it, the last one after it: neither can be tested."""
    found = one("sudden-gain", *course(12, 12, 11, 11, 10))
    assert value(found) == "no-step-shown"
    assert (part(found, "pairs-tested"), part(found, "pairs-not-testable")) == (2, 2)
    assert says(found).startswith(
        "PHQ-9 total: no such step shown in 2 of 4 pairs of neighbouring sessions that could be "
        "tested (threshold 6, Gyani 2013; 3.9 computed)."
    )


def test_a_missed_session_is_never_bridged() -> None:
    found = one("sudden-gain", *course(20, 19, 21, None, 10, 9, 10))
    assert value(found) == "no-step-shown"


@pytest.mark.parametrize("totals", [(12,), (20, 9), (20, None, 9)])
def test_with_too_few_scores_nothing_is_said_either_way(totals: tuple[int | None, ...]) -> None:
    found = one("sudden-gain", *course(*totals))
    assert value(found) is None
    assert "can be tested" in found["dataAbsentReason"]["text"]


def test_where_higher_is_better_the_scale_is_reflected() -> None:
    """ORS 15, 14, 15 and then 28, 28, 29: reflected 25, 26, 25 and 12, 12, 11; the step is 13."""
    points = (15, 14, 15, 28, 28, 29)
    found = one("sudden-gain", *(ready_made(n, "ors", p) for n, p in enumerate(points, start=1)))
    assert part(found, "step") == 13
    assert "13 points higher than 15" in says(found)


def test_scales_without_a_reliable_change_have_no_steps() -> None:
    given = [wai(n, points) for n, points in enumerate((20, 20, 21, 55, 55, 56), start=1)]
    assert not [o for o in derived(*given) if {"sudden-gain", "sudden-loss"} & codes(o)]


def test_an_open_safety_review_is_named_beside_a_gain() -> None:
    """Rule 6 of the clinical specification."""
    answers = dict.fromkeys(range(1, 8), 3.0) | {8: 0.0, 9: 1.0}
    series = [*course(*GAIN), form("phq-9", 7, answers)]
    found = of("sudden-gain", *series)[0]
    assert "Open safety review: PHQ-9 item 9" in says(found)
