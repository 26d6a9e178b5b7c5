"""How long it takes until something happens, when not everyone is watched until it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Step:
    """One time at which it happened to someone.

    `survival` is the estimated share, 0 to 1, to whom it has not happened after `time`; `at_risk`
    counts those still watched just before it, `events` those to whom it happened then.
    """

    time: float
    at_risk: int
    events: int
    survival: float


def kaplan_meier(times: Sequence[float], happened: Sequence[bool]) -> tuple[Step, ...]:
    """Estimate the survival curve by Kaplan and Meier's product-limit formula.

    S(t) = product over the times t_i <= t of (1 - events_i / at_risk_i). Whoever left at the time
    of an event counts as at risk of it.

    Parameters
    ----------
    times : Sequence[float]
        For everyone watched the time until it happened or the watching ended, such as a number of
        sessions; in any order.
    happened : Sequence[bool]
        Whether it happened then (True) or the watching ended (False); in the order of `times`.

    Returns
    -------
    tuple[Step, ...]
        One for each time at which it happened, in order of time; empty where it never did. Those
        who left are taken to be like those who stayed: where they left because of how they fared,
        the curve is wrong, and whoever shows it says so.

    Raises
    ------
    ValueError
        If the sequences differ in length, or a time is negative or no number.

    References
    ----------
    Kaplan & Meier (1958), doi:10.1080/01621459.1958.10501452. Computed by `scipy.stats.ecdf`.
    """
    if len(times) != len(happened):
        raise ValueError("Every time needs a mark whether it happened then.")
    if not all(0 <= time < float("inf") for time in times):
        raise ValueError("A time is a number from 0 on.")
    if not any(happened):
        return ()
    # Half a second to import: paid by reports, not by every start.
    from scipy.stats import CensoredData, ecdf  # type: ignore[import-untyped]

    curve = ecdf(
        CensoredData(
            uncensored=[time for time, event in zip(times, happened, strict=True) if event],
            right=[time for time, event in zip(times, happened, strict=True) if not event],
        )
    ).sf
    events = {
        float(time): sum(t == time and e for t, e in zip(times, happened, strict=True))
        for time in curve.quantiles
    }
    return tuple(
        Step(
            time=float(time),
            at_risk=sum(t >= time for t in times),
            events=events[float(time)],
            survival=float(survival),
        )
        for time, survival in zip(curve.quantiles, curve.probabilities, strict=True)
        if events[float(time)]
    )


def median_time(curve: Sequence[Step]) -> float | None:
    """Give the first time after which at most half remain, None where more than half do to the end.

    Parameters
    ----------
    curve : Sequence[Step]
        As `kaplan_meier` gives it.

    Returns
    -------
    float or None
        In the unit of the times. None: the median lies beyond what was watched.
    """
    return next((step.time for step in curve if step.survival <= 0.5), None)
