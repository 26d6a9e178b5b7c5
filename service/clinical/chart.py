"""What the indicators read: one course of a patient, with what is open in the whole record."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from service.clinical import facts
from service.clinical.choices import UNCHANGED, Choices
from service.clinical.course import Course, Session, order
from service.clinical.curves import NO_CURVES, Curves
from service.clinical.definitions import Construct
from service.clinical.findings import Input
from service.clinical.safety import Concern
from service.clinical.series import Series

F = TypeVar("F", facts.Expression, facts.Remark)


@dataclass(frozen=True, kw_only=True)
class Review:
    """A concern with what a person answered to it."""

    concern: Concern
    acknowledgement: facts.Response | None = None

    @property
    def open(self) -> bool:
        return self.acknowledgement is None


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One course."""

    course: Course
    series: Sequence[Series]
    """Every scale given in the course, by id."""
    reviews: Sequence[Review] = ()
    """Safety reviews that fall into this course."""
    open_reviews: Sequence[Review] = ()
    """Those of the patient that no one has acknowledged, from whichever course."""
    choices: Choices = UNCHANGED
    curves: Curves = NO_CURVES
    """The curves of expected scores that the site has."""
    given: frozenset[Construct] | None = None
    """Constructs that the patient's forms measure, where that was looked at: no series need be made
    for others."""

    @property
    def measured(self) -> tuple[Series, ...]:
        """The scales that findings are derived from."""
        return tuple(series for series in self.series if series.scale.primary)

    @property
    def alliance(self) -> tuple[Series, ...]:
        return self.on(Construct.ALLIANCE)

    def on(self, construct: Construct) -> tuple[Series, ...]:
        """The measured scales of one construct."""
        if self.given is not None and construct not in self.given:
            return ()
        return tuple(s for s in self.measured if s.scale.construct is construct)

    @property
    def asks_about_suicide(self) -> bool:
        """Whether any form of the course asks, answered or not."""
        return bool(self.reviews) or any(series.instrument.safety for series in self.series)

    @cached_property
    def expressions(self) -> tuple[tuple[int, facts.Expression], ...]:
        """Expression records with their session, in order."""
        return tuple(self._of(facts.Expression))

    def of(self, scale: str | None) -> Series:
        """The series of a scale that was given in the course."""
        return next(series for series in self.series if series.scale.id == scale)

    @cached_property
    def attendance(self) -> tuple[facts.Remark, ...]:
        """Who came to the meetings of the course; of several records of one the last counts."""
        found = dict[str, facts.Remark]()
        for remark in self.course.about:
            if remark.topic == "session-attendance" and remark.code is not None:
                found[remark.encounter or remark.day.isoformat()] = remark
        return tuple(found.values())

    @property
    def ending(self) -> facts.Remark | None:
        """How the course ended, as a person coded it last."""
        coded = [r for r in self.course.about if r.topic == "course-ending" and r.code is not None]
        return coded[-1] if coded else None

    def session(self, number: int) -> Session:
        """The session counted from 1."""
        return self.course.sessions[number - 1]

    def numbered(self, key: str | None) -> int:
        """The number of the session with this key."""
        return next(n for n, s in enumerate(self.course.sessions, start=1) if s.key == key)

    def said(self, *topics: str) -> tuple[tuple[int, facts.Remark], ...]:
        """Remarks on these topics with their session, in order."""
        if len(topics) == 1:
            return tuple(self._remarks.get(topics[0], ()))
        found = (said for topic in topics for said in self._remarks.get(topic, ()))
        return tuple(sorted(found, key=lambda said: (said[0], order(said[1]))))

    @cached_property
    def _remarks(self) -> Mapping[str, Sequence[tuple[int, facts.Remark]]]:
        by_topic: dict[str, list[tuple[int, facts.Remark]]] = defaultdict(list)
        for number, remark in self._of(facts.Remark):
            by_topic[remark.topic].append((number, remark))
        return by_topic

    def _of(self, kind: type[F]) -> Iterator[tuple[int, F]]:
        for number, session in enumerate(self.course.sessions, start=1):
            for record in session.records:
                if isinstance(record, kind):
                    yield number, record


def heard(fact: facts.Fact) -> Input:
    """A record as the input of a finding."""
    return Input(
        reference=fact.reference,
        at=fact.at,
        day=fact.day,
        effective=fact.effective,
        labels=fact.labels,
    )
