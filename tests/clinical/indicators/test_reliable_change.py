"""PHQ-9: published 6, met with >=. AAQ-II: 1.96 * 7.05 * sqrt(2) * sqrt(1 - .84) = 7.8166."""

import pytest

from tests.clinical.patient_facts import (
    about,
    form,
    of,
    one,
    part,
    parts,
    phq9,
    ready_made,
    says,
    value,
    wai,
)

RULE = "reliable-change"


def course(*totals: int | None) -> list:
    """One PHQ-9 a session; None: a session with another form only."""
    return [
        wai(n, 48) if total is None else phq9(n, total) for n, total in enumerate(totals, start=1)
    ]


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ((12, 18), "reliably-worse"),
        ((12, 17), "no-reliable-change"),
        ((12, 6), "reliably-improved"),
        ((12, 7), "no-reliable-change"),
        ((12, 20, 12), "no-reliable-change"),
        ((12, None, 18), "reliably-worse"),
    ],
)
def test_the_published_threshold_is_met_exactly_at_the_latest_score(
    totals: tuple[int | None, ...], expected: str
) -> None:
    assert value(one(RULE, *course(*totals))) == expected


@pytest.mark.parametrize(
    ("after", "expected"), [(27, "no-reliable-change"), (28, "reliably-worse")]
)
def test_without_a_published_threshold_the_computed_one_has_to_be_exceeded(
    after: int, expected: str
) -> None:
    # From 20: a change of 7 stays below 7.8166, one of 8 exceeds it.
    found = one(RULE, ready_made(1, "aaq-ii", 20), ready_made(2, "aaq-ii", after))
    assert value(found) == expected
    assert part(found, "threshold") == pytest.approx(7.8166, abs=1e-4)


def test_where_higher_is_better_a_fall_is_against_it() -> None:
    # 8.3 + 8 + 8 + 8 = 32.3 and 7.3 + 7 + 7 + 6 = 27.3: five points, reached exactly.
    before = form("ors", 1, {1: 8.3, 2: 8.0, 3: 8.0, 4: 8.0})
    after = form("ors", 2, {1: 7.3, 2: 7.0, 3: 7.0, 4: 6.0})
    assert value(one(RULE, before, after)) == "reliably-worse"


def test_the_numbers_it_rests_on_are_components() -> None:
    found = one(RULE, *course(10, 18))
    assert part(found, "first-score") == 10
    assert part(found, "latest-score") == 18
    assert part(found, "change") == 8
    assert part(found, "threshold") == 6
    assert part(found, "standard-deviation") == 3.52
    assert part(found, "reliability") == 0.84
    # 3.52 * sqrt(2) * sqrt(.16) = 1.991213; 8 / 1.991213 = 4.01765; 1.96 * 1.991213 = 3.90278.
    assert part(found, "change-index") == pytest.approx(4.01765, abs=1e-4)
    assert part(found, "threshold-computed") == pytest.approx(3.90278, abs=1e-4)
    assert part(found, "scores-used") == 2
    assert part(found, "sessions-without-score") == 0


def test_the_text_is_one_fact_with_its_numbers_threshold_and_source() -> None:
    assert says(one(RULE, *course(12, 19))) == (
        "The PHQ-9 total of 19 on 12 January 2026 is 7 points higher than 12 on 5 January 2026 "
        "(threshold 6, Gyani 2013; 3.9 computed), seen at the latest score. Consider asking what "
        "has changed."
    )


def test_a_change_below_the_threshold_is_not_explained_away() -> None:
    # Five points exceed the 3.9 that the SD and the reliability give, and not the published 6.
    assert says(one(RULE, *course(12, 17))) == (
        "The PHQ-9 total of 17 on 12 January 2026 is 5 points higher than 12 on 5 January 2026 "
        "(threshold 6, Gyani 2013; 3.9 computed); the threshold is not reached."
    )


def test_equal_scores_are_the_same() -> None:
    assert "is the same as 12 on 5 January 2026 (threshold" in says(one(RULE, *course(12, 12)))


def test_a_scale_whose_name_suggests_the_opposite_says_its_direction() -> None:
    found = about(
        "AAQ-II", RULE, ready_made(1, "aaq-ii", 30), ready_made(2, "aaq-ii", 20), phq9(1, 4)
    )
    assert says(found) == (
        "The AAQ-II total of 20 on 12 January 2026 is 10 points lower than 30 on 5 January 2026 "
        "(threshold: more than 7.82, computed from Bond 2011; higher means less acceptance), seen "
        "at the latest score."
    )


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        # From the first, 10, and the mean of the first two, 11: 17 is 7 and 6 away, 18 is 8 and 7.
        ((10, 12, 17, 18), "confirmed"),
        # The mean of the first two is 12: 17 is only 5 away.
        ((10, 14, 17, 18), "first-seen"),
        ((10, 10, 11, 18), "first-seen"),
        ((10, 18), "first-seen"),
        # 18 is 8 from the first and 4 from the mean of the first two, 14.
        ((10, 18, 18), "first-seen"),
    ],
)
def test_two_scores_confirm_what_one_only_shows(totals: tuple[int, ...], expected: str) -> None:
    assert part(one(RULE, *course(*totals)), "confirmation") == expected


def test_earlier_crossings_are_listed_and_are_not_the_status() -> None:
    found = one(RULE, *course(10, 16, 10, 4, 10))
    assert value(found) == "no-reliable-change"
    assert parts(found, "earlier-crossing") == ["reliably-worse", "reliably-improved"]
    assert parts(found, "confirmation") == []


def test_one_score_is_too_little_and_says_how_many_there_are() -> None:
    found = one(RULE, phq9(1, 10))
    assert value(found) is None
    assert found["dataAbsentReason"]["text"] == "1 of 2 scores"
    assert says(found) == "PHQ-9 total: 1 of 2 scores that a change needs."


def test_forms_without_a_score_are_named_as_what_there_is() -> None:
    found = one(RULE, form("gad-7", 1, {1: 1.0}))
    assert found["dataAbsentReason"]["text"] == "0 of 2 scores"
    assert len(found["derivedFrom"]) == 1


def test_a_scale_without_any_reference_has_no_reliable_change() -> None:
    assert of(RULE, wai(1, 48), wai(2, 24)) == []


def test_it_holds_as_of_its_latest_score_and_names_every_score() -> None:
    found = one(RULE, *course(10, 12, 18))
    assert found["effectiveDateTime"] == "2026-01-19T10:00:00+00:00"
    assert len(found["derivedFrom"]) == 3
