"""The arithmetic of a measurement: quantiles, growth, arrivals. Numbers in, numbers out."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, nan
from random import Random
from statistics import fmean, median

STEADY = 1.25
"""What is higher by more than this in the last third than in the first was not flat."""


def quantile(ordered: Sequence[float], share: float) -> float:
    """The least value that `share` of them do not pass (nearest rank); NaN of none."""
    place = ceil(share * len(ordered) - 1e-9) - 1
    return ordered[max(0, place)] if ordered else nan


def spread(values: Sequence[float], digits: int = 0) -> str:
    """`median (least-most)`."""
    middle, least, most = (f"{v:,.{digits}f}" for v in (median(values), min(values), max(values)))
    return f"{middle} ({least}-{most})"


def growth(values: Sequence[float]) -> tuple[float, tuple[float, ...]]:
    """The last to the first, and each to the one before it; NaN where there is nothing below."""
    steps = tuple(_ratio(after, before) for before, after in pairwise(values))
    return _ratio(values[-1], values[0]), steps


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else nan


def slope(points: Sequence[tuple[float, float]]) -> float:
    """How much y rises for each x, by least squares; NaN where all x are one."""
    x_mean, y_mean = (fmean(point[axis] for point in points) for axis in (0, 1))
    across = sum((x - x_mean) ** 2 for x, _ in points)
    return _ratio(sum((x - x_mean) * (y - y_mean) for x, y in points), across)


def arrivals(rate: float, seconds: float, seed: int) -> tuple[float, ...]:
    """When requests of a Poisson process come, in seconds from its start."""
    random = Random(seed)  # noqa: S311  (not a secret)
    found: list[float] = []
    at = random.expovariate(rate)
    while at < seconds:
        found.append(at)
        at += random.expovariate(rate)
    return tuple(found)


def thirds(values: Sequence[float]) -> tuple[float, float]:
    """The medians of the first third and of the last."""
    part = max(1, len(values) // 3)
    return median(values[:part]), median(values[-part:])


def was_flat(values: Sequence[float], *, slack: float = 0.0) -> bool:
    """Whether the last third is not above the first by more than a quarter, or by `slack` in
    its own unit where that is more."""
    first, last = thirds(values)
    return last <= max(first * STEADY, first + slack)
