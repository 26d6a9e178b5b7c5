"""What an indicator says: one finding, as a value, before it becomes an Observation."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import msgspec


class Category(StrEnum):
    """Who may read it: a grant of `survey` never reveals tears."""

    SURVEY = "survey"
    THERAPY = "therapy"


def category(*, expressed: bool) -> Category:
    """That of a score or an answer; `expressed`: it says what was expressed."""
    return Category.THERAPY if expressed else Category.SURVEY


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A number with its UCUM unit."""

    value: float
    unit: str = "{score}"


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many; kept as a ratio, which no search compares."""

    part: int
    whole: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class Concept:
    """A code; `system` is one of ours: `finding`, `expression` or `scale`."""

    code: str
    system: str = "finding"
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class When:
    """A FHIR date or dateTime, to the letter."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Absent:
    """Why there is no value; `code` is one of FHIR's data-absent-reason."""

    reason: str
    """In words."""
    code: str = "unknown"


Value = Amount | Share | Concept | When | bool | int | str


@dataclass(frozen=True, kw_only=True)
class Component:
    """One number, code or sentence that the finding rests on."""

    code: str | Concept
    """Of CodeSystem `finding`, unless it names its system."""
    value: Value | Absent


@dataclass(frozen=True, kw_only=True)
class Row:
    """A session, in a finding that lists those of a course."""

    number: int
    """From 1."""
    start: str
    """A FHIR date or dateTime."""
    encounter: str | None
    """Id of its Encounter, where it has one."""


class Input(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A resource that was read."""

    reference: str
    """`[type]/[id]`; empty where a day is counted whose records may not be named."""
    at: datetime
    day: date
    """In the site's zone."""
    effective: str
    """To the letter; empty where it states no date."""
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One indicator's answer about one course, scale, session or form."""

    rule: str
    code: str
    """Code of CodeSystem `finding`; the rule's id, save where one rule raises another code."""
    course: str | None
    """Key of the course; None where it belongs to a form whatever the course."""
    scale: str | None = None
    topic: str | None = None
    """Where it is about no scale but a record of expression: `crying-belief/seen-as-weak`."""
    event: str | None = None
    """Key of the session, or reference of the form, that raised it; None: the whole course."""
    encounter: str | None = None
    value: Value | Absent
    components: tuple[Component, ...] = ()
    inputs: tuple[Input, ...]
    """What was measured; the last of them dates the finding."""
    beside: tuple[Input, ...] = ()
    """What the sentence names besides, and what people answered to the finding."""
    sentence: str
    category: Category | None = None
    """Where it differs from that of the rule."""
    sessions: tuple[Row, ...] = ()
    """Those of the course, where the finding lists them."""

    @property
    def last(self) -> Input:
        """The input that dates the finding."""
        return max(self.inputs, key=lambda i: (i.at, i.reference))
