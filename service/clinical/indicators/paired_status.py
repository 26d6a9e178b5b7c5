"""paired-status: depression and anxiety together, by the values of NHS Talking Therapies."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.clinical.candour import aside
from service.clinical.chart import Chart
from service.clinical.definitions import Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.finding_codes import VALUES
from service.clinical.findings import Absent, Amount, Category, Component, Concept, Finding
from service.clinical.indicator import Indicator, Per
from service.clinical.saying import moved, on
from service.clinical.series import Point, Series, read
from service.clinical.wording import counted, number
from service.clinical.workings import exact, waiting
from service.psychometrics.paired_status import PairedStatus, paired_status
from service.psychometrics.reliable_change import Change, classify
from service.psychometrics.scoring import Better, difference

RULE = "paired-status"
NEEDED = 2


@dataclass(frozen=True, kw_only=True)
class Values:
    """The NHS's own values, kept apart from the instruments'."""

    caseness: float
    change: float


DEPRESSION = "phq-9"
ANXIETY = ("gad-7", "pcl-5")
"""The first that is there."""
NHS = {
    "phq-9": Values(caseness=10, change=6),
    "gad-7": Values(caseness=8, change=4),
    "pcl-5": Values(caseness=32, change=10),
}
NHS_MANUAL = Source(
    citation="National Collaborating Centre for Mental Health (2018). The Improving Access "
    "to Psychological Therapies manual, with later editions of NHS Talking Therapies.",
    standing=Standing.WIDELY_USED,
)
CODES = {
    Change.IMPROVED: "reliably-improved",
    Change.WORSE: "reliably-worse",
    Change.NONE: "no-reliable-change",
}


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One of the two, at the first and the latest session that has both."""

    series: Series
    first: Point
    latest: Point

    @property
    def values(self) -> Values:
        return NHS[self.series.scale.id]

    @property
    def change(self) -> Change:
        return classify(
            self.first.value,
            self.latest.value,
            better=Better.LOWER,
            published=self.values.change,
        )

    def is_case(self, point: Point) -> bool:
        return point.value >= self.values.caseness


def find(chart: Chart) -> Iterator[Finding]:
    pair = _pair(chart)
    if pair is None:
        return
    measures = _measures(chart)
    yield _too_little(chart, *pair) if measures is None else _finding(chart, measures)


def _pair(chart: Chart) -> tuple[Series, Series] | None:
    """The measure of depression and the one of anxiety that were given."""
    given = {series.scale.id: series for series in chart.measured if series.points}
    anxiety = next((given[name] for name in ANXIETY if name in given), None)
    return (given[DEPRESSION], anxiety) if DEPRESSION in given and anxiety is not None else None


def _both(depression: Series, anxiety: Series) -> list[tuple[Point, Point]]:
    """The scores of the sessions that have both, in order."""
    theirs = {point.session: point for point in anxiety.points}
    return [(p, theirs[p.session]) for p in depression.points if p.session in theirs]


def _measures(chart: Chart) -> tuple[Measure, Measure] | None:
    pair = _pair(chart)
    both = _both(*pair) if pair else []
    if pair is None or len(both) < NEEDED:
        return None
    (first, other_first), (latest, other_latest) = both[0], both[-1]
    depression, anxiety = pair
    return (
        Measure(series=depression, first=first, latest=latest),
        Measure(series=anxiety, first=other_first, latest=other_latest),
    )


def _finding(chart: Chart, measures: tuple[Measure, Measure]) -> Finding:
    depression = measures[0].series
    both = _both(depression, measures[1].series)
    status = _status(measures)
    reassures = status.below_both_now or status.change is Change.IMPROVED
    beside = aside(chart, of=depression) if reassures else None
    sentence = _sentence(measures, status)
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        value=Concept(code=CODES[status.change]),
        components=(
            Component(code="case-at-start", value=status.case_at_start),
            Component(code="below-both-now", value=status.recovery),
            Component(code="below-both-with-change", value=status.reliable_recovery),
            Component(code="scores-used", value=2 * len(both)),
            *(part for measure in measures for part in _components(measure)),
        ),
        inputs=tuple(
            sorted(
                (read(p.score) for m in measures for p in (m.first, m.latest)),
                key=lambda i: (i.at, i.reference),
            )
        ),
        beside=beside.inputs if beside else (),
        sentence=beside.after(sentence) if beside else sentence,
    )


def _status(measures: tuple[Measure, Measure]) -> PairedStatus:
    return paired_status(
        [measure.first.value for measure in measures],
        [measure.latest.value for measure in measures],
        caseness=[measure.values.caseness for measure in measures],
        reliable_changes=[measure.values.change for measure in measures],
    )


def _components(measure: Measure) -> Iterator[Component]:
    scale = Concept(code=measure.series.scale.id, system="scale")
    yield Component(code="scale", value=scale)
    yield Component(code="first-score", value=Amount(value=measure.first.value))
    yield Component(code="latest-score", value=Amount(value=measure.latest.value))
    yield Component(code="cut-off", value=Amount(value=measure.values.caseness))
    yield Component(code="threshold", value=Amount(value=measure.values.change))


def _sentence(measures: tuple[Measure, ...], status: PairedStatus) -> str:
    said = "; ".join(
        f"{m.series.scale.title} {number(m.latest.value)} on {on(m.latest)}, "
        f"{moved(m.first.value, m.latest.value)} {number(m.first.value)} on {on(m.first)} "
        f"(cut-off {number(m.values.caseness)}, threshold {number(m.values.change)})"
        for m in measures
    )
    start = "at or above a cut-off" if status.case_at_start else "below both cut-offs"
    now = "below both" if status.below_both_now else "at or above one"
    return f"{said}. At the start {start}, now {now}; values of NHS Talking Therapies."


def _too_little(chart: Chart, depression: Series, anxiety: Series) -> Finding:
    both = len(_both(depression, anxiety))
    count = f"{both} of {counted(NEEDED, 'session')} with both measures"
    inputs = (*depression.inputs, *anxiety.inputs)
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        value=Absent(reason=count),
        components=(
            Component(code="sessions-with-both", value=both),
            Component(code="sessions-needed", value=NEEDED),
        ),
        inputs=tuple(sorted(inputs, key=lambda i: (i.at, i.reference))),
        sentence=f"{depression.scale.title} and {anxiety.scale.title}: {count} that a paired "
        "status needs.",
    )


def explain(chart: Chart, finding: Finding) -> Explanation:
    measures = _measures(chart)
    if measures is None:
        return waiting(finding, "Another session with a score of both measures.")
    change = _status(measures).change
    steps = tuple(step for measure in measures for step in _steps(measure))
    together = Step(
        title="Both together",
        formula="a reliable change in one and none in the opposite direction in the other; in both "
        "directions there is none",
        working=VALUES[CODES[change]],
        source=NHS_MANUAL,
    )
    return Explanation(steps=(*steps, together), would_change=tuple(map(_would_change, measures)))


def _steps(measure: Measure) -> Iterator[Step]:
    title = measure.series.scale.title
    first, latest, values = measure.first, measure.latest, measure.values
    yield Step(
        title=f"{title}: at or above its value",
        formula=f"score >= {exact(values.caseness)}",
        working=f"start {exact(first.value)}: {'yes' if measure.is_case(first) else 'no'}; "
        f"now {exact(latest.value)}: {'yes' if measure.is_case(latest) else 'no'}",
        source=NHS_MANUAL,
    )
    yield Step(
        title=f"{title}: reliable change",
        formula=f"size of the change >= {exact(values.change)}",
        working=f"{exact(latest.value)} - {exact(first.value)} = "
        f"{exact(difference(first.value, latest.value))}: "
        f"{'no' if measure.change is Change.NONE else 'yes'}",
        source=NHS_MANUAL,
    )


def _would_change(measure: Measure) -> str:
    title, first, values = measure.series.scale.title, measure.first.value, measure.values
    return (
        f"{title}: a reliable change at {number(first - values.change)} or lower and at "
        f"{number(first + values.change)} or higher; below its value under "
        f"{number(values.caseness)}."
    )


INDICATOR = Indicator(
    id=RULE,
    revision=2,
    title="Paired status of depression and anxiety",
    documentation="PHQ-9 with GAD-7, else with PCL-5, from the first to the latest session that "
    "has both, by the NHS's own pairs of caseness and reliable change (10 / 6, 8 / 4, 32 / 10), "
    "kept apart from the instruments' own. A case at the start: either at or above its value. "
    "Reliable change: one measure changed and the other not in the opposite direction; in both "
    "directions there is none.",
    sources=(NHS_MANUAL,),
    category=Category.SURVEY,
    per=Per.COURSE,
    codes=(RULE,),
    find=find,
    explain=explain,
)
