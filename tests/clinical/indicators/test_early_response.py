"""PHQ-9, threshold 6, met with >=, in sessions 3 and 4 both."""

from dataclasses import replace

import pytest

from service.clinical.choices import Choices
from tests.clinical.patient_facts import ENGINE, one, part, parts, phq9, says, value, wai

RULE = "early-response"


def course(*totals: int | None) -> list:
    return [
        wai(n, 48) if total is None else phq9(n, total) for n, total in enumerate(totals, start=1)
    ]


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ((15, 14, 9, 9), "reached-in-both"),
        ((15, 14, 9, 10), "not-reached-in-both"),
        ((15, 14, 10, 9), "not-reached-in-both"),
        ((15, 14, 21, 21), "not-reached-in-both"),
        ((None, 15, 9, 8), "reached-in-both"),
        ((15, 14, 9, 9, 20), "reached-in-both"),
    ],
)
def test_both_sessions_must_reach_it(totals: tuple[int | None, ...], expected: str) -> None:
    assert value(one(RULE, *course(*totals))) == expected


@pytest.mark.parametrize("totals", [(15,), (15, 14, 9), (15, 14, None, 9), (None, None, 15, 9)])
def test_without_a_start_and_both_sessions_nothing_is_said(
    totals: tuple[int | None, ...],
) -> None:
    found = one(RULE, *course(*totals))
    assert value(found) is None
    assert part(found, "scores-needed") == 3


def test_the_text_gives_both_changes_and_says_nothing_about_ending() -> None:
    found = one(RULE, *course(15, 14, 9, 8))
    assert parts(found, "change") == [-6, -7]
    assert says(found) == (
        "PHQ-9 total: 9 in session 3, 6 points lower than 15 in session 1 and 8 in session 4, 7 "
        "points lower than 15 in session 1 (threshold 6, Gyani 2013; 3.9 computed). It says "
        "nothing about when to end."
    )


def test_a_site_may_look_at_two_other_sessions() -> None:
    """Sessions 2 and 5: 15 to 9 and 8, both 6 or more."""
    engine = replace(ENGINE, choices=Choices(early_sessions=(2, 5)))
    given = course(15, 9, 15, 15, 8)
    assert value(one(RULE, *given)) == "not-reached-in-both"
    found = one(RULE, *given, engine=engine)
    assert value(found) == "reached-in-both"
    assert parts(found, "change") == [-6, -7]
    short = one(RULE, *given[:2], engine=engine)
    assert says(short) == (
        "PHQ-9 total: 2 of 3 scores, one before session 2 and those of sessions 2 and 5, that an "
        "early response needs."
    )
