"""Whether two scores differ by more than the error of measurement explains.

The formulas are those of Jacobson & Truax (1991), doi:10.1037/0022-006X.59.1.12.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.psychometrics.scoring import Better, difference

CRITICAL_VALUE = 1.96
"""Two-sided 5 % point of the standard normal, as Jacobson & Truax print it."""


class Change(StrEnum):
    """What a difference between two scores amounts to."""

    IMPROVED = "improved"
    WORSE = "worse"
    NONE = "none"
    """No reliable difference, which is not the same as no difference."""


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """A score that differs reliably from the first one, where the score before it did not.

    `session` counts from 1 and counts sessions without a score.
    """

    session: int
    change: Change


def standard_error_of_measurement(*, sd: float, reliability: float) -> float:
    """Give the SD of the error in one score: sd * sqrt(1 - reliability).

    Parameters
    ----------
    sd : float
        SD of the scale in a named sample, in score points, above 0.
    reliability : float
        Reliability of the scale in the same sample, 0 to 1.

    Returns
    -------
    float
        In score points; 0 when the reliability is 1.

    Raises
    ------
    ValueError
        If `sd` or `reliability` is outside its range.

    References
    ----------
    Jacobson & Truax (1991), doi:10.1037/0022-006X.59.1.12.
    """
    if not 0 < sd < math.inf:
        raise ValueError(f"The SD of a scale must be a number above 0, not {sd:g}.")
    if not 0 <= reliability <= 1:
        raise ValueError(f"A reliability lies from 0 to 1; {reliability:g} does not.")
    return sd * math.sqrt(1 - reliability)


def difference_sd(*, sd: float, reliability: float) -> float:
    """Give the SD of the difference of two scores without true change.

    S_diff = sqrt(2) * standard error of measurement, in score points; parameters, errors and source
    as in `standard_error_of_measurement`.
    """
    return math.sqrt(2) * standard_error_of_measurement(sd=sd, reliability=reliability)


def reliable_change_index(before: float, after: float, *, sd: float, reliability: float) -> float:
    """Give the change in units of its own error: (after - before) / S_diff.

    Parameters
    ----------
    before, after : float
        The earlier and the later score of one scale.
    sd, reliability : float
        As in `standard_error_of_measurement`.

    Returns
    -------
    float
        Its sign as computed: positive when the score rose, whichever direction is better.

    Raises
    ------
    ValueError
        As `standard_error_of_measurement`, and for a reliability of 1, which leaves no error to
        measure the change by.
    """
    spread = difference_sd(sd=sd, reliability=reliability)
    if spread == 0:
        raise ValueError("A reliability of 1 leaves no error to compare a change with.")
    return (after - before) / spread


def change_points(*, sd: float, reliability: float) -> float:
    """Give the change that has to be exceeded to be reliable: 1.96 * sd * sqrt(2) * sqrt(1 - r).

    In score points, unrounded; parameters, errors and source as in
    `standard_error_of_measurement`.
    """
    return CRITICAL_VALUE * difference_sd(sd=sd, reliability=reliability)


def classify(
    before: float,
    after: float,
    *,
    better: Better,
    sd: float | None = None,
    reliability: float | None = None,
    published: float | None = None,
) -> Change:
    """Say whether two scores differ reliably, and in which direction.

    Parameters
    ----------
    before, after : float
        The earlier and the later score of one scale.
    better : Better
        The good end of the scale.
    sd, reliability : float or None
        As in `standard_error_of_measurement`. None: not published.
    published : float or None
        The scale's own published reliable change, in score points, above 0. It takes precedence
        and is met with >=. None: not published; then the index decides, met with a strict
        |RC| > 1.96 on the unrounded value.

    Returns
    -------
    Change

    Raises
    ------
    ValueError
        If neither a published value nor both `sd` and `reliability` are there, or one of them is
        outside its range.
    """
    if published is not None:
        if not 0 < published < math.inf:
            raise ValueError(f"A published reliable change lies above 0; {published:g} does not.")
        reliable = abs(difference(before, after)) >= published
    elif sd is not None and reliability is not None:
        index = reliable_change_index(before, after, sd=sd, reliability=reliability)
        reliable = abs(index) > CRITICAL_VALUE
    else:
        raise ValueError("Reliable change needs a published value, or an SD and a reliability.")
    if not reliable:
        return Change.NONE
    return Change.IMPROVED if (after < before) is (better is Better.LOWER) else Change.WORSE


def confirmed(
    scores: Sequence[float | None],
    *,
    better: Better,
    sd: float | None = None,
    reliability: float | None = None,
    published: float | None = None,
) -> Change:
    """Say what reliable change the last two scores agree on.

    Both must differ reliably, in the same direction, from the first score and from the mean of the
    first two. One bad day at the start or at the end is thereby not enough.

    Parameters
    ----------
    scores : Sequence[float or None]
        One scale in session order; None where a session has no score, which is passed over and
        never counted as 0.
    better, sd, reliability, published
        As in `classify`.

    Returns
    -------
    Change
        NONE also while there are fewer than three scores: the rule cannot be met before.

    Raises
    ------
    ValueError
        As `classify`.
    """
    known = [score for score in scores if score is not None]
    if len(known) < 3:
        return Change.NONE
    starts = (known[0], (known[0] + known[1]) / 2)
    seen = {
        classify(start, latest, better=better, sd=sd, reliability=reliability, published=published)
        for start in starts
        for latest in known[-2:]
    }
    return seen.pop() if len(seen) == 1 else Change.NONE


def earlier_crossings(
    scores: Sequence[float | None],
    *,
    better: Better,
    sd: float | None = None,
    reliability: float | None = None,
    published: float | None = None,
) -> tuple[Crossing, ...]:
    """List where, before the latest score, the course began to differ reliably from its first.

    None of them is the status: that is `classify` of the first score and the latest one. The rule
    looks at every score, so some of these arise by chance in a course without change.

    Parameters
    ----------
    scores : Sequence[float or None]
        One scale in session order; None where a session has no score.
    better, sd, reliability, published
        As in `classify`.

    Returns
    -------
    tuple[Crossing, ...]
        In session order; empty when there are fewer than three scores. A run of scores that all
        differ in one direction is one crossing, at its first session.

    Raises
    ------
    ValueError
        As `classify`.
    """
    known = [(n, score) for n, score in enumerate(scores, start=1) if score is not None]
    crossings: list[Crossing] = []
    previous = Change.NONE
    for session, score in known[1:-1]:
        change = classify(
            known[0][1],
            score,
            better=better,
            sd=sd,
            reliability=reliability,
            published=published,
        )
        if change not in (Change.NONE, previous):
            crossings.append(Crossing(session=session, change=change))
        previous = change
    return tuple(crossings)
