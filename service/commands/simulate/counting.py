"""How often events are seen in the courses of one condition."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import median

from service.clinical.catalogue import catalogue
from service.clinical.chart import Chart
from service.clinical.derive import indicators
from service.clinical.findings import Finding
from service.clinical.indicator import Indicator
from service.clinical.simulation import Condition, Row, Shape
from service.commands.simulate import noise
from service.commands.simulate.charts import Recorded, charts, key
from service.commands.simulate.events import EVENTS, Counted, Towards
from service.psychometrics.clinical_significance import in_clinical_range
from service.psychometrics.intervals import wilson_interval
from service.psychometrics.scoring import Better

SOON = 4
"""Sessions in which a real change is asked to be seen."""
PLACES = 4

Session = int


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Indicator]:
    return {rule.id: rule for rule in indicators()}


def rows(condition: Condition, *, seed: int, courses: int, rule: str | None = None) -> list[Row]:
    """One for every event that is counted in the condition, or for those of one rule."""
    asked = [e for e in EVENTS if applies(e, condition) and rule in (None, e.rule)]
    tallies = [Tally(event=event, condition=condition) for event in asked]
    begun, _ = noise.window(condition.shape)
    for recorded in _courses(condition, seed, courses) if asked else ():
        for tally in tallies:
            tally.begin()
        for session, chart in enumerate(charts(condition, recorded), start=1):
            open_ = [tally for tally in tallies if not tally.settled]
            if not open_:
                break
            if session >= begun:
                _look(session, chart, open_)
    return [tally.row(courses) for tally in tallies]


def applies(event: Counted, condition: Condition) -> bool:
    if event.kind != condition.kind or event.starts_clinical not in (None, _clinical(condition)):
        return False
    if condition.shape is Shape.UNCHANGED:
        return True
    return condition.shape in event.shapes and event.towards is towards(condition)


def towards(condition: Condition) -> Towards:
    """Where the real change goes; all measures of a condition go the same way."""
    measure = condition.measures[0]
    _, scale = catalogue().scales[measure.scale]
    falls = measure.change < 0
    return Towards.BETTER if falls is (scale.better is Better.LOWER) else Towards.WORSE


def _clinical(condition: Condition) -> bool | None:
    """Whether the courses start inside the clinical range; None where no cut-off is known."""
    measure = condition.measures[0]
    _, scale = catalogue().scales[measure.scale]
    if scale.cutoff is None or scale.better is None:
        return None
    return in_clinical_range(measure.start, cutoff=scale.cutoff.value, better=scale.better)


@dataclass(kw_only=True)
class Tally:
    """What was seen of one event."""

    event: Counted
    condition: Condition
    found: int = 0
    """Courses in which the rule gave a finding about such an event."""
    first: list[Session] = field(default_factory=list)
    """Of every course in which it was seen, the session after which it was."""
    settled: bool = False
    """Whether nothing more can be learnt of the current course."""
    _found_here: bool = False

    def begin(self) -> None:
        """The next course."""
        self.settled = self._found_here = False

    def look(self, session: Session, findings: Sequence[Finding]) -> None:
        """At what the rule says after `session`."""
        here = [f for f in findings if self.event.found(f) and self._about(session, f)]
        if here and not self._found_here:
            self._found_here = True
            self.found += 1
        if not self.settled and any(self.event.seen(finding) for finding in here):
            self.first.append(session)
            self.settled = True

    def row(self, courses: int) -> Row:
        of = self.found if self.event.follows else courses
        interval = wilson_interval(len(self.first), of)
        begun, _ = noise.window(self.condition.shape)
        sessions = [session - begun + 1 for session in self.first]
        changed = self.condition.shape is not Shape.UNCHANGED
        soon = changed and self.condition.shape is not Shape.GRADUAL and of
        return Row(
            rule=self.event.rule,
            event=self.event.name,
            condition=self.condition,
            of=of,
            seen=len(self.first),
            rate=round(len(self.first) / of, PLACES) if of else None,
            low=round(interval[0], PLACES) if interval else None,
            high=round(interval[1], PLACES) if interval else None,
            within_four=round(sum(s <= SOON for s in sessions) / of, PLACES) if soon else None,
            median_session=median(sessions) if changed and sessions else None,
        )

    def _about(self, session: Session, finding: Finding) -> bool:
        """A finding about one session is about the change where that session is; another, where
        it stands while the change does."""
        begun, ended = noise.window(self.condition.shape)
        if finding.event is not None:
            return key(begun) <= finding.event <= key(ended)
        return begun <= session <= ended


def _look(session: Session, chart: Chart, tallies: Sequence[Tally]) -> None:
    said: dict[str, tuple[Finding, ...]] = {}
    for tally in tallies:
        rule = tally.event.rule
        if rule not in said:
            said[rule] = tuple(rules()[rule].find(chart))
        tally.look(session, said[rule])


def _courses(condition: Condition, seed: int, courses: int) -> Iterator[Recorded]:
    rng = noise.generator(seed, condition)
    scores = noise.scores(rng, condition, courses)
    acts = noise.marks(rng, condition.acts, courses)
    wishes = noise.marks(rng, condition.wishes, courses)
    for number in range(courses):
        yield Recorded(
            scores=[scored[number].tolist() for scored in scores],
            acts=acts[number].tolist(),
            wishes=wishes[number].tolist(),
        )
