"""The scores of simulated courses: a level, what really changes, and what varies around it."""

from collections.abc import Mapping
from hashlib import blake2b
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from service.clinical.catalogue import catalogue
from service.clinical.simulation import Condition, Measure, Shape

SESSIONS = 20
STEP_AT = 11
EARLY_AT = 3
LASTING = 2
"""Sessions of a change that passes."""
BETWEEN_MEASURES = 0.5
"""Correlation of depression and anxiety around their levels, within a person."""
STEPS_PER_POINT: Mapping[str, int] = MappingProxyType({"wai-sr": 12, "ors": 10, "srs": 10})
"""The grid that a scale's scores lie on; whole points where none is named."""

Scores = NDArray[np.float64]
"""courses x sessions; nan where a session has no score."""
Marks = NDArray[np.bool_]


def generator(seed: int, condition: Condition) -> np.random.Generator:
    """Of one condition alone, so that each can be drawn again without the others."""
    key = blake2b(f"{seed} {condition.name}".encode(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(key, "big"))


def scores(rng: np.random.Generator, condition: Condition, courses: int) -> tuple[Scores, ...]:
    """One array for each measure; a session that is missing is so in all of them."""
    shared = rng.normal(0, 1, (courses, SESSIONS))
    drawn: list[Scores] = []
    for measure in condition.measures:
        steps = shared
        if drawn:
            own = rng.normal(0, 1, (courses, SESSIONS))
            steps = BETWEEN_MEASURES * shared + np.sqrt(1 - BETWEEN_MEASURES**2) * own
        noise = measure.sd * _correlated(steps, condition.autocorrelation)
        course = measure.start + measure.change * course_of(condition.shape)
        if condition.between:
            course = course + rng.normal(0, condition.between, (courses, 1))
        drawn.append(_on_grid(course + noise, measure))
    if condition.missing:
        missing = rng.random((courses, SESSIONS)) < condition.missing
        drawn = [np.where(missing, np.nan, scored) for scored in drawn]
    return tuple(drawn)


def marks(rng: np.random.Generator, chance: float, courses: int) -> Marks:
    """Sessions in which something is recorded."""
    return rng.random((courses, SESSIONS)) < chance


def course_of(shape: Shape) -> NDArray[np.float64]:
    """The share of the real change that is there in each session."""
    session = np.arange(1, SESSIONS + 1)
    if shape is Shape.UNCHANGED:
        return np.zeros(SESSIONS)
    if shape is Shape.GRADUAL:
        return (session - 1) / (SESSIONS - 1)
    first, last = window(shape)
    return ((session >= first) & (session <= last)).astype(np.float64)


def window(shape: Shape) -> tuple[int, int]:
    """The first and the last session of the real change; of a course without one, all."""
    return {
        Shape.UNCHANGED: (1, SESSIONS),
        Shape.GRADUAL: (1, SESSIONS),
        Shape.STEP: (STEP_AT, SESSIONS),
        Shape.EARLY_STEP: (EARLY_AT, SESSIONS),
        Shape.TWO_SESSIONS: (STEP_AT, STEP_AT + LASTING - 1),
    }[shape]


def _correlated(steps: Scores, autocorrelation: float) -> Scores:
    """An AR(1) of which every session has the same SD of 1."""
    noise = steps.copy()
    for session in range(1, SESSIONS):
        own = np.sqrt(1 - autocorrelation**2) * steps[:, session]
        noise[:, session] = autocorrelation * noise[:, session - 1] + own
    return noise


def _on_grid(scored: Scores, measure: Measure) -> Scores:
    _, scale = catalogue().scales[measure.scale]
    steps = STEPS_PER_POINT.get(measure.scale, 1)
    return np.clip(np.round(scored * steps) / steps, scale.low, scale.high)
