"""A fall below a person's own recent scores, larger than their usual ups and downs, and its return.

A screening signal for strain in the alliance; an observer's coding of rupture and repair is
something else. Published rules disagree, and Gumz et al. (2012), doi:10.1186/1471-2288-12-10,
advise to combine variability within and between persons; the predictive t below does so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from service.psychometrics.distributions import t_upper_tail
from service.psychometrics.exact_sum import ExactSum
from service.psychometrics.scoring import Better, difference, round_half_up

REFERENCE_LENGTH = 5
LEAST_REFERENCE = 3
SESSIONS_TO_RETURN = 5
POSSIBLE_AT = 0.01
MARKED_AT = 0.002
_PRIOR_DF = 6
"""nu0: how many sessions' worth of evidence the scale's own session SD counts for."""
_DF_PER_DIFFERENCE = 2 / 3
"""Half the mean squared successive difference estimates a variance with two thirds as many
degrees of freedom as there are differences (von Neumann et al., 1941)."""


class Level(StrEnum):
    """How unusual a fall is."""

    POSSIBLE = "possible"
    """One-sided p <= .01."""
    MARKED = "marked"
    """One-sided p <= .002."""


class Return(StrEnum):
    """What followed a strain."""

    RETURNED = "returned"
    NOT_YET_RETURNED = "not-yet-returned"
    NO_LATER_SCORE = "no-later-score"


@dataclass(frozen=True, kw_only=True)
class Fall:
    """One session's score against the person's own scores before it."""

    session: int
    """Counted from 1, sessions without a score included."""
    score: float
    reference: float
    """Mean of the reference scores, in score points."""
    reference_count: int
    """k, 3 to 5."""
    s: float
    """Session-to-session SD, this person's and the scale's own combined, in score points."""
    df: int
    t: float
    """Positive when the score is worse than the reference."""
    p: float
    """One-sided probability of so large a fall without change."""

    @property
    def level(self) -> Level | None:
        """None: not unusual enough to be named."""
        if self.p <= MARKED_AT:
            return Level.MARKED
        return Level.POSSIBLE if self.p <= POSSIBLE_AT else None


@dataclass(frozen=True, kw_only=True)
class Strain:
    """A fall that was raised, and what followed it."""

    fall: Fall
    level: Level
    outcome: Return
    returned_at: int | None
    """Session of return; None unless returned."""
    return_bound: float
    """The score that counts as return: one s from the reference, both as they were at the fall."""


def falls(scores: Sequence[float | None], *, session_sd: float, better: Better) -> tuple[Fall, ...]:
    """Compare every session that can be compared with the person's own scores before it.

    With m the mean of the k latest scores before session i (k = 3 to 5), d the differences between
    scores of adjacent sessions before i, n their number, nu0 = 6 and nu = 2/3 n:

        s^2 = (nu0 * session_sd^2 + 2/3 * sum(d^2) / 2) / (nu0 + nu)
        t = (m - score) / (s * sqrt(1 + 1/k)), the sign turned where lower is better
        df = nu0 + nu, rounded half up; p = P(T > t)

    Parameters
    ----------
    scores : Sequence[float or None]
        One scale of one person in one course, in session order; None where a session has no score.
        A gap is passed over in the reference, counts as a session, and no difference bridges it.
    session_sd : float
        Within-person, session-to-session SD of the scale, in score points, above 0.
    better : Better
        The good end of the scale.

    Returns
    -------
    tuple[Fall, ...]
        In session order, one per session with a score and at least three scores before it; so
        nothing can be said of sessions 1 to 3. Rises are among them, with p above .5.

    Raises
    ------
    ValueError
        If `session_sd` is not above 0.

    References
    ----------
    Gumz et al. (2012), doi:10.1186/1471-2288-12-10; von Neumann, Kent, Bellinson & Hart (1941),
    Annals of Mathematical Statistics 12, 153-162 (variance from successive differences).
    """
    if not 0 < session_sd < math.inf:
        raise ValueError(f"A session-to-session SD must be a number above 0, not {session_sd:g}.")
    return tuple(_falls(scores, session_sd, 1 if better is Better.HIGHER else -1))


def _falls(scores: Sequence[float | None], session_sd: float, sign: int) -> Iterator[Fall]:
    known: list[float] = []
    squares = ExactSum()
    for session, (previous, score) in enumerate(pairwise([None, *scores]), start=1):
        if score is not None and len(known) >= LEAST_REFERENCE:
            yield _fall(session, score, known[-REFERENCE_LENGTH:], squares, session_sd, sign)
        # Only now, because the session's own difference must not widen its own yardstick.
        if score is not None:
            known.append(score)
            if previous is not None:
                squares.add((score - previous) ** 2)


def _fall(
    session: int,
    score: float,
    reference: Sequence[float],
    squares: ExactSum,
    session_sd: float,
    sign: int,
) -> Fall:
    k = len(reference)
    mean = math.fsum(reference) / k
    nu = _DF_PER_DIFFERENCE * squares.count
    own = _DF_PER_DIFFERENCE * squares.rounded / 2
    s = math.sqrt((_PRIOR_DF * session_sd**2 + own) / (_PRIOR_DF + nu))
    df = round_half_up(_PRIOR_DF + nu)
    t = sign * (mean - score) / (s * math.sqrt(1 + 1 / k))
    return Fall(
        session=session,
        score=score,
        reference=mean,
        reference_count=k,
        s=s,
        df=df,
        t=t,
        p=t_upper_tail(t, df=df),
    )


def strains(
    scores: Sequence[float | None], *, session_sd: float, better: Better
) -> tuple[Strain, ...]:
    """Raise the falls that are unusual, and say for each whether the scores came back.

    A score returns when it is at or above reference - s (where lower is better: at or below
    reference + s), both as they were at the fall, within the five sessions after it. Until that
    session, or the fifth, no new strain is raised. Scores of a strain stay in later references.

    Parameters
    ----------
    scores, session_sd, better
        As in `falls`.

    Returns
    -------
    tuple[Strain, ...]
        In session order; empty when nothing was raised, which with fewer than four scores means
        that nothing could be seen. `outcome` is NO_LATER_SCORE only when no later session of the
        course has a score; scores that come only after the fifth session are NOT_YET_RETURNED.

    Raises
    ------
    ValueError
        As `falls`.

    References
    ----------
    As `falls`.
    """
    raised: list[Strain] = []
    closed_until = 0
    for fall in falls(scores, session_sd=session_sd, better=better):
        if fall.level is None or fall.session <= closed_until:
            continue
        strain = _followed(fall, fall.level, scores, better)
        raised.append(strain)
        closed_until = strain.returned_at or fall.session + SESSIONS_TO_RETURN
    return tuple(raised)


def _followed(fall: Fall, level: Level, scores: Sequence[float | None], better: Better) -> Strain:
    sign = 1 if better is Better.HIGHER else -1
    bound = fall.reference - sign * fall.s
    later = scores[fall.session :]
    back = (
        session
        for session, score in enumerate(later[:SESSIONS_TO_RETURN], start=fall.session + 1)
        if score is not None and sign * difference(bound, score) >= 0
    )
    returned_at = next(back, None)
    if returned_at is not None:
        outcome = Return.RETURNED
    elif any(score is not None for score in later):
        outcome = Return.NOT_YET_RETURNED
    else:
        outcome = Return.NO_LATER_SCORE
    return Strain(
        fall=fall, level=level, outcome=outcome, returned_at=returned_at, return_bound=bound
    )
