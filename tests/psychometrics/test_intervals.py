"""Wilson intervals against published examples."""

from __future__ import annotations

import pytest

from service.psychometrics.intervals import wilson_interval


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_intervals_are_reproduced(
    successes: int, n: int, low: float, high: float
) -> None:
    assert wilson_interval(successes, n) == (
        pytest.approx(low, abs=5e-5),
        pytest.approx(high, abs=5e-5),
    )


def test_all_and_none_end_exactly_at_the_bounds() -> None:
    none, everyone = wilson_interval(0, 10), wilson_interval(10, 10)
    assert none is not None
    assert everyone is not None
    assert (none[0], everyone[1]) == (0, 1)


def test_nobody_counted_gives_no_interval() -> None:
    assert wilson_interval(0, 0) is None


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5)])
def test_what_is_no_proportion_is_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="not a proportion"):
        wilson_interval(successes, n)


def test_a_confidence_outside_0_to_1_is_refused() -> None:
    with pytest.raises(ValueError, match="confidence"):
        wilson_interval(1, 5, confidence=95)
