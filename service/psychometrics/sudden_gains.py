"""Sudden gains and losses: large, lasting steps between two neighbouring sessions.

The three criteria are those of Tang & DeRubeis (1999), doi:10.1037/0022-006X.67.6.894, with the
critical values of Lutz et al. (2013), doi:10.1080/10503307.2012.693837. The rule also fires in
gradual change, and a step says nothing about its cause.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, variance

from service.psychometrics.distributions import t_quantile
from service.psychometrics.scoring import Better, difference, reflect

_WINDOW = 3
_LEAST_IN_WINDOW = 2
_SHARE = 0.25


class Outcome(StrEnum):
    """What can be said of one pair of neighbouring sessions."""

    MET = "met"
    NOT_MET = "not-met"
    NOT_TESTABLE = "not-testable"
    """A score is missing where the rule needs one; nothing is said either way."""


class Criterion(StrEnum):
    """The two forms of the third criterion."""

    PUBLISHED = "published"
    """Difference of means > t * s_pooled."""
    T_TEST = "t-test"
    """Difference of means > t * s_pooled * sqrt(1/n1 + 1/n2)."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """The step between two neighbouring sessions, which are counted from 1."""

    before_session: int
    after_session: int
    outcome: Outcome
    magnitude: float | None
    """Size of the step in score points, above 0; None unless met."""
    reversed_at: int | None
    """First session that gave back more than half of the step; None when not met or none did."""


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What the three criteria compare for one pair of sessions, in points turned to lower-better.

    For a loss `step` and `lasting` count rises instead of falls.
    """

    step: float
    """x_n - x_n+1, compared with the cut."""
    least_share: float
    """25 % of x_n, compared with the step."""
    before: tuple[float, ...]
    """The scores of the window before, two or three."""
    after: tuple[float, ...]
    lasting: float
    """mean(before) - mean(after), compared with the margin."""
    pooled: float
    """s_pooled."""
    t: float
    """Two-tailed critical value with n1 + n2 - 2 degrees of freedom."""
    margin: float
    """t * s_pooled, times sqrt(1/n1 + 1/n2) in the t-test's form."""

    def met(self, cut: float) -> bool:
        """Whether all three criteria are met; `cut` in score points."""
        large = self.step >= cut and self.step >= self.least_share
        return large and self.lasting > self.margin


def sudden_gains(
    scores: Sequence[float | None],
    *,
    cut: float,
    better: Better,
    low: float | None = None,
    high: float | None = None,
    alpha: float = 0.05,
    criterion: Criterion = Criterion.PUBLISHED,
) -> tuple[Interval, ...]:
    """Judge every pair of neighbouring sessions n and n+1 by the three criteria of a gain.

    1. x_n - x_n+1 >= cut.
    2. x_n - x_n+1 >= 25 % of x_n.
    3. mean(before) - mean(after) > t * s_pooled, where `before` is sessions n-2..n and `after`
       n+1..n+3, s_pooled^2 = ((n1-1) s1^2 + (n2-1) s2^2) / (n1+n2-2), and t is two-tailed with
       n1+n2-2 degrees of freedom.

    The gain is reversed at the first session from n+2 on whose score lies strictly above x_n+1 plus
    half the gain.

    Parameters
    ----------
    scores : Sequence[float or None]
        One scale in session order; None where a session has no score. A gap keeps its place: the
        windows count sessions, and their missing scores are left out, never bridged or imputed.
    cut : float
        The scale's reliable change, in score points, above 0.
    better : Better
        The good end of the scale. Where higher is better the scores are reflected first, so that
        25 % is a share of the distance from the good end.
    low, high : float or None
        The least and the greatest possible score; needed where higher is better, else ignored.
    alpha : float
        Two-tailed level of the third criterion, between 0 and 1.
    criterion : Criterion
        Form of the third criterion.

    Returns
    -------
    tuple[Interval, ...]
        One per pair, in session order; empty for fewer than two sessions. NOT_TESTABLE where x_n
        or x_n+1 is missing, or a window holds fewer than two scores: so always the first pair and
        the last.

    Raises
    ------
    ValueError
        If `cut` or `alpha` is outside its range, the range is missing where higher is better, or a
        score lies outside it.

    References
    ----------
    Tang & DeRubeis (1999), doi:10.1037/0022-006X.67.6.894; Lutz et al. (2013),
    doi:10.1080/10503307.2012.693837.
    """
    steps = _Steps(scores=_lower_is_better(scores, better, low, high), direction=-1)
    return steps.intervals(cut=cut, alpha=alpha, criterion=criterion)


def sudden_losses(
    scores: Sequence[float | None],
    *,
    cut: float,
    better: Better,
    low: float | None = None,
    high: float | None = None,
    alpha: float = 0.05,
    criterion: Criterion = Criterion.PUBLISHED,
) -> tuple[Interval, ...]:
    """Judge every pair of neighbouring sessions by the three criteria of a loss.

    They mirror those of a gain: a rise of at least `cut`, of at least 25 % of x_n, the mean after
    above the mean before; reversed by a later score strictly below x_n+1 minus half the loss.
    Parameters, result, errors and sources as in `sudden_gains`.
    """
    steps = _Steps(scores=_lower_is_better(scores, better, low, high), direction=1)
    return steps.intervals(cut=cut, alpha=alpha, criterion=criterion)


@dataclass(frozen=True, kw_only=True)
class _Steps:
    """Lower-is-better scores and the direction looked for: -1 falls, 1 rises."""

    scores: tuple[float | None, ...]
    direction: int

    def intervals(self, *, cut: float, alpha: float, criterion: Criterion) -> tuple[Interval, ...]:
        if not 0 < cut < math.inf:
            raise ValueError(f"The cut of a sudden change lies above 0; {cut:g} does not.")
        if not 0 < alpha < 1:
            raise ValueError(f"A level lies between 0 and 1; {alpha:g} does not.")
        return tuple(
            self._interval(n, cut=cut, alpha=alpha, criterion=criterion)
            for n in range(1, len(self.scores))
        )

    def _interval(self, n: int, *, cut: float, alpha: float, criterion: Criterion) -> Interval:
        """The step from session n (`scores[n - 1]`) to session n + 1 (`scores[n]`)."""
        magnitude: float | None = None
        reversed_at: int | None = None
        outcome = Outcome.NOT_TESTABLE
        criteria = self.criteria(n, alpha=alpha, criterion=criterion)
        end = self.scores[n]
        if criteria is not None and end is not None:
            outcome = Outcome.NOT_MET
            if criteria.met(cut):
                outcome, magnitude = Outcome.MET, criteria.step
                reversed_at = self._reversal(n, end, criteria.step)
        return Interval(
            before_session=n,
            after_session=n + 1,
            outcome=outcome,
            magnitude=magnitude,
            reversed_at=reversed_at,
        )

    def criteria(self, n: int, *, alpha: float, criterion: Criterion) -> Criteria | None:
        start, end = self.scores[n - 1], self.scores[n]
        before = _known(self.scores[max(0, n - _WINDOW) : n])
        after = _known(self.scores[n : n + _WINDOW])
        if start is None or end is None or min(len(before), len(after)) < _LEAST_IN_WINDOW:
            return None
        n1, n2 = len(before), len(after)
        df = n1 + n2 - 2
        pooled = math.sqrt(((n1 - 1) * variance(before) + (n2 - 1) * variance(after)) / df)
        t = t_quantile(1 - alpha / 2, df=df)
        widened = math.sqrt(1 / n1 + 1 / n2) if criterion is Criterion.T_TEST else 1
        return Criteria(
            step=self.direction * difference(start, end),
            least_share=_SHARE * start,
            before=tuple(before),
            after=tuple(after),
            lasting=self.direction * difference(fmean(before), fmean(after)),
            pooled=pooled,
            t=t,
            margin=t * pooled * widened,
        )

    def _reversal(self, n: int, end: float, step: float) -> int | None:
        later = enumerate(self.scores[n + 1 :], start=n + 2)
        return next(
            (
                session
                for session, score in later
                if score is not None and -self.direction * difference(end, score) > step / 2
            ),
            None,
        )


def gain_criteria(
    scores: Sequence[float | None],
    *,
    before_session: int,
    better: Better,
    low: float | None = None,
    high: float | None = None,
    alpha: float = 0.05,
    criterion: Criterion = Criterion.PUBLISHED,
) -> Criteria | None:
    """Give what `sudden_gains` compares for the pair that begins with session `before_session`.

    Other parameters, errors and sources as in `sudden_gains`; None where the pair is not testable.
    """
    steps = _Steps(scores=_lower_is_better(scores, better, low, high), direction=-1)
    return steps.criteria(before_session, alpha=alpha, criterion=criterion)


def loss_criteria(
    scores: Sequence[float | None],
    *,
    before_session: int,
    better: Better,
    low: float | None = None,
    high: float | None = None,
    alpha: float = 0.05,
    criterion: Criterion = Criterion.PUBLISHED,
) -> Criteria | None:
    """Give what `sudden_losses` compares for the pair that begins with session `before_session`.

    Other parameters, errors and sources as in `sudden_gains`; None where the pair is not testable.
    """
    steps = _Steps(scores=_lower_is_better(scores, better, low, high), direction=1)
    return steps.criteria(before_session, alpha=alpha, criterion=criterion)


def _lower_is_better(
    scores: Sequence[float | None], better: Better, low: float | None, high: float | None
) -> tuple[float | None, ...]:
    if better is Better.LOWER:
        return tuple(scores)
    if low is None or high is None:
        raise ValueError("A scale where higher is better needs its range to be reflected.")
    return tuple(None if s is None else reflect(s, low=low, high=high) for s in scores)


def _known(window: Sequence[float | None]) -> list[float]:
    return [score for score in window if score is not None]
