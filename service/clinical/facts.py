"""What the rules read of a patient's resources, each kind in its compact form.

A fact is extracted once, when its resource is written, and stored beside it, so that deriving a
patient's findings reads no resource bodies.
"""

from datetime import date, datetime
from typing import Literal

import msgspec

Usable = Literal["usable", "safety-only"]
"""`safety-only`: a response still in progress feeds the safety rules and nothing else."""


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """What every fact says: where it stands, when it holds, and which session it names."""

    reference: str
    """`[type]/[id]` of the resource it was read from."""
    effective: str
    """Its FHIR date or dateTime, to the letter."""
    at: datetime
    """The same instant in UTC; a date without time is its first moment in the site's zone."""
    day: date
    """The same as a calendar day in the site's zone."""
    encounter: str | None = None
    """Id of the Encounter it names, where that is one of ours, else None."""
    labels: tuple[tuple[str, str], ...] = ()
    """Its `meta.security` codings as (system, code)."""


class Session(Fact, frozen=True, kw_only=True, tag="session"):
    """An Encounter; `effective` is its period's start."""

    id: str
    episode: str | None = None
    status: str


class Episode(Fact, frozen=True, kw_only=True, tag="episode"):
    """An EpisodeOfCare; `effective` is its period's start, `until` its last day, None if open."""

    id: str
    until: date | None = None


class Answers(Fact, frozen=True, kw_only=True, tag="answers"):
    """A QuestionnaireResponse to a known instrument."""

    instrument: str
    values: dict[int, float]
    """Item number -> answer, readable and in range; unanswered items are absent."""
    problems: tuple[str, ...] = ()
    """One sentence each on what could not be read; any of them withholds the score."""
    problem_items: tuple[int, ...] = ()
    """Items a problem is about."""
    usable: Usable = "usable"


class Total(Fact, frozen=True, kw_only=True, tag="total"):
    """A score that arrived ready-made."""

    scale: str
    value: float


class SafetyAnswer(Fact, frozen=True, kw_only=True, tag="safety-answer"):
    """A single safety item that arrived as an Observation or as a component of one."""

    instrument: str
    item: int
    value: float | None = None


class Expression(Fact, frozen=True, kw_only=True, tag="expression"):
    """An expression episode; every component's codes by component code."""

    presence: str
    codes: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, float] = {}


class Remark(Fact, frozen=True, kw_only=True, tag="remark"):
    """A single Observation of CodeSystem `expression`: pace-wish, trust-in-therapist, and so on."""

    topic: str
    code: str | None = None
    number: float | None = None
    by_patient: bool = False
    """Whether the patient is its performer."""
    components: dict[str, str] = {}


class Response(Fact, frozen=True, kw_only=True, tag="response"):
    """A person's answer to a finding: an acknowledgement or a dismissal."""

    topic: Literal["safety-acknowledgement", "finding-dismissal"]
    focus: str
    """Id of the finding's Observation."""
    reason: str | None = None
    by: str | None = None
    """Reference to who answered."""


AnyFact = Session | Episode | Answers | Total | SafetyAnswer | Expression | Remark | Response
Facts = tuple[AnyFact, ...]
"""One resource can carry several: a total with its item 9 as a component."""

_decoder = msgspec.msgpack.Decoder(Facts)


def encode(facts: Facts) -> bytes:
    return msgspec.msgpack.encode(facts)


def decode(stored: bytes) -> Facts:
    return _decoder.decode(stored)
