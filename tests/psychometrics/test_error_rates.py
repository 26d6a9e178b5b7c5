"""How often the rules speak in simulated courses, against the rates that they promise.

Every course has 20 sessions. The seeds are fixed; the bands are three standard errors of the
simulation, plus the rounding of the promised figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from service.psychometrics.reliable_change import Change, classify, confirmed
from service.psychometrics.scoring import Better
from service.psychometrics.strain import Level, strains
from service.psychometrics.trajectories import trend

SESSIONS = 20
Course = list[float]


def rate(courses: Iterable[Course], seen: Callable[[Course], bool]) -> float:
    return float(np.mean([seen(course) for course in courses]))


def errors(rng: np.random.Generator, courses: int, sd: float, autocorrelation: float) -> np.ndarray:
    """Stationary errors of which neighbours correlate by `autocorrelation`."""
    noise = rng.normal(0, sd, (courses, SESSIONS))
    for session in range(1, SESSIONS):
        own = noise[:, session] * np.sqrt(1 - autocorrelation**2)
        noise[:, session] = autocorrelation * noise[:, session - 1] + own
    return noise


def alliance(
    seed: int, courses: int, *, sd: float, fall: float = 0, autocorrelation: float = 0
) -> list[Course]:
    """Level 4.1 on a grid of 1/12, clipped to 1-5; a fall at sessions 11 and 12."""
    scores = 4.1 + errors(np.random.default_rng(seed), courses, sd, autocorrelation)
    scores[:, 10:12] -= fall
    return np.clip(np.round(scores * 12) / 12, 1, 5).tolist()


def depression(seed: int, courses: int, *, sd: float, autocorrelation: float) -> list[Course]:
    """Level 15 on whole numbers, clipped to 0-27."""
    scores = 15 + errors(np.random.default_rng(seed), courses, sd, autocorrelation)
    return np.clip(np.round(scores), 0, 27).tolist()


@pytest.mark.parametrize(
    ("session_sd", "true_sd", "promised", "band"),
    [
        (0.4, 0.3, 0.03, 0.010),
        (0.4, 0.5, 0.20, 0.022),
        (0.3, 0.3, 0.10, 0.018),
        (0.3, 0.5, 0.36, 0.026),
    ],
)
def test_strain_is_raised_by_chance_as_rarely_as_promised(
    session_sd: float, true_sd: float, promised: float, band: float
) -> None:
    measured = rate(
        alliance(1, 4000, sd=true_sd),
        lambda course: bool(strains(course, session_sd=session_sd, better=Better.HIGHER)),
    )
    assert measured == pytest.approx(promised, abs=band)


def test_a_marked_fall_is_raised_by_chance_in_one_of_a_thousand_courses() -> None:
    def marked(course: Course) -> bool:
        found = strains(course, session_sd=0.4, better=Better.HIGHER)
        return any(strain.level is Level.MARKED for strain in found)

    # Three standard errors at 6,000 courses: .0012.
    assert rate(alliance(2, 6000, sd=0.3), marked) == pytest.approx(0.001, abs=0.0015)


@pytest.mark.parametrize(
    ("session_sd", "fall", "promised", "band"),
    [
        (0.4, 0.9, 0.46, 0.028),
        (0.4, 1.2, 0.80, 0.024),
        (0.3, 0.9, 0.68, 0.027),
        (0.3, 1.2, 0.91, 0.018),
    ],
)
def test_a_real_fall_of_two_sessions_is_seen_as_often_as_promised(
    session_sd: float, fall: float, promised: float, band: float
) -> None:
    def seen(course: Course) -> bool:
        found = strains(course, session_sd=session_sd, better=Better.HIGHER)
        return any(strain.fall.session in (11, 12) for strain in found)

    assert rate(alliance(3, 4000, sd=0.3, fall=fall), seen) == pytest.approx(promised, abs=band)


@pytest.mark.parametrize(
    ("sd", "single", "two_agreeing"), [(2.0, 0.20, 0.025), (2.5, 0.35, 0.08), (3.0, 0.47, 0.16)]
)
def test_two_agreeing_scores_are_worse_by_chance_far_more_rarely_than_one(
    sd: float, single: float, two_agreeing: float
) -> None:
    # Neighbouring sessions correlate .4; the promised figures do not name their own value.
    courses = depression(4, 3000, sd=sd, autocorrelation=0.4)

    def once(course: Course) -> bool:
        return any(
            classify(course[0], score, better=Better.LOWER, published=6) is Change.WORSE
            for score in course[1:]
        )

    def twice(course: Course) -> bool:
        return any(
            confirmed(course[:n], better=Better.LOWER, published=6) is Change.WORSE
            for n in range(3, SESSIONS + 1)
        )

    assert rate(courses, once) == pytest.approx(single, abs=0.03)
    assert rate(courses, twice) == pytest.approx(two_agreeing, abs=0.025)


def test_an_unchanged_alliance_seldom_ever_shows_a_trend() -> None:
    def ever(course: Course) -> bool:
        lines = [trend(course[:n]) for n in range(6, SESSIONS + 1)]
        return any(line is not None and line.shown for line in lines)

    # Neighbouring sessions correlate .3, for which an error is 1.36 times too small.
    courses = alliance(5, 2500, sd=0.3, autocorrelation=0.3)
    assert rate(courses, ever) == pytest.approx(0.067, abs=0.016)
