"""A sum that is read after every value is as exact as one of all values at once."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from service.psychometrics.exact_sum import ExactSum

finite = st.floats(-1e150, 1e150)


def test_what_rounding_cuts_off_is_not_lost() -> None:
    # 1e16 + 1 rounds to 1e16, and so does that + 1; the exact sum is 1e16 + 2.
    total = ExactSum()
    for value in (1e16, 1.0, 1.0):
        total.add(value)
    assert (1e16 + 1.0) + 1.0 == 1e16
    assert total.rounded == 10_000_000_000_000_002.0


def test_without_values_it_is_0() -> None:
    assert (ExactSum().count, ExactSum().rounded) == (0, 0.0)


@given(st.lists(finite | st.floats(0, 4), max_size=60))
def test_it_is_what_fsum_gives_after_every_value(values: list[float]) -> None:
    total = ExactSum()
    for count, value in enumerate(values, 1):
        total.add(value)
        assert total.rounded == math.fsum(values[:count])
    assert total.count == len(values)
