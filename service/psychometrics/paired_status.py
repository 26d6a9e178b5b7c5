"""Two measures read together, as services that report to the NHS do: depression and anxiety.

The rules are those of the manual of NHS Talking Therapies; on both measures lower is better.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.psychometrics.reliable_change import Change, classify
from service.psychometrics.scoring import Better


@dataclass(frozen=True, kw_only=True)
class PairedStatus:
    """What two measures say of a course together."""

    change: Change
    """IMPROVED or WORSE: one measure changed so and none in the opposite direction."""
    case_at_start: bool
    """Whether either was at or above its value at the start."""
    below_both_now: bool
    """Whether both are below their values now."""

    @property
    def recovery(self) -> bool:
        """A case at the start and below both values now."""
        return self.case_at_start and self.below_both_now

    @property
    def reliable_recovery(self) -> bool:
        """Recovery with reliable improvement."""
        return self.recovery and self.change is Change.IMPROVED


def together(changes: Iterable[Change]) -> Change:
    """Give the one direction in which any of the measures changed; NONE for none, or for both.

    Parameters
    ----------
    changes : Iterable[Change]
        One for each measure, in any order.

    Returns
    -------
    Change
        So IMPROVED says that one improved and none became reliably worse.
    """
    directions = set(changes) - {Change.NONE}
    return directions.pop() if len(directions) == 1 else Change.NONE


def paired_status(
    before: Sequence[float],
    after: Sequence[float],
    *,
    caseness: Sequence[float],
    reliable_changes: Sequence[float],
) -> PairedStatus:
    """Read two measures together, on which lower is better.

    Parameters
    ----------
    before, after : Sequence[float]
        The score of each measure at the first and at the latest session that has both, in the
        same order of measures.
    caseness : Sequence[float]
        For each measure the first value that makes a case, met with >=.
    reliable_changes : Sequence[float]
        For each measure the change in score points that is reliable, met with >=.

    Returns
    -------
    PairedStatus

    Raises
    ------
    ValueError
        If the sequences differ in length, or a reliable change is not above 0.

    References
    ----------
    National Collaborating Centre for Mental Health (2018), The Improving Access to Psychological
    Therapies manual.
    """
    measures = tuple(zip(before, after, caseness, reliable_changes, strict=True))
    return PairedStatus(
        change=together(
            classify(first, latest, better=Better.LOWER, published=change)
            for first, latest, _, change in measures
        ),
        case_at_start=any(first >= case for first, _, case, _ in measures),
        below_both_now=all(latest < case for _, latest, case, _ in measures),
    )
