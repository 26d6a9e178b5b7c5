"""One patient's records as the rules see them, and what they lead to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from service.clinical.chart import Chart
from service.clinical.course import Course
from service.clinical.facts import AnyFact, Response
from service.clinical.findings import Finding
from service.clinical.identifiers import Identifiers
from service.clinical.indicator import Indicator
from service.clinical.scores import Score
from service.fhir.resource import Changes, Derived

ByRule = Mapping[str, Sequence[Derived]]
"""Findings by the id of their rule, in the order of the rules."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What follows from one course."""

    course: Course
    scores: Sequence[Derived]
    findings: ByRule

    @property
    def derived(self) -> Iterator[Derived]:
        """All of it, in the order in which it is answered."""
        yield from self.scores
        yield from chain.from_iterable(self.findings.values())


@dataclass(frozen=True, kw_only=True)
class Said:
    """The findings of the rules that read what was said in sessions, by the key of the course."""

    then: Mapping[str, ByRule]
    """Before something was written."""
    now: Mapping[str, ByRule]

    @property
    def changes(self) -> Changes:
        then, now = [
            {d.identity: d for rules in each.values() for found in rules.values() for d in found}
            for each in (self.then, self.now)
        ]
        return Changes(derived=tuple(now.values()), gone=frozenset(then.keys() - now.keys()))


@dataclass(frozen=True, kw_only=True)
class Known:
    """One patient's records as the rules see them."""

    ids: Identifiers
    facts: tuple[AnyFact, ...]
    """In order of time."""
    scored: Mapping[str, Sequence[Score]]
    """The scores of a form, or a ready-made one, by the reference of their source."""
    responses: Mapping[str, Sequence[Response]]
    """What people answered to a finding, by its id."""
    charts: Sequence[Chart]
    """The oldest course first."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A finding under its id, as it stands after what people answered to it."""

    place: str
    finding: Finding
    rule: Indicator
    chart: Chart
