"""A sum that grows value by value and is still rounded only once, when it is read."""

from __future__ import annotations

import math


class ExactSum:
    """What `math.fsum` gives of all values so far, without looking at all of them again.

    The sum is kept as few numbers that together are exactly it: what rounding cuts off when two
    numbers are added is itself a number, and is kept beside their sum.

    References
    ----------
    Shewchuk (1997), doi:10.1007/PL00009321, Discrete & Computational Geometry 18, 305-363: theorem
    6 (two-sum) and the expansions of section 2.4.
    """

    def __init__(self) -> None:
        self._parts: list[float] = []
        self.count = 0
        """How many values were added."""

    def add(self, value: float) -> None:
        """Add a finite value."""
        self.count += 1
        cut_off: list[float] = []
        for part in self._parts:
            larger, smaller = (value, part) if abs(value) >= abs(part) else (part, value)
            value = larger + smaller
            lost = smaller - (value - larger)
            if lost:
                cut_off.append(lost)
        self._parts = [*cut_off, value]

    @property
    def rounded(self) -> float:
        """The number nearest to the exact sum; 0 without values."""
        return math.fsum(self._parts)
