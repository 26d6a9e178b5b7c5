"""One scale through one course: at most one score a session, and what follows from their order."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import msgspec

from service.clinical.course import Course
from service.clinical.definitions import Instrument, Scale
from service.clinical.findings import Input
from service.clinical.scores import Score
from service.psychometrics import reliable_change, strain
from service.psychometrics.clinical_significance import in_clinical_range
from service.psychometrics.reliable_change import Change
from service.psychometrics.scoring import Better


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """The score that counts in one session."""

    session: int
    """From 1."""
    score: Score

    @property
    def value(self) -> float:
        return self.score.known


@dataclass(frozen=True, kw_only=True)
class Series:
    """The scores of one scale in one course."""

    scale: Scale
    instrument: Instrument
    points: tuple[Point, ...]
    """In order of sessions; only sessions with a score."""
    sessions: int
    """How many sessions the course has."""
    withheld: tuple[Score, ...]
    """Forms that gave no score, in order of time."""

    @cached_property
    def values(self) -> tuple[float | None, ...]:
        """One per session of the course; None where the scale was not given."""
        known = {point.session: point.value for point in self.points}
        return tuple(known.get(n) for n in range(1, self.sessions + 1))

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """Every score that counts; where none does, the forms that gave none."""
        counted = [point.score for point in self.points] or self.withheld
        return tuple(read(score) for score in counted)

    @property
    def missing(self) -> int:
        """Sessions of the course without a score."""
        return self.sessions - len(self.points)

    @property
    def better(self) -> Better:
        """Which end is the good one; asked only where a definition says what follows from it."""
        assert self.scale.better is not None
        return self.scale.better

    @property
    def measurable(self) -> bool:
        """Whether anything is published by which a change of this scale can be judged."""
        scale = self.scale
        return scale.better is not None and (
            scale.published_change is not None
            or (scale.norm is not None and scale.reliability is not None)
        )

    @cached_property
    def yardstick(self) -> Mapping[str, float | None]:
        """What `psychometrics.reliable_change` judges this scale by."""
        scale = self.scale
        paired = scale.norm is not None and scale.reliability is not None
        return {
            "sd": scale.norm.sd if scale.norm and paired else None,
            "reliability": scale.reliability.value if scale.reliability and paired else None,
            "published": scale.published_change.value if scale.published_change else None,
        }

    @cached_property
    def change(self) -> Change | None:
        """The latest score against the first; None: fewer than two scores, or no yardstick."""
        if len(self.points) < 2 or not self.measurable:
            return None
        first, latest = self.points[0].value, self.points[-1].value
        return reliable_change.classify(first, latest, better=self.better, **self.yardstick)

    @property
    def outside_clinical_range(self) -> bool:
        """Whether the latest score is; False also where no cut-off or no score is known."""
        cutoff = self.scale.cutoff
        return (
            cutoff is not None
            and bool(self.points)
            and not in_clinical_range(
                self.points[-1].value, cutoff=cutoff.value, better=self.better
            )
        )

    @cached_property
    def strains(self) -> tuple[strain.Strain, ...]:
        """Unusual falls; empty also where the scale has no session-to-session SD."""
        if self.scale.session_sd is None:
            return ()
        return strain.strains(
            self.values, session_sd=self.scale.session_sd.value, better=self.better
        )


def read(score: Score) -> Input:
    """The score as the input of a finding."""
    source = score.source
    return Input(
        reference=score.reference,
        at=source.at,
        day=source.day,
        effective=source.effective,
        labels=source.labels,
    )


def series(course: Course, scores: Mapping[str, Sequence[Score]]) -> tuple[Series, ...]:
    """Every scale that the course has a form of; `scores` by the reference of their source."""
    by_scale: dict[str, list[tuple[int, Score]]] = defaultdict(list)
    for number, session in enumerate(course.sessions, start=1):
        for reference in session.references:
            for score in scores.get(reference, ()):
                by_scale[score.scale.id].append((number, score))
    return tuple(_series(by_scale[scale], len(course.sessions)) for scale in sorted(by_scale))


def _series(given: Sequence[tuple[int, Score]], sessions: int) -> Series:
    counting: dict[int, Score] = {}
    for number, score in given:
        if score.value is not None:
            rival = counting.get(number)
            if rival is None or _precedence(score) > _precedence(rival):
                counting[number] = score
    return Series(
        scale=given[0][1].scale,
        instrument=given[0][1].instrument,
        points=tuple(Point(session=number, score=score) for number, score in counting.items()),
        sessions=sessions,
        withheld=tuple(score for _, score in given if score.value is None),
    )


def _precedence(score: Score) -> tuple[bool, datetime, str]:
    """Of several in one session: from a form before ready-made, then the later, then the id."""
    return score.derived, score.source.at, score.reference
