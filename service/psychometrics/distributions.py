"""The few probabilities that the other files need, typed and without scipy.stats."""

from __future__ import annotations

from functools import lru_cache

# scipy publishes no types; nothing else of it is imported when the service starts.
from scipy.special import ndtri, stdtr, stdtrit  # type: ignore[import-untyped]


@lru_cache(maxsize=1024)
def t_quantile(p: float, *, df: int) -> float:
    """Give the value of Student's t below which a share `p` (0 to 1) lies, for `df` >= 1."""
    return float(stdtrit(df, p))


def t_upper_tail(t: float, *, df: int) -> float:
    """Give the probability, 0 to 1, that Student's t with `df` >= 1 exceeds `t`."""
    return float(stdtr(df, -t))


@lru_cache(maxsize=64)
def normal_quantile(p: float) -> float:
    """Give the value of the standard normal below which a share `p` (0 to 1) lies."""
    return float(ndtri(p))
