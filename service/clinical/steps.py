"""Large steps between two neighbouring sessions, in either direction, as findings.

`sudden-gain` and `sudden-loss` are the same rule read in two directions; see
`psychometrics.sudden_gains`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from service.clinical.candour import aside
from service.clinical.chart import Chart
from service.clinical.definitions import Construct
from service.clinical.findings import Absent, Amount, Component, Concept, Finding, Value
from service.clinical.saying import judged_by, moved, on, threshold
from service.clinical.series import Point, Series, read
from service.clinical.wording import counted, number
from service.psychometrics.sudden_gains import Interval, Outcome

LIMITS = (
    "The step says nothing about its cause; the rule also finds steps in 28 to 30 % of courses "
    "that change gradually and in 3 to 14 % of unchanged ones."
)
Judge = Callable[..., tuple[Interval, ...]]


@dataclass(frozen=True, kw_only=True)
class Steps:
    """One direction of the rule."""

    rule: str
    judge: Judge
    """`sudden_gains` or `sudden_losses`."""
    reassures: bool
    """Whether what is open in the record has to be named beside it."""

    def find(self, chart: Chart) -> Iterator[Finding]:
        """For every scale whose change can be judged, alliance scales apart."""
        for series in chart.measured:
            if series.measurable and series.scale.construct is not Construct.ALLIANCE:
                yield from self._of_scale(chart, series)

    def _of_scale(self, chart: Chart, series: Series) -> Iterator[Finding]:
        pairs = self.judge(
            series.values,
            cut=threshold(series),
            better=series.better,
            low=series.scale.low,
            high=series.scale.high,
        )
        met = [pair for pair in pairs if pair.outcome is Outcome.MET]
        if met:
            yield from (self._step(chart, series, pair) for pair in met)
        else:
            yield self._none(chart, series, pairs)

    def _none(self, chart: Chart, series: Series, pairs: Sequence[Interval]) -> Finding:
        tested = sum(pair.outcome is not Outcome.NOT_TESTABLE for pair in pairs)
        count = f"{tested} of {counted(len(pairs), 'pair')} of neighbouring sessions"
        value: Value | Absent = Concept(code="no-step-shown")
        sentence = f"{series.scale.title}: no such step shown in {count} that could be tested"
        if not tested:
            value = Absent(reason=f"{count} can be tested")
            sentence = f"{series.scale.title}: {count} can be tested for a step"
        beside = aside(chart, of=series)
        return Finding(
            rule=self.rule,
            code=self.rule,
            course=chart.course.key,
            scale=series.scale.id,
            value=value,
            components=(
                Component(code="pairs-tested", value=tested),
                Component(code="pairs-not-testable", value=len(pairs) - tested),
                Component(code="threshold", value=Amount(value=threshold(series))),
            ),
            inputs=series.inputs,
            beside=beside.inputs if tested else (),
            sentence=beside.after(f"{sentence} ({judged_by(series)}).")
            if tested
            else f"{sentence}: two scores on either side are needed.",
        )

    def _step(self, chart: Chart, series: Series, pair: Interval) -> Finding:
        before, after = _at(series, pair.before_session), _at(series, pair.after_session)
        session = chart.session(pair.after_session)
        beside = aside(chart, of=series) if self.reassures else None
        sentence = _sentence(series, pair, before, after)
        return Finding(
            rule=self.rule,
            code=self.rule,
            course=chart.course.key,
            scale=series.scale.id,
            event=session.key,
            encounter=session.encounter,
            value=Concept(code="step-shown"),
            components=tuple(_components(series, pair, before, after)),
            inputs=tuple(read(point.score) for point in _window(series, pair)),
            beside=beside.inputs if beside else (),
            sentence=beside.after(sentence) if beside else sentence,
        )


def _components(series: Series, pair: Interval, before: Point, after: Point) -> Iterator[Component]:
    assert pair.magnitude is not None
    yield Component(code="step", value=Amount(value=pair.magnitude))
    yield Component(code="score-before", value=Amount(value=before.value))
    yield Component(code="score-after", value=Amount(value=after.value))
    yield Component(code="session-before", value=before.session)
    yield Component(code="session-after", value=after.session)
    yield Component(code="threshold", value=Amount(value=threshold(series)))
    yield Component(code="threshold-share", value=Amount(value=25, unit="%"))
    yield Component(code="sessions-without-score", value=series.missing)
    if pair.reversed_at is not None:
        yield Component(code="session-of-reversal", value=pair.reversed_at)


def _sentence(series: Series, pair: Interval, before: Point, after: Point) -> str:
    text = (
        f"The {series.scale.title} of {number(after.value)} in session {after.session} on "
        f"{on(after)} is {moved(before.value, after.value)} {number(before.value)} in session "
        f"{before.session} on {on(before)} ({judged_by(series)}; at least 25 %)."
    )
    if pair.reversed_at is not None:
        text += f" More than half of it was gone again in session {pair.reversed_at}."
    return f"{text} {LIMITS}"


def _at(series: Series, session: int) -> Point:
    return next(point for point in series.points if point.session == session)


def _window(series: Series, pair: Interval) -> Iterator[Point]:
    """The scores that the step was judged by, and the one that reversed it."""
    for point in series.points:
        near = pair.before_session - 2 <= point.session <= pair.after_session + 2
        if near or point.session == pair.reversed_at:
            yield point
