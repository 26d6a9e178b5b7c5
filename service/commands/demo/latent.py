"""What a patient's answers come from: latent curves over the appointments of one course."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
"""One value per appointment, in order of time."""


@dataclass(frozen=True, kw_only=True)
class Direction:
    """A class of courses: its share, and mean and SD of slope and plateau in logits."""

    share: float
    slope: tuple[float, float]
    plateau: tuple[float, float]


DIRECTIONS = (
    Direction(share=0.40, slope=(0.75, 0.25), plateau=(0.2, 0.2)),
    Direction(share=0.25, slope=(0.0, 0.08), plateau=(0.8, 0.25)),
    Direction(share=0.20, slope=(0.0, 0.10), plateau=(0.0, 0.2)),
    Direction(share=0.15, slope=(-0.45, 0.20), plateau=(0.0, 0.2)),
)

JUMP_RATE = 0.03
"""Chance that severity changes for good at an appointment."""

FALL_RATE = 0.07
"""Chance that the alliance falls at an appointment."""


@dataclass(frozen=True, kw_only=True)
class Latent:
    """A patient's curves; each starts at the first appointment."""

    severity: Curve
    anxiety: Curve
    self_harm: Curve
    """The walk of thoughts of self-harm around what severity alone would give."""
    inflexibility: Curve
    alliance: Curve


def latent(rng: np.random.Generator, appointments: int) -> Latent:
    severity = _severity(rng, appointments)
    anxiety = 0.75 * severity + rng.normal(0.2, 0.5) + _noise(rng, appointments, 0.15)
    walk = rng.normal(0.0, 0.5) + np.cumsum(rng.normal(0.0, 0.25, appointments))
    averaged = np.cumsum(severity) / np.arange(1, appointments + 1)
    inflexibility = 0.5 * averaged + rng.normal(0.2, 0.6) + _noise(rng, appointments, 0.1)
    return Latent(
        severity=severity,
        anxiety=anxiety,
        self_harm=walk,
        inflexibility=inflexibility,
        alliance=_alliance(rng, appointments),
    )


def _severity(rng: np.random.Generator, appointments: int) -> Curve:
    shares = [direction.share for direction in DIRECTIONS]
    direction = DIRECTIONS[int(rng.choice(len(DIRECTIONS), p=shares))]
    start, slope, plateau = (
        rng.normal(*pair) for pair in ((1.0, 0.6), direction.slope, direction.plateau)
    )
    n = np.arange(appointments)
    jumps = rng.normal(0.0, 0.9, appointments) * (rng.random(appointments) < JUMP_RATE)
    jumps[0] = 0.0
    trend = start - slope * np.log1p(n) - plateau * -np.expm1(-n / 3)
    curve: Curve = trend + np.cumsum(jumps) + _noise(rng, appointments, 0.2)
    return curve


def _alliance(rng: np.random.Generator, appointments: int) -> Curve:
    level, growth, kept = rng.normal(1.0, 0.6), rng.normal(0.15, 0.12), rng.beta(2.0, 2.0)
    falls = rng.gamma(4.0, 0.45, appointments) * (rng.random(appointments) < FALL_RATE)
    falls[0] = 0.0
    curve: Curve = level + growth * np.log1p(np.arange(appointments))
    curve += _noise(rng, appointments, 0.2)
    return curve - _remaining(falls, kept)


def _remaining(falls: Curve, kept: float) -> Curve:
    """What is left of earlier falls at each appointment: each keeps the share `kept`."""
    left = np.empty_like(falls)
    before = 0.0
    for n, fall in enumerate(falls.tolist()):
        before = left[n] = kept * before + fall
    return left


def _noise(rng: np.random.Generator, appointments: int, sd: float) -> Curve:
    """AR(1) with stationary standard deviation `sd` and correlation 0.4 between neighbours."""
    steps = rng.normal(0.0, sd, appointments)
    steps[1:] *= (1 - 0.4**2) ** 0.5
    return _remaining(steps, 0.4)
