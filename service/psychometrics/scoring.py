"""What turns answers into a score: direction, rounding, reflection, totals."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

_PLACES = 9
"""Scores carry a few decimals; what differs beyond the ninth is binary noise."""


class Better(StrEnum):
    """Which end of a scale is the good one."""

    LOWER = "lower"
    HIGHER = "higher"


def round_half_up(x: float) -> int:
    """Give the nearest whole number; a half goes up.

    Parameters
    ----------
    x : float
        Any finite number.

    Returns
    -------
    int
        floor(x + 0.5), so 2.5 is 3 and -2.5 is -2. The half is judged on the fraction itself,
        because adding 0.5 first would carry 0.49999999999999994 to 1.

    Raises
    ------
    ValueError, OverflowError
        If `x` is not a number, or infinite.
    """
    whole = math.floor(x)
    return whole + 1 if x - whole >= 0.5 else whole


def difference(before: float, after: float) -> float:
    """Give `after - before` in score points, freed from binary noise.

    Parameters
    ----------
    before, after : float
        Scores of one scale; a later score comes second.

    Returns
    -------
    float
        Rounded to the ninth decimal, so that 8.3 - 3.3 is 5 and reaches a threshold of 5.
    """
    return round(after - before, _PLACES)


def percent_of_range(points: float, *, low: float, high: float) -> float:
    """Give a difference of two scores in per cent of the possible range: 100 * points / range.

    Parameters
    ----------
    points : float
        A difference of two scores of one scale; its sign is kept.
    low, high : float
        The least and the greatest possible score.

    Returns
    -------
    float
        From -100 to 100.

    Raises
    ------
    ValueError
        If there is no range.
    """
    if not low < high:
        raise ValueError(f"There is no range from {low:g} to {high:g}.")
    return 100 * points / (high - low)


def reflect(score: float, *, low: float, high: float) -> float:
    """Turn a score round within its range, so that the good end becomes the bad one.

    Parameters
    ----------
    score : float
        A score from `low` to `high`.
    low, high : float
        The least and the greatest possible score.

    Returns
    -------
    float
        low + high - score.

    Raises
    ------
    ValueError
        If the score lies outside its range.
    """
    if not low <= score <= high:
        raise ValueError(f"A score of {score:g} cannot be reflected in the range {low:g}-{high:g}.")
    return round(low + high - score, _PLACES)


def total(
    answers: Mapping[int, float],
    *,
    items: Sequence[int],
    ranges: Mapping[int, tuple[float, float]],
    reversed_items: Collection[int] = (),
    allowed_missing: int = 0,
    never_imputed: Collection[int] = (),
    rounded: bool = True,
    rounded_mean: bool = False,
    mean: bool = False,
) -> float | None:
    """Score one scale from the answers to its items.

    A missing item takes the mean of the answered ones, which makes the sum
    (sum of answered) * (number of items) / (number answered), rounded half up where `rounded`;
    a mean scale is then the plain mean of the answered items. A scale that is multiplied afterwards
    (DASS-21, WHO-5) is multiplied by the caller, so rounding always comes first.

    Parameters
    ----------
    answers : Mapping[int, float]
        Item number -> answer as given, before reversal. An unanswered item is absent; answers to
        items of other scales are ignored. The order never matters.
    items : Sequence[int]
        The items of this scale, each once.
    ranges : Mapping[int, tuple[float, float]]
        Item number -> least and greatest answer, for every item of the scale.
    reversed_items : Collection[int]
        Items scored as least + greatest - answer.
    allowed_missing : int
        How many unanswered items the score survives.
    never_imputed : Collection[int]
        Items, such as those that ask about risk, without whose own answer there is no score.
    rounded : bool
        Whether a sum that contains an imputed item is rounded half up. A complete sum and a mean
        are never rounded.
    rounded_mean : bool
        Whether each missing item takes the mean rounded half up, as on the OQ-45, so that the sum
        is (sum of answered) + (rounded mean of answered) * (number missing).
    mean : bool
        Whether the score is the mean of the items instead of their sum.

    Returns
    -------
    float or None
        The score in points of the scale. None: it cannot be computed by the published rule; it is
        not 0. Sums are exact in decimal: 6.1 + 6.3 + 6.3 + 6.3 is 25, not just under it.

    Raises
    ------
    ValueError
        If an answer lies outside its item's range, or the scale has no items.
    """
    if not items:
        raise ValueError("A scale without items has no score.")
    answered = [item for item in items if item in answers]
    absent = [item for item in items if item not in answers]
    if not answered or len(absent) > allowed_missing or any(i in never_imputed for i in absent):
        return None
    points = sum(
        (_points(item, answers[item], ranges[item], item in reversed_items) for item in answered),
        start=Fraction(0),
    )
    if mean:
        return float(points / len(answered))
    if absent and rounded_mean:
        each = math.floor(points / len(answered) + Fraction(1, 2))
        return float(points + each * len(absent))
    whole = points * len(items) / len(answered)
    return float(math.floor(whole + Fraction(1, 2)) if absent and rounded else whole)


def _points(item: int, answer: float, bounds: tuple[float, float], turned: bool) -> Fraction:
    low, high = bounds
    if not low <= answer <= high:
        raise ValueError(f"The answer {answer:g} to item {item} is outside {low:g}-{high:g}.")
    return _exact(low) + _exact(high) - _exact(answer) if turned else _exact(answer)


def _exact(number: float) -> Fraction:
    """The number as it is written in decimal, not its nearest binary fraction."""
    return Fraction(str(number))
