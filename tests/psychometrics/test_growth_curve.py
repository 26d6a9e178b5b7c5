"""The mixed model of the score on ln(session), against published estimates and known parameters."""

from __future__ import annotations

import math

import numpy as np
import pytest

from service.psychometrics.growth_curve import fit, last_session, random_intercept
from tests.psychometrics.sleepstudy import REACTION


def test_the_estimates_are_those_that_lme4_gives_for_its_own_example() -> None:
    """lmer(Reaction ~ Days + (1 | Subject), sleepstudy): REML criterion 1786.465, SDs 37.124 and
    30.991, fixed effects 251.4051 and 10.46729."""
    found = random_intercept(
        [day for _ in REACTION for day in range(10)],
        [reaction for person in REACTION for reaction in person],
        [person for person in range(18) for _ in range(10)],
    )
    assert found.b0 == pytest.approx(251.4051, abs=5e-5)
    assert found.b1 == pytest.approx(10.46729, abs=5e-6)
    assert found.tau == pytest.approx(37.124, abs=5e-3)
    assert found.sigma == pytest.approx(30.991, abs=5e-3)
    assert -2 * found.log_likelihood == pytest.approx(1786.465, abs=1e-3)
    # 37.124^2 + 30.991^2 = 1378.1914 + 960.4421 = 2338.6335; its square root is 48.3594.
    assert found.sd == pytest.approx(48.3594, abs=5e-3)
    assert (found.courses, found.scores, found.converged) == (18, 180, True)


def drawn(seed: int, courses: int, sessions: int, *, tau: float) -> list[dict[int, float]]:
    """15 - 2.5 ln(session), SD `tau` between courses and 3 within; every fifth score is missing,
    and the first scores lie far from the curve."""
    rng = np.random.default_rng(seed)
    made = []
    for level in rng.normal(0, tau, courses):
        scores = {
            n: 15 - 2.5 * math.log(n) + level + rng.normal(0, 3)
            for n in range(2, sessions + 1)
            if rng.random() > 0.2
        }
        made.append({1: 27.0, **scores})
    return made


def test_known_parameters_are_found_again() -> None:
    """With 800 courses of 11 scores tau has a standard error of about tau / sqrt(2 * 800) = .1, b0
    of about .24, b1 of about .06; the bands are three of them. The first scores, 27, do not count:
    fitted, they would lift b0 beyond its band."""
    found = fit(drawn(1, 800, 15, tau=4))
    assert found.b0 == pytest.approx(15, abs=0.7)
    assert found.b1 == pytest.approx(-2.5, abs=0.2)
    assert found.tau == pytest.approx(4, abs=0.35)
    assert found.sigma == pytest.approx(3, abs=0.1)
    assert found.sd == pytest.approx(5, abs=0.35)
    assert found.courses == 800


def test_courses_that_do_not_differ_are_an_answer_and_no_failure() -> None:
    found = fit(drawn(2, 120, 10, tau=0))
    assert found.converged
    assert found.tau == pytest.approx(0, abs=0.6)


def test_a_first_score_after_session_1_is_not_fitted_either() -> None:
    late = [{n + 3: score for n, score in course.items()} for course in drawn(3, 100, 8, tau=2)]
    found = fit(late)
    assert found.scores == sum(len(course) - 1 for course in late)


def test_fewer_than_a_hundred_courses_are_refused_with_their_number() -> None:
    """A course with a first score alone has nothing to fit and does not count."""
    made = [*drawn(4, 99, 8, tau=2), {1: 15.0}]
    with pytest.raises(ValueError, match="99 of 100 courses"):
        fit(made)
    assert fit([*made, {1: 15.0, 2: 12.0}]).courses == 100


def test_scores_of_one_session_make_no_curve() -> None:
    with pytest.raises(ValueError, match="two sessions"):
        fit([{1: 15.0, 2: 12.0 + n % 5} for n in range(100)])


def test_a_model_that_does_not_converge_is_refused() -> None:
    """Scores without any residual leave nothing to estimate an SD by."""
    exact = [{n: 14 - 3 * math.log(n) for n in range(1, 11)} for _ in range(100)]
    with pytest.raises(ValueError, match="not converge"):
        fit(exact)


def test_a_curve_ends_where_thirty_courses_still_have_a_score() -> None:
    """Twenty-nine long ones do not carry it to their own end."""
    made = [{1: 9.0, 12: 5.0}] * 29 + [{1: 9.0, 8: 5.0}] * 3 + [{1: 9.0, 3: 5.0}] * 70
    assert last_session(made) == 8
    assert last_session(made[:29]) == 0
    assert last_session([*made, {1: 9.0, 30: 5.0}]) == 12
