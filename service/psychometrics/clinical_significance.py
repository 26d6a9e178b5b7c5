"""On which side of a cut-off the scores of a course lie, and what that adds to reliable change.

The cut-offs are those of Jacobson & Truax (1991), doi:10.1037/0022-006X.59.1.12. A cut-off is one
boundary that splits a scale into the scores below it and the scores at or above it:

- where lower is better, `cutoff` is the first value inside the clinical range, and a score is
  clinical when score >= cutoff (PHQ-9: 10 is clinical, 9 is not);
- where higher is better, `cutoff` is the first value outside it, and a score is clinical when
  score < cutoff ("clinical below 25" on the ORS: 24.9 is clinical, 25 is not).
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import assert_never

from service.psychometrics.reliable_change import Change
from service.psychometrics.scoring import Better


class Status(StrEnum):
    """Where a course stands against its start; codes, not words to show."""

    RECOVERED = "recovered"
    """Clinical at the start, functional now, reliably improved."""
    RELIABLY_IMPROVED = "reliably-improved"
    NO_RELIABLE_CHANGE = "no-reliable-change"
    CROSSED_WITHOUT_RELIABLE_CHANGE = "crossed-without-reliable-change"
    """Clinical at the start, functional now, the difference within measurement error."""
    RELIABLY_WORSE = "reliably-worse"
    RELIABLY_WORSE_NOW_IN_CLINICAL_RANGE = "reliably-worse-now-in-clinical-range"
    """Functional at the start, clinical now, reliably worse."""


def cutoff_a(*, clinical_mean: float, clinical_sd: float, better: Better) -> float:
    """Give the point two SDs of the clinical population away from its mean, on the good side.

    a = clinical_mean - 2 * clinical_sd where lower is better, + where higher is better.

    Parameters
    ----------
    clinical_mean, clinical_sd : float
        Mean and SD (above 0) of patients before treatment, in score points.
    better : Better
        The good end of the scale.

    Returns
    -------
    float
        In score points, unrounded; it can lie outside the range of the scale.

    Raises
    ------
    ValueError
        If the SD is not above 0.

    References
    ----------
    Jacobson & Truax (1991), doi:10.1037/0022-006X.59.1.12.
    """
    _require_spread(clinical_sd)
    return clinical_mean + _towards_health(better) * 2 * clinical_sd


def cutoff_b(*, functional_mean: float, functional_sd: float, better: Better) -> float:
    """Give the point two SDs of the functional population away from its mean, on the bad side.

    b = functional_mean + 2 * functional_sd where lower is better, - where higher is better. The SD
    is the functional population's own.

    Parameters
    ----------
    functional_mean, functional_sd : float
        Mean and SD (above 0) of people without the complaint, in score points.
    better : Better
        The good end of the scale.

    Returns
    -------
    float
        In score points, unrounded; it can lie outside the range of the scale.

    Raises
    ------
    ValueError
        If the SD is not above 0.

    References
    ----------
    Jacobson & Truax (1991), doi:10.1037/0022-006X.59.1.12.
    """
    _require_spread(functional_sd)
    return functional_mean - _towards_health(better) * 2 * functional_sd


def cutoff_c(
    *, clinical_mean: float, clinical_sd: float, functional_mean: float, functional_sd: float
) -> float:
    """Give the point that is equally many SDs away from both populations' means.

    c = (functional_sd * clinical_mean + clinical_sd * functional_mean)
        / (functional_sd + clinical_sd)

    Parameters
    ----------
    clinical_mean, clinical_sd, functional_mean, functional_sd : float
        As in `cutoff_a` and `cutoff_b`.

    Returns
    -------
    float
        In score points, unrounded, between the two means.

    Raises
    ------
    ValueError
        If an SD is not above 0.

    References
    ----------
    Jacobson & Truax (1991), doi:10.1037/0022-006X.59.1.12.
    """
    _require_spread(clinical_sd)
    _require_spread(functional_sd)
    weighted = functional_sd * clinical_mean + clinical_sd * functional_mean
    return weighted / (functional_sd + clinical_sd)


def in_clinical_range(score: float, *, cutoff: float, better: Better) -> bool:
    """Say whether a score is clinical: score >= cutoff where lower is better, else score < cutoff.

    Parameters
    ----------
    score, cutoff : float
        In points of one scale; `cutoff` is the boundary described at the top of this file.
    better : Better
        The good end of the scale.
    """
    return (score >= cutoff) is (better is Better.LOWER)


def started_below_cut(before: float, *, cutoff: float, better: Better) -> bool:
    """Say whether the course began outside the clinical range; such a course never recovers.

    Parameters as in `in_clinical_range`; where higher is better, "below" means at or above.
    """
    return not in_clinical_range(before, cutoff=cutoff, better=better)


def status(before: float, after: float, *, cutoff: float, better: Better, change: Change) -> Status:
    """Combine reliable change with the side of the cut-off at the start and now.

    Parameters
    ----------
    before, after : float
        The first and the latest score of one scale.
    cutoff, better
        As in `in_clinical_range`.
    change : Change
        What `reliable_change.classify` says of the same two scores.

    Returns
    -------
    Status
        Recovery and crossing need a clinical start; to be worse and *now* in the clinical range
        needs a functional one.
    """
    clinical_before = in_clinical_range(before, cutoff=cutoff, better=better)
    clinical_after = in_clinical_range(after, cutoff=cutoff, better=better)
    left = clinical_before and not clinical_after
    entered = clinical_after and not clinical_before
    match change:
        case Change.IMPROVED:
            return Status.RECOVERED if left else Status.RELIABLY_IMPROVED
        case Change.WORSE:
            if entered:
                return Status.RELIABLY_WORSE_NOW_IN_CLINICAL_RANGE
            return Status.RELIABLY_WORSE
        case Change.NONE:
            return Status.CROSSED_WITHOUT_RELIABLE_CHANGE if left else Status.NO_RELIABLE_CHANGE
        case _:
            assert_never(change)


def _towards_health(better: Better) -> int:
    return -1 if better is Better.LOWER else 1


def _require_spread(sd: float) -> None:
    if not 0 < sd < math.inf:
        raise ValueError(f"The SD of a population must be a number above 0, not {sd:g}.")
