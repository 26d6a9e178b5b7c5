"""What simulated courses say of the rules, as `openapi/simulation.json` holds it.

`python -m service simulate` writes it and the documents are made from it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

import msgspec

Kind = Literal["symptom", "expected", "pair", "alliance", "pace"]
"""What a course records: one symptom or wellbeing scale, the same where the site has a curve of
expected scores for it, depression with anxiety, one alliance scale, or one with the therapist's
acts and the wishes for the pace."""


class Shape(StrEnum):
    """What really changes in a course."""

    UNCHANGED = "unchanged"
    STEP = "step"
    """From session 11 on."""
    EARLY_STEP = "early-step"
    """From session 3 on."""
    GRADUAL = "gradual"
    """Evenly from the first session to the last."""
    TWO_SESSIONS = "two-sessions"
    """In sessions 11 and 12, and back."""


class Measure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One scale of a course, in score points."""

    scale: str
    start: float
    """The person's true level at the start."""
    sd: float
    """Of the scores around it, within the person."""
    change: float = 0
    """The real change, its sign as on the scale; clipped with the scores where the scale ends."""


class Condition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Courses of one sort."""

    kind: Kind
    measures: tuple[Measure, ...]
    shape: Shape = Shape.UNCHANGED
    autocorrelation: float
    """Between the deviations of neighbouring sessions."""
    missing: float = 0
    """Chance that a session has no score."""
    between: float = 0
    """SD of the courses' own levels around `start`."""
    session_sd: float | None = None
    """A session-to-session SD in the place of the scale's own; None: the scale's own."""
    acts: float = 0
    """Chance that a session has an act coded as encouraging expression."""
    wishes: float = 0
    """Chance that a session has a wish for a slower pace."""

    @property
    def name(self) -> str:
        """Says everything that makes it; the courses are drawn from it and the seed."""
        measures = " + ".join(
            f"{m.scale} from {m.start:g} sd {m.sd:g} by {m.change:+g}" for m in self.measures
        )
        reference = "own" if self.session_sd is None else f"{self.session_sd:g}"
        levels = f"levels sd {self.between:g}; " if self.between else ""
        return (
            f"{self.kind} {self.shape}: {measures}; {levels}"
            f"autocorrelation {self.autocorrelation:g}; missing {self.missing:g}; "
            f"session sd {reference}; acts {self.acts:g}; wishes {self.wishes:g}"
        )


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that a rule can say of a course, in words."""

    rule: str
    name: str
    title: str
    follows: bool = False
    """Whether it is counted among the courses in which the rule found anything at all."""


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often one event was seen in the courses of one condition."""

    rule: str
    event: str
    condition: Condition
    of: int
    """Courses; for an event that follows another, those in which the other was seen."""
    seen: int
    rate: float | None = None
    """None: there was nothing to count."""
    low: float | None = None
    high: float | None = None
    """Ends of Wilson's 95 % interval."""
    within_four: float | None = None
    """Share that was seen in the first four sessions of a real change; None without one."""
    median_session: float | None = None
    """In which session of a real change it was first seen, half of those seen no later."""


class Results(msgspec.Struct, frozen=True, kw_only=True):
    seed: int
    courses: int
    """Of each condition."""
    sessions: int
    """Of each course."""
    events: tuple[Event, ...]
    rows: tuple[Row, ...]
    not_simulated: Mapping[str, str]
    """Rule -> why its findings are no events of chance."""


def read(text: bytes) -> Results:
    """Raises `msgspec.ValidationError` where it is of another shape."""
    return msgspec.json.decode(text, type=Results)
