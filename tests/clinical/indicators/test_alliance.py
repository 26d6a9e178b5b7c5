"""WAI-SR with an SD from session to session of .40, unless said otherwise.

Three scores of 4.0 (48 of 60 points) before session 4: the two differences are 0, so
s^2 = 6 * .16 / (6 + 4/3) = .130909, s = .361814, df = 7.33, rounded 7, and a fall counts in units
of s * sqrt(1 + 1/3) = .417787. Critical t for 7: 2.998 (.01) and 4.207 (.002), one-sided.
"""

import pytest

from tests.clinical.patient_facts import form, met, of, one, part, parts, phq9, says, value, wai

LEVEL, STRAIN, RETURN = "alliance-level", "alliance-strain", "alliance-return"


def course(*points: int | None) -> list:
    """One WAI-SR a session by its points; None: an Encounter without one."""
    return [met(n) if p is None else wai(n, p) for n, p in enumerate(points, start=1)]


def test_the_level_is_the_mean_of_the_last_three_scores() -> None:
    # (49 + 50 + 51) / 36 = 4.166667; the gap is passed over.
    found = one(LEVEL, *course(24, 49, 50, None, 51))
    assert value(found) == pytest.approx(4.166667, abs=1e-6)
    assert part(found, "reporter") == "patient"
    assert len(found["derivedFrom"]) == 3
    assert says(found) == (
        "WAI-SR mean, rated by the patient: mean of the last 3 scores 4.17 (range 1 to 5), "
        "12 January 2026 to 2 February 2026. No cut-off is published."
    )


def test_two_scores_are_too_little_for_a_level() -> None:
    found = one(LEVEL, *course(48, 48))
    assert value(found) is None
    assert found["dataAbsentReason"]["text"] == "2 of 3 scores"


def test_three_equal_maxima_give_no_information() -> None:
    found = one(LEVEL, *course(48, 60, 60, 60))
    assert value(found) == "no-information"
    assert part(found, "mean") == 5
    assert value(one(LEVEL, *course(60, 60, 59))) == pytest.approx(4.972222, abs=1e-6)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        # 33 of 12: 2.75, a fall of 1.25, t = 2.992.
        (33, "no-strain-shown"),
        # 32: a fall of 1.3333, t = 3.191.
        (32, "possible-strain"),
        # 27: a fall of 1.75, t = 4.189.
        (27, "possible-strain"),
        # 26: a fall of 1.8333, t = 4.388.
        (26, "marked-fall"),
    ],
)
def test_a_fall_is_raised_exactly_at_its_threshold(points: int, expected: str) -> None:
    assert value(one(STRAIN, *course(48, 48, 48, points))) == expected


def test_a_strain_carries_the_numbers_it_rests_on() -> None:
    found = one(STRAIN, *course(48, 48, 48, 32))
    assert part(found, "fall") == pytest.approx(1.333333, abs=1e-6)
    assert part(found, "reference") == 4
    assert part(found, "standard-deviation") == pytest.approx(0.361814, abs=1e-6)
    assert part(found, "degrees-of-freedom") == 7
    assert part(found, "scores-used") == 3
    assert part(found, "threshold") == 0.01
    assert part(found, "probability") == pytest.approx(0.0076, abs=1e-4)
    assert len(found["derivedFrom"]) == 4
    assert found["effectiveDateTime"] == "2026-01-26T10:00:00+00:00"
    assert "Nothing can be seen in sessions 1 to 3." in says(found)


def test_a_strain_names_the_session_it_was_seen_in() -> None:
    given = [met(4), *course(48, 48, 48, 32)]
    assert one(STRAIN, *given)["encounter"] == {"reference": "Encounter/e4"}


def test_nothing_can_be_seen_in_the_first_three_sessions() -> None:
    found = one(STRAIN, *course(60, 60, 12))
    assert value(found) is None
    assert found["dataAbsentReason"]["text"] == "3 of 4 scores"
    assert "Nothing can be seen in sessions 1 to 3." in says(found)
    assert of(RETURN, *course(60, 60, 12)) == []


def test_a_session_without_the_scale_counts_and_no_difference_bridges_it() -> None:
    # 48, gap, 36, gap, 48, then 32: no neighbours, so no difference: s = .40, df = 6.
    # Mean (4 + 3 + 4) / 3 = 3.666667, fall 1, t = 1 / (.4 * sqrt(4/3)) = 2.165, p = .037.
    found = one(STRAIN, *course(48, None, 36, None, 48, 32))
    assert value(found) == "no-strain-shown"
    # With 24: fall 1.666667, t = 3.608; t for 6 at .01 is 3.143.
    found = one(STRAIN, *course(48, None, 36, None, 48, 24))
    assert value(found) == "possible-strain"
    assert part(found, "degrees-of-freedom") == 6
    assert part(found, "standard-deviation") == 0.4


@pytest.mark.parametrize(
    ("later", "expected", "session"),
    [
        # The bound is 4 - .361814 = 3.638186: 44 of 12 is 3.666667, 43 is 3.583333.
        ((44,), "returned", [5]),
        ((43,), "not-yet-returned", []),
        ((43, None, 44), "returned", [7]),
        ((), "no-later-score", []),
        ((None, None), "no-later-score", []),
        ((40, 40, 40, 40, 44), "returned", [9]),
        ((40, 40, 40, 40, 40, 44), "not-yet-returned", []),
    ],
)
def test_a_return_is_looked_for_in_the_five_sessions_after(
    later: tuple[int | None, ...], expected: str, session: list[int]
) -> None:
    given = course(48, 48, 48, 32, *later)
    found = one(RETURN, *given)
    assert value(found) == expected
    assert parts(found, "session-of-return") == session
    assert part(found, "session-of-fall") == 4


def test_the_text_of_a_return_names_the_bound() -> None:
    found = one(RETURN, *course(48, 48, 48, 32, 45), phq9(1, 4))
    assert says(found) == (
        "The WAI-SR mean came back to 3.75, 1 session after the fall in session 4 on 26 January "
        "2026 (at or above 3.64: the mean of 4 before the fall less one SD of 0.36)."
    )


def test_the_text_before_a_return_is_one_fact_and_one_question() -> None:
    assert says(one(RETURN, *course(48, 48, 48, 32, 43))) == (
        "So far no WAI-SR mean in the 5 sessions after the fall in session 4 on 26 January 2026 is "
        "at or above 3.64: the mean of 4 before the fall less one SD of 0.36. Consider asking how "
        "working together feels."
    )


def test_a_course_without_a_fall_says_what_was_compared_and_what_cannot_be_seen() -> None:
    assert says(one(STRAIN, *course(48, 48, 48, 48))) == (
        "WAI-SR mean: no unusual fall shown, 1 score compared with those before (threshold p "
        "0.01). Nothing can be seen in sessions 1 to 3, and a slow fall is not seen."
    )


def test_every_alliance_finding_carries_what_it_used_and_what_is_missing() -> None:
    fallen = course(48, 48, 48, None, 32, 48)
    for rule, used in ((LEVEL, 3), (STRAIN, 3), (RETURN, 3)):
        found = one(rule, *fallen)
        assert part(found, "scores-used") == used
        assert part(found, "sessions-without-score") == 1
    returned = one(RETURN, *fallen)
    assert part(returned, "session-sd") == 0.4
    assert "default until a site" in part(returned, "reference-source")


def test_the_value_worth_asking_about_is_no_cutoff_of_a_level() -> None:
    found = one(LEVEL, *(form("srs", n, dict.fromkeys(range(1, 5), 8.0)) for n in (1, 2, 3)))
    assert says(found).endswith("No cut-off is published for a mean of three.")


def test_subscales_raise_nothing_of_their_own() -> None:
    assert len(of(LEVEL, *course(48, 48, 48))) == 1


def test_the_srs_is_judged_by_its_own_session_sd() -> None:
    # Three totals of 36: s = 3 * sqrt(6 / 7.333333) = 2.713602, unit 3.133396; 2.998 units: 9.39.
    lines = [form("srs", n, dict.fromkeys(range(1, 5), 9.0)) for n in (1, 2, 3)]
    near = form("srs", 4, dict.fromkeys(range(1, 5), 6.7))
    far = form("srs", 4, dict.fromkeys(range(1, 5), 6.6))
    assert value(one(STRAIN, *lines, near)) == "no-strain-shown"
    assert value(one(STRAIN, *lines, far)) == "possible-strain"
