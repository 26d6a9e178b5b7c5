"""OQ-45.2: outpatients at intake have an SD of 22.23 (Lambert 1996)."""

import pytest

from tests.clinical.patient_facts import about, one, part, parts, phq9, ready_made, says, value

RULE = "effect-size"


def oq(*totals: float) -> list:
    return [ready_made(n, "oq-45.2", total) for n, total in enumerate(totals, start=1)]


def test_it_is_the_change_in_sds_of_patients_at_intake() -> None:
    """(90 - 60) / 22.23 = 1.349528"""
    found = one(RULE, *oq(90, 80, 60))
    assert value(found) == pytest.approx(1.349528, abs=1e-6)
    assert part(found, "standard-deviation") == 22.23
    assert says(found).startswith(
        "The OQ-45.2 total of 60 on 19 January 2026 is 30 points lower than 90 on 5 January 2026: "
        "an effect size of 1.35 (SD of outpatients at intake 22.23, Lambert 1996; above 0 is the "
        "scale's better direction)."
    )


def test_a_rise_is_below_0() -> None:
    assert value(one(RULE, *oq(60, 90))) == pytest.approx(-1.349528, abs=1e-6)


def test_a_start_without_room_says_so() -> None:
    """The reliable change is 14: from 13 no fall can reach it, from 14 one can."""
    assert part(one(RULE, *oq(13, 10)), "no-room-for-reliable-change") is True
    assert parts(one(RULE, *oq(14, 10)), "no-room-for-reliable-change") == []


def test_a_start_at_the_other_end_says_so_too() -> None:
    """The scale ends at 180: from 167 no rise can reach 14, from 166 one can."""
    found = one(RULE, *oq(167, 120))
    assert part(found, "no-room-against-better-direction") is True
    assert parts(found, "no-room-for-reliable-change") == []
    assert "The start lies less than one reliable change from the highest score." in says(found)
    assert parts(one(RULE, *oq(166, 120)), "no-room-against-better-direction") == []
    assert "from the lowest score." in says(one(RULE, *oq(13, 10)))


def test_without_an_sd_of_patients_none_is_computed_and_it_is_said() -> None:
    """Never by the SD of the general population, which would give (18 - 8) / 3.52."""
    found = about("PHQ-9 total", RULE, phq9(1, 18), phq9(2, 8))
    assert value(found) == "no-reference"
    assert "no SD of patients at intake is published" in says(found)


def test_one_score_is_too_little() -> None:
    assert value(one(RULE, *oq(90))) is None
