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
    """Its FHIR date or dateTime, to the letter; empty where `dated` is False."""
    at: datetime
    """The same instant in UTC; a date without time is its first moment in the site's zone."""
    day: date
    """The same as a calendar day in the site's zone."""
    dated: bool = True
    """False: the resource says no date. Such a fact is read by the safety rules alone; `at` and
    `day` are the last moment there is (`datatypes.LAST`), so that it stands with the newest."""
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
    not_applicable: tuple[int, ...] = ()
    """Items that were answered "not applicable"."""
    usable: Usable = "usable"


class Total(Fact, frozen=True, kw_only=True, tag="total"):
    """A score that arrived ready-made."""

    scale: str
    value: float


class SafetyAnswer(Fact, frozen=True, kw_only=True, tag="safety-answer"):
    """A single safety item that arrived as an Observation or as a component of one.

    Also what can be read of a safety item in a response that is not scored: an answer outside its
    range, the greatest of two answers, or an item of an unknown questionnaire known by its code.
    """

    instrument: str
    item: int
    value: float | None = None
    """None: no answer that can be read."""


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
    """Component code -> its code or number as text; several codes are joined by a space."""


class Response(Fact, frozen=True, kw_only=True, tag="response"):
    """A person's answer to a finding: an acknowledgement or a dismissal."""

    topic: Literal["safety-acknowledgement", "finding-dismissal"]
    focus: str
    """Id of the finding's Observation."""
    reason: str | None = None
    by: str | None = None
    """Reference to who answered."""


class Remembered(Fact, frozen=True, kw_only=True, tag="remembered"):
    """A safety answer that an earlier version of the resource gave and a later one takes back.

    The conversation it calls for is still due; see `memory`.
    """

    instrument: str
    item: int
    value: float
    total: float | None = None
    """The ready-made total that proves the answer, where no answer itself was there."""


AnyFact = (
    Session | Episode | Answers | Total | SafetyAnswer | Expression | Remark | Response | Remembered
)
Facts = tuple[AnyFact, ...]
"""One resource can carry several: a total with its item 9 as a component."""

_decoder = msgspec.msgpack.Decoder(Facts)


def encode(facts: Facts) -> bytes:
    return msgspec.msgpack.encode(facts)


def decode(stored: bytes) -> Facts:
    return _decoder.decode(stored)
