"""How sure a proportion is."""

from __future__ import annotations

import math

from service.psychometrics.distributions import normal_quantile


def wilson_interval(
    successes: int, n: int, *, confidence: float = 0.95
) -> tuple[float, float] | None:
    """Give Wilson's score interval of a proportion.

    With p = successes / n and z the two-sided normal quantile:
    (p + z^2 / 2n -/+ z * sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n).

    Parameters
    ----------
    successes, n : int
        Counts, 0 <= successes <= n.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    tuple[float, float] or None
        Lower and upper bound, 0 to 1. None: nobody was counted, so nothing is known.

    Raises
    ------
    ValueError
        If the counts or the confidence are outside their ranges.

    References
    ----------
    Wilson (1927), doi:10.1080/01621459.1927.10502953.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a proportion.")
    if not 0 < confidence < 1:
        raise ValueError(f"A confidence lies between 0 and 1; {confidence:g} does not.")
    if n == 0:
        return None
    p = successes / n
    z = normal_quantile(0.5 + confidence / 2)
    centre = p + z**2 / (2 * n)
    margin = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    low = 0.0 if successes == 0 else (centre - margin) / scale
    high = 1.0 if successes == n else (centre + margin) / scale
    return low, high
