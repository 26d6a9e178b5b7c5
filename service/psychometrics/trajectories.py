"""Where a course stands and which way it has been going: recent mean, slope, and ceiling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from service.psychometrics.distributions import t_quantile
from service.psychometrics.scoring import difference

RECENT_LENGTH = 3
LEAST_FOR_TREND = 6
_AUTOCORRELATION = 1.36
"""Decided here: neighbouring sessions resemble one another, so the usual error is too small."""
_CONFIDENCE = 0.99


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A straight line through a course; all but `n` in score points per session."""

    slope: float
    standard_error: float
    """Already widened for autocorrelation."""
    low: float
    high: float
    """Ends of the 99 % interval."""
    n: int
    """How many scores it rests on."""

    @property
    def shown(self) -> bool:
        """Whether the interval leaves 0 out; otherwise no trend is shown, which is not "stable"."""
        return self.low > 0 or self.high < 0


def mean_of_last_three(scores: Sequence[float | None]) -> float | None:
    """Give the mean of the last three scores.

    Parameters
    ----------
    scores : Sequence[float or None]
        One scale in session order; None where a session has no score, which is passed over.

    Returns
    -------
    float or None
        In score points. None: fewer than three scores.
    """
    last = _known(scores)[-RECENT_LENGTH:]
    return fmean(last) if len(last) == RECENT_LENGTH else None


def at_ceiling(scores: Sequence[float | None], *, maximum: float) -> bool:
    """Say whether the last three scores all are the greatest possible one.

    Such a run carries no information about the level, and is no praise.

    Parameters
    ----------
    scores : Sequence[float or None]
        One scale in session order; None where a session has no score, which is passed over.
    maximum : float
        The greatest possible score.

    Returns
    -------
    bool
        False also with fewer than three scores.
    """
    last = _known(scores)[-RECENT_LENGTH:]
    return len(last) == RECENT_LENGTH and all(score >= maximum for score in last)


def trend(scores: Sequence[float | None]) -> Trend | None:
    """Give the least-squares slope per session with a 99 % interval.

    With x the session number and e the residuals:

        slope = sum((x - mean x) (y - mean y)) / sum((x - mean x)^2)
        standard error = 1.36 * sqrt(sum(e^2) / (n - 2) / sum((x - mean x)^2))
        interval = slope -/+ t(.995, n - 2) * standard error

    Parameters
    ----------
    scores : Sequence[float or None]
        One scale in session order; None where a session has no score. Its place is counted: the
        scores after a gap keep their session numbers.

    Returns
    -------
    Trend or None
        None: fewer than six scores.
    """
    points = [(float(x), y) for x, y in enumerate(scores, start=1) if y is not None]
    n = len(points)
    if n < LEAST_FOR_TREND:
        return None
    # From the first score, so that equal scores have exactly no slope and no error.
    origin = points[0][1]
    rises = [difference(origin, y) for _, y in points]
    mean_x, mean_y = fmean(x for x, _ in points), fmean(rises)
    spread = math.fsum((x - mean_x) ** 2 for x, _ in points)
    slope = math.fsum((x - mean_x) * y for (x, _), y in zip(points, rises, strict=True)) / spread
    residual = math.fsum(
        (y - mean_y - slope * (x - mean_x)) ** 2 for (x, _), y in zip(points, rises, strict=True)
    )
    error = _AUTOCORRELATION * math.sqrt(residual / (n - 2) / spread)
    margin = t_quantile(0.5 + _CONFIDENCE / 2, df=n - 2) * error
    return Trend(slope=slope, standard_error=error, low=slope - margin, high=slope + margin, n=n)


def _known(scores: Sequence[float | None]) -> list[float]:
    return [score for score in scores if score is not None]
