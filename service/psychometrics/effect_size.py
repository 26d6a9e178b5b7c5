"""How large a change is in units of how much people differ."""

from __future__ import annotations

import math

from service.psychometrics.scoring import Better, difference


def course_effect_size(first: float, last: float, *, intake_sd: float, better: Better) -> float:
    """Give a course's change divided by the clinical intake SD, positive when better.

    (first - last) / intake_sd where lower is better, (last - first) / intake_sd where higher is.

    Parameters
    ----------
    first, last : float
        First and last score of one scale in the course.
    intake_sd : float
        SD of patients at intake in a named sample, in score points, above 0; never that of a
        healthy population, which would inflate the result.
    better : Better
        The good end of the scale.

    Returns
    -------
    float
        In SDs.

    Raises
    ------
    ValueError
        If the SD is not above 0.

    References
    ----------
    Becker (1988), doi:10.1111/j.2044-8317.1988.tb00901.x.
    """
    if not 0 < intake_sd < math.inf:
        raise ValueError(f"An intake SD must be a number above 0, not {intake_sd:g}.")
    rise = difference(first, last)
    return (rise if better is Better.HIGHER else -rise) / intake_sd


def hedges_correction(df: int) -> float:
    """Give the factor that takes the small-sample bias out of a standardised mean difference.

    J = 1 - 3 / (4 * df - 1).

    Parameters
    ----------
    df : int
        Degrees of freedom of the SD, at least 1.

    Returns
    -------
    float
        0 to 1, near 1 for large samples.

    Raises
    ------
    ValueError
        If `df` is below 1.

    References
    ----------
    Hedges (1981), doi:10.3102/10769986006002107.
    """
    if df < 1:
        raise ValueError(f"Hedges' correction needs at least 1 degree of freedom, not {df}.")
    return 1 - 3 / (4 * df - 1)


def can_show_improvement(
    first: float, *, low: float, high: float, reliable_change: float, better: Better
) -> bool:
    """Say whether the scale leaves room for one reliable improvement from this start.

    Parameters
    ----------
    first : float
        First score of the course.
    low, high : float
        The least and the greatest possible score.
    reliable_change : float
        The scale's reliable change in score points.
    better : Better
        The good end of the scale.

    Returns
    -------
    bool
        False when the start is less than one reliable change away from the good end.
    """
    room = difference(low, first) if better is Better.LOWER else difference(first, high)
    return room >= reliable_change
