"""The expected course of a clinic's own patients: a mixed model of the score on ln(session).

Random-coefficient models of courses of psychotherapy: Lutz, Martinovich & Howard (1999),
doi:10.1037/0022-006X.67.4.571. Estimated by restricted maximum likelihood: Laird & Ware (1982),
doi:10.2307/2529876.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

LEAST_COURSES = 100
"""Decided in the clinical rules: a curve of fewer courses is refused."""
REACHED_BY = 30
"""Decided here: a curve ends with the last session that so many of its courses reach with a
score, so that its end does not rest on the few longest ones."""
FIRST_FITTED = 2
UNSOLVED = "The model did not converge."


@dataclass(frozen=True, kw_only=True)
class Fit:
    """score = b0 + b1 x + (course, SD tau) + (session, SD sigma); all in score points."""

    b0: float
    b1: float
    tau: float
    """SD between courses; 0 where the courses differ no more than their sessions do."""
    sigma: float
    """SD of single sessions within a course."""
    courses: int
    scores: int
    log_likelihood: float
    """Restricted; comparable only between models of the same scores with the same b0 and b1."""
    converged: bool

    @property
    def sd(self) -> float:
        """The total residual: sqrt(tau^2 + sigma^2)."""
        return math.hypot(self.tau, self.sigma)


def last_session(courses: Sequence[Mapping[int, float]], *, reached_by: int = REACHED_BY) -> int:
    """Give the last session that `reached_by` courses reach with a score.

    Parameters
    ----------
    courses : Sequence[Mapping[int, float]]
        One mapping a course: number of the session -> score, sessions without one absent.
    reached_by : int
        At least 1.

    Returns
    -------
    int
        0 where there are fewer courses than that.
    """
    ends = sorted((max(course) for course in courses if course), reverse=True)
    return ends[reached_by - 1] if len(ends) >= reached_by else 0


def fit(courses: Sequence[Mapping[int, float]], *, least: int = LEAST_COURSES) -> Fit:
    """Fit score = b0 + b1 ln(session) with a random intercept for every course.

    A course's first score is what its band is chosen by and is not fitted: within a band it varies
    less than any later score, so it would make the SD too small. Only scores from session 2 on
    are.

    Parameters
    ----------
    courses : Sequence[Mapping[int, float]]
        As in `last_session`.
    least : int
        How many courses with a score to fit there must be.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        If there are too few courses, if all their scores are of one session, or if the model did
        not converge.
    """
    fitted = [later for course in courses if (later := _after_first(course))]
    if len(fitted) < least:
        raise ValueError(f"{len(fitted)} of {least} courses that a curve needs.")
    points = [
        (math.log(session), score, number)
        for number, course in enumerate(fitted)
        for session, score in sorted(course.items())
    ]
    x, y, group = zip(*points, strict=True)
    return random_intercept(x, y, group)


def random_intercept(x: Sequence[float], y: Sequence[float], group: Sequence[Hashable]) -> Fit:
    """Fit y = b0 + b1 x with a random intercept for every group, by restricted maximum likelihood.

    Parameters
    ----------
    x, y : Sequence[float]
        Of the same length, one of each for every observation.
    group : Sequence[Hashable]
        Which group the observation belongs to; the same length.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        If `x` does not vary, or if the model did not converge.
    """
    if len(set(x)) < 2:
        raise ValueError("A curve needs scores of two sessions at the least.")
    # Half a second and eighty megabytes that only a calibration needs.
    import numpy as np
    from statsmodels.regression.mixed_linear_model import MixedLM

    design = np.column_stack([np.ones(len(x)), np.asarray(x, dtype=float)])
    with warnings.catch_warnings():
        # An intercept that does not vary is an answer, and what did not converge is refused below.
        warnings.simplefilter("ignore")
        try:
            found = MixedLM(np.asarray(y, dtype=float), design, groups=list(group)).fit(reml=True)
        except np.linalg.LinAlgError:
            raise ValueError(UNSOLVED) from None
    if not found.converged or not math.isfinite(found.llf):
        raise ValueError(UNSOLVED)
    return Fit(
        b0=float(found.fe_params[0]),
        b1=float(found.fe_params[1]),
        tau=math.sqrt(max(float(found.cov_re[0, 0]), 0.0)),
        sigma=math.sqrt(float(found.scale)),
        courses=len(set(group)),
        scores=len(y),
        log_likelihood=float(found.llf),
        converged=True,
    )


def _after_first(course: Mapping[int, float]) -> Mapping[int, float]:
    first = min(course, default=0)
    return {n: score for n, score in course.items() if n > max(first, FIRST_FITTED - 1)}
