"""The few probabilities that the other files need, typed and without scipy.stats.

`scipy.special` is a quarter of all that a server imports, so it is loaded when one of them is first
asked for; `load` does it beforehand.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any


@cache
def load() -> Any:
    """Give `scipy.special`, which publishes no types."""
    from scipy import special  # type: ignore[import-untyped]

    return special


@lru_cache(maxsize=1024)
def t_quantile(p: float, *, df: int) -> float:
    """Give the value of Student's t below which a share `p` (0 to 1) lies, for `df` >= 1."""
    return float(load().stdtrit(df, p))


def t_upper_tail(t: float, *, df: int) -> float:
    """Give the probability, 0 to 1, that Student's t with `df` >= 1 exceeds `t`."""
    return float(load().stdtr(df, -t))


@lru_cache(maxsize=64)
def normal_quantile(p: float) -> float:
    """Give the value of the standard normal below which a share `p` (0 to 1) lies."""
    return float(load().ndtri(p))
