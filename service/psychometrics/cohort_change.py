"""Reliable change as other authors compute it: indices that need the figures of a cohort.

For reports about a group, by name. A patient's own result uses the fixed figures of a published
sample (`reliable_change`), so that other patients never change it. The first four are compared in
Bauer, Lambert & Nielsen (2004), doi:10.1207/s15327752jpa8201_11.
"""

from __future__ import annotations

import math

from service.psychometrics.reliable_change import standard_error_of_measurement

HAGEMAN_ARRINDELL_CRITICAL_VALUE = 1.65
"""One-sided 5 % point of the standard normal, as Hageman & Arrindell (1999) print it."""


def gulliksen_lord_novick(
    before: float, after: float, *, mean_before: float, sd_before: float, reliability: float
) -> float:
    """Compare the later score with the one that the earlier one predicts.

    (after - [r (before - M) + M]) / (sd * sqrt(1 - r^2)), M and sd being the cohort's before.

    Parameters
    ----------
    before, after : float
        The earlier and the later score of one scale.
    mean_before, sd_before : float
        Mean and SD of the cohort's earlier scores, in score points; the SD above 0.
    reliability : float
        Reliability of the scale, 0 to under 1.

    Returns
    -------
    float
        In standard errors of prediction; positive when the score is higher than predicted,
        whichever direction is better. Reliable where it exceeds 1.96 either way.

    Raises
    ------
    ValueError
        If the SD or the reliability is outside its range.

    References
    ----------
    Hsu (1989), Behavioral Assessment 11, 459-467, after Gulliksen (1950) and Lord & Novick (1968).
    """
    error = _standard_error_of_prediction(sd_before, reliability)
    return (after - _regressed(before, mean_before, reliability)) / error


def hsu_linn_lindley(
    before: float,
    after: float,
    *,
    mean_before: float,
    mean_after: float,
    sd_before: float,
    reliability: float,
) -> float:
    """Compare the later score, seen from the cohort's later mean, with the predicted one.

    ((after - M2) - r (before - M1)) / (sd * sqrt(1 - r^2)). Parameters, answer and errors as in
    `gulliksen_lord_novick`; `mean_after` (M2) is the mean towards which scores regress.

    References
    ----------
    Hsu (1999), doi:10.1037/0022-006X.67.4.594.
    """
    error = _standard_error_of_prediction(sd_before, reliability)
    return ((after - mean_after) - reliability * (before - mean_before)) / error


def edwards_nunnally(
    before: float, after: float, *, mean_before: float, sd_before: float, reliability: float
) -> float:
    """Compare the later score with the estimated true score before.

    (after - [r (before - M) + M]) / (sd * sqrt(1 - r)). Parameters, answer and errors as in
    `gulliksen_lord_novick`, in standard errors of measurement.

    References
    ----------
    Speer (1992), doi:10.1037/0022-006X.60.3.402.
    """
    error = _above_zero(standard_error_of_measurement(sd=sd_before, reliability=reliability))
    return (after - _regressed(before, mean_before, reliability)) / error


def nunnally_kotsch(
    before: float,
    after: float,
    *,
    mean_before: float,
    sd_before: float,
    sd_after: float,
    reliability_before: float,
    reliability_after: float,
) -> float:
    """Compare the later score with the estimated true score before, each with its own error.

    (after - [r1 (before - M) + M]) / sqrt(sd1^2 r1^2 (1 - r1) + sd2^2 (1 - r2)). Parameters, answer
    and errors as in `gulliksen_lord_novick`, with SD and reliability of both occasions.

    References
    ----------
    Nunnally & Kotsch (1983), British Journal of Clinical Psychology 22, 83-93.
    """
    first = reliability_before * standard_error_of_measurement(
        sd=sd_before, reliability=reliability_before
    )
    second = standard_error_of_measurement(sd=sd_after, reliability=reliability_after)
    error = _above_zero(math.hypot(first, second))
    return (after - _regressed(before, mean_before, reliability_before)) / error


def hageman_arrindell(
    before: float,
    after: float,
    *,
    mean_before: float,
    mean_after: float,
    sd_before: float,
    sd_after: float,
    reliability: float,
    correlation: float,
) -> float | None:
    """Give the estimated true change in units of its error.

    ((after - before) R + (M2 - M1) (1 - R)) / (sqrt(R) * sqrt(2) * SE), where SE is the standard
    error of measurement, and R the reliability of the difference:
    (sd1^2 r1 + sd2^2 r2 - 2 sd1 sd2 r12) / (sd1^2 + sd2^2 - 2 sd1 sd2 r12) with
    ri = 1 - SE^2 / sdi^2.

    Parameters
    ----------
    before, after : float
        The earlier and the later score of one scale.
    mean_before, mean_after, sd_before, sd_after : float
        Of the cohort's earlier and later scores; the SDs above 0.
    reliability : float
        Reliability of the scale before, 0 to under 1.
    correlation : float
        Between the cohort's earlier and later scores, -1 to 1.

    Returns
    -------
    float or None
        Reliable where it exceeds 1.65 either way. None: the differences of this cohort hold no
        more than error (R is not above 0), so nothing can be said of one of them.

    Raises
    ------
    ValueError
        If an SD, the reliability or the correlation is outside its range.

    References
    ----------
    Hageman & Arrindell (1999), doi:10.1016/S0005-7967(99)00032-7.
    """
    if not -1 <= correlation <= 1:
        raise ValueError(f"A correlation lies from -1 to 1; {correlation:g} does not.")
    if not 0 < sd_after < math.inf:
        raise ValueError(f"The SD of a cohort must be a number above 0, not {sd_after:g}.")
    error = _above_zero(standard_error_of_measurement(sd=sd_before, reliability=reliability))
    spread = sd_before**2 + sd_after**2 - 2 * sd_before * sd_after * correlation
    true_spread = spread - 2 * error**2
    if true_spread <= 0:
        return None
    of_difference = true_spread / spread
    change = (after - before) * of_difference + (mean_after - mean_before) * (1 - of_difference)
    return change / (math.sqrt(of_difference) * math.sqrt(2) * error)


def _regressed(before: float, mean: float, reliability: float) -> float:
    """The true score that an observed one leads to expect."""
    return reliability * (before - mean) + mean


def _standard_error_of_prediction(sd: float, reliability: float) -> float:
    """sd * sqrt(1 - r^2)"""
    measurement = standard_error_of_measurement(sd=sd, reliability=reliability)
    return _above_zero(measurement * math.sqrt(1 + reliability))


def _above_zero(error: float) -> float:
    if error == 0:
        raise ValueError("A reliability of 1 leaves no error to compare a change with.")
    return error
