"""What was expressed in the sessions: drawn from the person's own propensity and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

TEARS = "tears"
OTHERWISE = (
    "tears-held-back",
    "eyes-filled",
    "no-tears-emotion-shared",
    "none",
    "prefer-not-to-record",
)
OTHERWISE_SHARES = (0.06, 0.09, 0.32, 0.51, 0.02)

UNCODED = frozenset({"none", "prefer-not-to-record"})
"""Presences that carry no further component."""

CHOICES: Mapping[str, Mapping[str, int]] = {
    "expression-timing": {"opening": 2, "middle": 5, "closing": 3},
    "expression-topic": {
        "loss": 4,
        "conflict-in-relationship": 4,
        "feeling-alone": 4,
        "feeling-powerless": 3,
        "overload": 3,
        "self-criticism": 3,
        "memory-of-harm": 2,
        "bodily-pain": 1,
        "kindness-received": 2,
        "relief-or-joy": 2,
        "talking-about-therapy": 1,
        "other": 1,
        "not-known": 1,
    },
    "expression-intensity": {"slight": 4, "clear": 5, "full": 2},
    "expression-duration": {"moment": 4, "few-minutes": 5, "much-of-session": 1},
    "emotion-during": {
        "sadness": 6,
        "grief": 3,
        "anger": 2,
        "fear": 2,
        "shame": 2,
        "guilt": 2,
        "loneliness": 3,
        "tenderness": 2,
        "relief": 2,
        "joy": 1,
        "numb": 1,
        "other": 1,
    },
    "mood-change-after": {"better": 3, "same": 4, "worse": 2, "mixed": 3, "too-soon-to-say": 3},
    "therapist-act-before": {
        "explored-feeling": 5,
        "named-feeling": 4,
        "linked-to-history": 3,
        "let-narrate": 4,
        "paused": 2,
        "asked-facts": 2,
        "encouraged-expression": 1,
    },
    "therapist-response": {
        "stayed-present": 6,
        "named-feeling": 3,
        "supported": 3,
        "normalised": 2,
        "silence": 2,
        "paused": 2,
        "no-response": 1,
        "changed-topic": 1,
    },
    "patient-meaning": {
        "facing-pain": 3,
        "trust-in-therapist": 2,
        "new-way-of-seeing": 2,
        "release": 3,
        "overwhelmed": 2,
        "felt-exposed": 2,
        "no-special-meaning": 3,
        "not-discussed": 5,
        "other": 1,
    },
}
"""Components of an episode and the relative weight of their codes."""

SHEDDING = {
    "expression-form": {
        "quiet-tears": 5,
        "sobbing": 2,
        "restrained": 3,
        "grieving": 2,
        "relieved": 2,
        "laughing-and-crying": 1,
        "other": 1,
    }
}
"""Components that only tears have."""

PACE = ("go-on", "no-preference", "slower", "not-now", "stop")
BELIEFS = (
    "tears-help",
    "tears-make-worse",
    "tears-burden-others",
    "seen-as-weak",
    "private-matter",
    "no-fixed-view",
)


@dataclass(frozen=True, kw_only=True)
class Episode:
    """What is recorded of one session; `codes` by component."""

    presence: str
    codes: Mapping[str, str]
    felt_understood: int | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the patient said or marked in one session beside the forms; None: not asked."""

    pace_wish: str | None
    pace_felt: int | None
    belief: tuple[str, int] | None
    """A belief about crying and how strongly it is held, 0 to 10."""
    acceptance: int | None
    """Acceptance of suffering, 0 to 10."""


def episodes(rng: np.random.Generator, sessions: int) -> list[Episode | None]:
    """One per session in order of time; None where nothing was recorded."""
    logit = rng.normal(-3.0, 1.7) + rng.normal(0.2, 0.4) * np.log1p(np.arange(sessions))
    tears = (rng.random(sessions) < 1.0 / (1.0 + np.exp(-logit))).tolist()
    recorded = (rng.random(sessions) < rng.beta(12.0, 1.5)).tolist()
    return [
        _episode(rng, shed) if kept else None for shed, kept in zip(tears, recorded, strict=True)
    ]


def _episode(rng: np.random.Generator, shed: bool) -> Episode:
    presence = TEARS if shed else str(rng.choice(OTHERWISE, p=OTHERWISE_SHARES))
    if presence in UNCODED:
        return Episode(presence=presence, codes={})
    table = {**CHOICES, **SHEDDING} if shed else CHOICES
    kept = (rng.random(len(table)) < 0.7).tolist()
    codes = {
        component: _pick(rng, weights)
        for (component, weights), noted in zip(table.items(), kept, strict=True)
        if noted
    }
    understood = int(rng.binomial(10, 0.78)) if rng.random() < 0.4 else None
    return Episode(presence=presence, codes=codes, felt_understood=understood)


def _pick(rng: np.random.Generator, weights: Mapping[str, int]) -> str:
    drawn = rng.random() * sum(weights.values())
    for code, weight in weights.items():
        drawn -= weight
        if drawn < 0:
            return code
    raise AssertionError("Weights are positive, so one of the codes was drawn.")


def sayings(rng: np.random.Generator, sessions: int) -> list[Said]:
    """What the person says of the pace, of crying and of suffering; each is asked now and then."""
    ease, acceptance = rng.normal(1.0, 1.0), rng.normal(4.0, 2.0)
    shares = np.exp(-np.abs(ease - np.array([1.6, 0.8, -0.2, -1.0, -2.2])) * 1.5)
    belief = str(rng.choice(BELIEFS))
    strength = rng.integers(2, 10)
    asked = (rng.random((sessions, 4)) < np.array([0.25, 0.4, 0.08, 0.15])).tolist()
    wishes = rng.choice(PACE, size=sessions, p=shares / shares.sum()).tolist()
    drift = rng.normal(0.08, 0.1) * np.arange(sessions)
    felt = _marks(rng, np.full(sessions, 7.0 + ease))
    held = _marks(rng, strength - drift)
    accepted = _marks(rng, acceptance + drift)
    return [
        Said(
            pace_wish=str(wishes[n]) if wish else None,
            pace_felt=felt[n] if pace else None,
            belief=(belief, held[n]) if view else None,
            acceptance=accepted[n] if suffering else None,
        )
        for n, (wish, pace, view, suffering) in enumerate(asked)
    ]


def _marks(rng: np.random.Generator, centre: np.ndarray) -> list[int]:
    """Whole numbers from 0 to 10 around `centre`."""
    marks = np.floor(rng.normal(centre, 1.2) + 0.5)
    return [int(mark) for mark in np.clip(marks, 0, 10).tolist()]
