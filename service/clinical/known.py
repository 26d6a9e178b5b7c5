"""One patient's records as the rules see them, and what they lead to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.clinical.chart import Chart
from service.clinical.course import Course
from service.clinical.facts import AnyFact, Response
from service.clinical.findings import Finding
from service.clinical.identifiers import Identifiers
from service.clinical.indicator import Indicator
from service.clinical.scores import Score
from service.fhir.resource import Derived


@dataclass(frozen=True, kw_only=True)
class Result:
    """What follows from one patient's records, by course, the newest course first."""

    course: Course
    derived: tuple[Derived, ...]


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
