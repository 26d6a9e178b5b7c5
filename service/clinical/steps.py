"""Large steps between two neighbouring sessions, in either direction, as findings.

`sudden-gain` and `sudden-loss` are the same rule read in two directions; see
`psychometrics.sudden_gains`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.clinical.candour import aside
from service.clinical.chart import Chart
from service.clinical.definitions import Construct
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Absent, Amount, Component, Concept, Finding, Value
from service.clinical.literature import LUTZ_2013, TANG_DERUBEIS_1999
from service.clinical.saying import judged_by, moved, on, threshold
from service.clinical.series import Point, Series, read
from service.clinical.wording import counted, number
from service.clinical.workings import exact, waiting, yardstick
from service.psychometrics.scoring import Better
from service.psychometrics.sudden_gains import Criteria, Interval, Outcome

LIMITS = (
    "The step says nothing about its cause; in simulated PHQ-9 courses the rule also finds steps "
    "in 28 to 30 % of those that change gradually and in 3 to 14 % of unchanged ones, and in more "
    "where scores vary more."
)
Judge = Callable[..., tuple[Interval, ...]]
Tell = Callable[..., Criteria | None]


@dataclass(frozen=True, kw_only=True)
class Steps:
    """One direction of the rule."""

    rule: str
    judge: Judge
    """`sudden_gains` or `sudden_losses`."""
    tell: Tell
    """`gain_criteria` or `loss_criteria`."""
    reassures: bool
    """Whether what is open in the record has to be named beside it."""

    def find(self, chart: Chart) -> Iterator[Finding]:
        """For every scale whose change can be judged, alliance scales apart."""
        for series in chart.measured:
            if series.measurable and series.scale.construct is not Construct.ALLIANCE:
                yield from self._of_scale(chart, series)

    def _of_scale(self, chart: Chart, series: Series) -> Iterator[Finding]:
        pairs = self._pairs(series)
        met = [pair for pair in pairs if pair.outcome is Outcome.MET]
        if met:
            yield from (self._step(chart, series, pair) for pair in met)
        else:
            yield self._none(chart, series, pairs)

    def _pairs(self, series: Series) -> tuple[Interval, ...]:
        return self.judge(series.values, cut=threshold(series), **_range(series))

    def explain(self, chart: Chart, finding: Finding) -> Explanation:
        """The three criteria of the pair of sessions; where none was met, of the largest step."""
        series = chart.of(finding.scale)
        told = {
            pair.before_session: self.tell(
                series.values, before_session=pair.before_session, **_range(series)
            )
            for pair in self._pairs(series)
        }
        tested = {n: criteria for n, criteria in told.items() if criteria is not None}
        if not tested:
            return waiting(finding, "Two scores in a row, and two on either side of the step.")
        session = max(tested, key=lambda n: tested[n].step)
        if finding.event is not None:
            session = chart.numbered(finding.event) - 1
        steps = (*yardstick(series), *_criteria(series, session, tested[session]))
        return Explanation(steps=steps, would_change=tuple(_would_change(series)))

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


def _range(series: Series) -> Mapping[str, Any]:
    return {"better": series.better, "low": series.scale.low, "high": series.scale.high}


def _criteria(series: Series, session: int, told: Criteria) -> Iterator[Step]:
    turned = series.better is Better.HIGHER
    if turned:
        yield Step(
            title="Reflection",
            formula="where higher is better: highest + lowest possible score - score",
            working=f"{exact(series.scale.high)} + {exact(series.scale.low)} - score, below",
            source=TANG_DERUBEIS_1999,
        )
    least = threshold(series)
    pair = f"sessions {session} and {session + 1}"
    yield Step(
        title="Criterion 1: size",
        formula=f"step between {pair} >= reliable change",
        working=f"{exact(told.step)} >= {exact(least)}: {_met(told.step >= least)}",
        source=TANG_DERUBEIS_1999,
    )
    yield Step(
        title="Criterion 2: share",
        formula=f"step >= 25 % of the score of session {session}",
        working=f"{exact(told.step)} >= {exact(told.least_share)}: "
        f"{_met(told.step >= told.least_share)}",
        source=TANG_DERUBEIS_1999,
    )
    yield Step(
        title="Criterion 3: lasting",
        formula="difference of the means of up to three scores on either side > t * pooled SD",
        working=f"{_listed(told.before)} against {_listed(told.after)}: {exact(told.lasting)} > "
        f"{exact(told.t)} * {exact(told.pooled)} = {exact(told.margin)}: "
        f"{_met(told.lasting > told.margin)}",
        source=LUTZ_2013,
    )


def _met(reached: bool) -> str:
    return "yes" if reached else "no"


def _listed(window: Sequence[float]) -> str:
    return ", ".join(map(exact, window))


def _would_change(series: Series) -> Iterator[str]:
    yield (
        f"A step is shown where two neighbouring sessions differ by {exact(threshold(series))} "
        "points or more in this direction, and by a quarter of the score before, and the scores "
        "on either side stay apart."
    )
    yield "The scores of the two sessions after a step still count for it."


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
