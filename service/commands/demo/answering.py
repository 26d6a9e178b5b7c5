"""From latent values to answers: graded response for steps, logistic lines for marks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.commands.demo.latent import Curve, Latent

Matrix = NDArray[np.float64]
"""One row per appointment, one column per item."""

Answer = int | str | None
"""A step, a mark in tenths as text such as `7.3`, or None where the item was left open."""

Form = tuple[Answer, ...]

LEFT_OPEN = 0.008
"""Chance that a single answer is left open on paper; lines are marked on a screen, all or none."""


@dataclass(frozen=True, kw_only=True)
class Steps:
    """An instrument of graded items: discrimination `a`, difficulties `b` and shift per item."""

    a: float
    b: tuple[float, ...]
    low: int
    shifts: tuple[float, ...]
    own_sd: float = 0.45


PHQ_9 = Steps(
    a=2.2, b=(-0.2, 0.9, 1.8), low=0, shifts=(0.0, 0.0, -0.3, -0.4, 0.1, 0.0, 0.1, 0.6, 1.4)
)
GAD_7 = Steps(a=2.2, b=(-0.2, 0.9, 1.8), low=0, shifts=(-0.2, 0.0, -0.1, 0.0, 0.5, 0.0, 0.3))
AAQ_II = Steps(a=2.0, b=(-1.5, -0.8, -0.1, 0.5, 1.1, 1.8), low=1, shifts=(0.0,) * 7)
WAI_SR = Steps(a=2.4, b=(-2.2, -1.2, -0.2, 1.0), low=1, shifts=(0.2,) * 2 + (0.0,) * 10)


@dataclass(frozen=True, kw_only=True)
class Lines:
    """An instrument of four lines from 0 to 10: logistic(centre + weight * latent + noise)."""

    centre: float
    weight: float
    noise: float


ORS = Lines(centre=0.5, weight=-0.9, noise=0.35)
SRS = Lines(centre=1.6, weight=0.8, noise=0.25)


def steps(rng: np.random.Generator, curve: Curve | Matrix, kind: Steps) -> list[Form]:
    """Answers to every item at every appointment; `curve` may differ by item."""
    items = len(kind.shifts)
    values = curve if curve.ndim == 2 else curve[:, np.newaxis]
    own = rng.normal(0.0, kind.own_sd, items) - np.array(kind.shifts)
    reached = kind.a * ((values + own)[:, :, np.newaxis] - np.array(kind.b))
    drawn = rng.random((len(values), items))
    answers = kind.low + (drawn[:, :, np.newaxis] < _logistic(reached)).sum(axis=2)
    open_ = rng.random((len(values), items)) < LEFT_OPEN
    return [
        tuple(None if skipped else answer for answer, skipped in zip(*row, strict=True))
        for row in zip(answers.tolist(), open_.tolist(), strict=True)
    ]


def lines(rng: np.random.Generator, curve: Curve, kind: Lines) -> list[Form]:
    own = rng.normal(0.0, 0.3, 4)
    noise = rng.normal(0.0, kind.noise, (len(curve), 4))
    marks = _logistic(kind.centre + kind.weight * curve[:, np.newaxis] + own + noise)
    tenths = np.floor(marks * 100 + 0.5).astype(int).tolist()
    return [tuple(f"{mark // 10}.{mark % 10}" for mark in row) for row in tenths]


def phq_9(rng: np.random.Generator, curves: Latent) -> list[Form]:
    by_item = np.repeat(curves.severity[:, np.newaxis], 9, axis=1)
    by_item[:, 8] += curves.self_harm
    return steps(rng, by_item, PHQ_9)


def _logistic(x: Matrix) -> Matrix:
    curve: Matrix = 1.0 / (1.0 + np.exp(-x))
    return curve
