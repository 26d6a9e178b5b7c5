"""Whether the latest scores of a course lie where a curve of earlier courses leads one to expect.

Expected courses as a logarithmic curve of sessions: Lutz, Martinovich & Howard (1999),
doi:10.1037/0022-006X.67.4.571; Finch, Lambert & Schaalje (2001), doi:10.1002/cpp.286.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.psychometrics.scoring import Better

CRITICAL_VALUE = 1.282
"""One-sided 10 % point of the standard normal: one session in ten of an unchanged course lies
outside by chance."""
FIRST_JUDGED = 2
"""Session 1 is where a course starts, and no expectation is held against a start."""


class Outcome(StrEnum):
    """Where a course stands at its latest score."""

    ON_TRACK = "on-track"
    NOT_ON_TRACK = "not-on-track"
    OUTSIDE_ONCE = "outside-once"
    BETTER = "better-than-expected"


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """score = b0 + b1 ln(session), with the SD of single scores around it."""

    b0: float
    """Score points; the value at session 1."""
    b1: float
    """Score points per unit of ln(session)."""
    sd: float
    """Total residual, sqrt(tau^2 + sigma^2): between courses and within them. Score points."""
    last_session: int
    """The curve says nothing of later sessions."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One score beside its expectation."""

    session: int
    score: float
    expected: float
    bound: float
    """The last value within the range on the side against the better direction."""
    good_bound: float
    """The same on the side of the better direction."""
    outside: bool
    """Beyond `bound`."""
    beyond_good: bool
    """Beyond `good_bound`."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Where a course stands, with the scores that decided it."""

    outcome: Outcome
    latest: Place
    before: Place | None
    """The judged score before the latest; None where the latest is the first that is judged."""


def expected(session: int, *, b0: float, b1: float) -> float:
    """Give the expected score: b0 + b1 ln(session).

    Parameters
    ----------
    session : int
        Number of the session, from 1.
    b0, b1 : float
        The curve, in score points.

    Returns
    -------
    float
        In score points; not held to the range of the scale.

    Raises
    ------
    ValueError
        If `session` is below 1.
    """
    if session < 1:
        raise ValueError(f"Sessions count from 1; {session} is none.")
    return b0 + b1 * math.log(session)


def bound(session: int, *, curve: Expectation, better: Better, z: float = CRITICAL_VALUE) -> float:
    """Give the last value within the expected range, against the better direction.

    bound = expected + z * sd where lower is better, expected - z * sd where higher is.

    Parameters
    ----------
    session : int
        Number of the session, from 1.
    curve : Expectation
        Its `sd` above 0.
    better : Better
        The good end of the scale.
    z : float
        Standard normal deviate, above 0. A negative one gives the bound on the good side.

    Returns
    -------
    float
        In score points; not held to the range of the scale.

    Raises
    ------
    ValueError
        If the SD is not above 0, or as `expected`.
    """
    if not 0 < curve.sd < math.inf:
        raise ValueError(f"The SD of a curve must be a number above 0, not {curve.sd:g}.")
    side = 1 if better is Better.LOWER else -1
    return expected(session, b0=curve.b0, b1=curve.b1) + side * z * curve.sd


def judge(
    scores: Sequence[float | None], *, curve: Expectation, better: Better, z: float = CRITICAL_VALUE
) -> Judgement | None:
    """Say where a course stands at its latest score.

    The first score chose the curve and is not held against it. Of the later ones the last two
    decide: both beyond the bound against the better direction is NOT_ON_TRACK, the latest alone
    OUTSIDE_ONCE; both beyond the bound on the other side is BETTER; all else is ON_TRACK. A session
    without a score between the two does not part them: nobody knows that it lay within. A score at
    the bound lies within.

    Of unchanged courses of 20 sessions, half of whose variance lies between courses, 18.6 % are
    ever NOT_ON_TRACK and 51 % ever have one score outside; a shift of 2 SD is NOT_ON_TRACK within
    four sessions after the one it began in for 84 %.

    Parameters
    ----------
    scores : Sequence[float or None]
        One scale in session order; None where a session has no score.
    curve : Expectation
        Chosen by the first score.
    better : Better
        The good end of the scale.
    z : float
        As in `bound`.

    Returns
    -------
    Judgement or None
        None: there is no score after the first, or the latest lies beyond the curve's last
        session, where an earlier status would be an old one.

    Raises
    ------
    ValueError
        As `bound`.
    """
    known = [(n, score) for n, score in enumerate(scores, start=1) if score is not None]
    judged = [(n, score) for n, score in known[1:] if n >= FIRST_JUDGED]
    if not judged or judged[-1][0] > curve.last_session:
        return None
    places = [_place(n, score, curve, better, z) for n, score in judged[-2:]]
    latest, before = places[-1], places[0] if len(places) > 1 else None
    return Judgement(outcome=_outcome(latest, before), latest=latest, before=before)


def _place(session: int, score: float, curve: Expectation, better: Better, z: float) -> Place:
    limit = bound(session, curve=curve, better=better, z=z)
    good = bound(session, curve=curve, better=better, z=-z)
    side = 1 if better is Better.LOWER else -1
    return Place(
        session=session,
        score=score,
        expected=expected(session, b0=curve.b0, b1=curve.b1),
        bound=limit,
        good_bound=good,
        outside=side * (score - limit) > 0,
        beyond_good=side * (score - good) < 0,
    )


def _outcome(latest: Place, before: Place | None) -> Outcome:
    if latest.outside:
        twice = before is not None and before.outside
        return Outcome.NOT_ON_TRACK if twice else Outcome.OUTSIDE_ONCE
    if latest.beyond_good and before is not None and before.beyond_good:
        return Outcome.BETTER
    return Outcome.ON_TRACK
