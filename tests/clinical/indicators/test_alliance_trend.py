"""WAI-SR means 3, 3.25, 3.5, ... rise by a quarter each session, without residual."""

import pytest

from tests.clinical.patient_facts import of, one, part, ready_made, says, value, wai

RULE = "alliance-trend"


def test_a_straight_rise_is_shown() -> None:
    found = one(RULE, *(wai(n, 36 + 3 * (n - 1)) for n in range(1, 7)))
    assert value(found) == "rising"
    assert part(found, "slope") == pytest.approx(0.25)
    assert (part(found, "scores-used"), part(found, "reporter")) == (6, "patient")
    assert says(found).startswith(
        "WAI-SR mean, rated by the patient: rising (0.25 points per session, 99 % interval 0.25 to "
        "0.25, 6 scores; the interval leaves out 0)."
    )


def test_a_fall_asks_one_question_and_reassures_nobody() -> None:
    found = one(RULE, *(wai(n, 60 - 3 * (n - 1)) for n in range(1, 7)))
    assert value(found) == "falling"
    assert says(found).endswith("Consider asking how working together feels.")


def test_an_interval_that_includes_0_shows_no_trend() -> None:
    """4, 4.25, 4, 4.25, 4, 4.25: slope .375 / 17.5 = .02143. Squared residuals sum to .09375 -
    .375^2 / 17.5 = .08571, error 1.36 * sqrt(.08571 / 4 / 17.5) = .04759, t(.995, 4) = 4.6041:
    .02143 -/+ .21911."""
    found = one(RULE, *(wai(n, 48 + 3 * (n % 2 == 0)) for n in range(1, 7)))
    assert value(found) == "no-trend-shown"
    assert part(found, "slope") == pytest.approx(0.02143, abs=1e-5)
    assert part(found, "interval-low") == pytest.approx(-0.19768, abs=1e-5)
    assert part(found, "interval-high") == pytest.approx(0.24054, abs=1e-5)
    assert "no trend shown" in says(found)
    assert "stable" not in says(found)


def test_with_five_scores_there_is_no_trend_to_speak_of() -> None:
    found = one(RULE, *(wai(n, 48) for n in range(1, 6)))
    assert value(found) is None
    assert (part(found, "scores-used"), part(found, "scores-needed")) == (5, 6)


def test_each_form_has_a_trend_of_its_own() -> None:
    forms = [ready_made(n, name, 40 + n) for name in ("wai-s", "wai-s-t") for n in range(1, 7)]
    found = of(RULE, *forms)
    assert sorted(part(o, "reporter") for o in found) == ["patient", "therapist"]
