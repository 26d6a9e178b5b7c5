"""reliable-change: the latest score against the first of the course, beyond measurement error."""

from collections.abc import Iterator

from service.clinical.candour import Aside, aside, favourable
from service.clinical.chart import Chart
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Absent, Amount, Category, Component, Concept, Finding
from service.clinical.indicator import Indicator, Per
from service.clinical.literature import JACOBSON_TRUAX
from service.clinical.saying import computed, judged_by, moved, on, threshold
from service.clinical.series import Series
from service.clinical.wording import number
from service.clinical.workings import (
    change as change_step,
)
from service.clinical.workings import (
    compared,
    exact,
    more,
    reliable_at,
    scores,
    waiting,
    yardstick,
)
from service.psychometrics.reliable_change import (
    Change,
    confirmed,
    difference_sd,
    earlier_crossings,
    reliable_change_index,
)
from service.psychometrics.scoring import difference

RULE = "reliable-change"
CODES = {
    Change.IMPROVED: "reliably-improved",
    Change.WORSE: "reliably-worse",
    Change.NONE: "no-reliable-change",
}
NOTHING = Aside(sentences=(), inputs=())


def find(chart: Chart) -> Iterator[Finding]:
    for series in chart.measured:
        if series.measurable:
            yield _finding(chart, series)


def _finding(chart: Chart, series: Series) -> Finding:
    change = series.change
    if change is None:
        return _too_little(chart, series)
    reassures = change is not Change.WORSE and favourable(series)
    beside = aside(chart, of=series) if reassures else NOTHING
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Concept(code=CODES[change]),
        components=(*_counts(series), *_numbers(series), *_history(chart, series, change)),
        inputs=series.inputs,
        beside=beside.inputs,
        sentence=beside.after(_sentence(series, change)),
    )


def _too_little(chart: Chart, series: Series) -> Finding:
    count = f"{len(series.points)} of 2 scores"
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Absent(reason=count),
        components=(*_counts(series), Component(code="scores-needed", value=2)),
        inputs=series.inputs,
        sentence=f"{series.scale.title}: {count} that a change needs.",
    )


def _counts(series: Series) -> Iterator[Component]:
    yield Component(code="scores-used", value=len(series.points))
    yield Component(code="sessions-without-score", value=series.missing)


def _numbers(series: Series) -> Iterator[Component]:
    scale = series.scale
    first, latest = series.points[0].value, series.points[-1].value
    yield Component(code="first-score", value=Amount(value=first))
    yield Component(code="latest-score", value=Amount(value=latest))
    yield Component(code="change", value=Amount(value=difference(first, latest)))
    yield Component(code="threshold", value=Amount(value=threshold(series)))
    if scale.published_change is not None:
        source = scale.published_change.source.citation
        yield Component(code="threshold-source", value=source)
    if scale.norm is not None and scale.reliability is not None:
        sd, reliability = scale.norm.sd, scale.reliability.value
        index = reliable_change_index(first, latest, sd=sd, reliability=reliability)
        yield Component(code="change-index", value=Amount(value=index, unit="1"))
        yield Component(code="threshold-computed", value=Amount(value=computed(series)))
        yield Component(code="standard-deviation", value=Amount(value=sd))
        yield Component(code="reliability", value=Amount(value=reliability, unit="1"))
        yield Component(code="sample", value=scale.norm.sample)
        yield Component(code="reference-source", value=scale.norm.source.citation)


def _history(chart: Chart, series: Series, change: Change) -> Iterator[Component]:
    if change is not Change.NONE:
        certainty = "confirmed" if _confirmed(series, change) else "first-seen"
        yield Component(code="confirmation", value=Concept(code=certainty))
    for crossing in earlier_crossings(series.values, better=series.better, **series.yardstick):
        session = chart.session(crossing.session)
        text = f"Session {crossing.session}, {session.day.isoformat()}"
        value = Concept(code=CODES[crossing.change], text=text)
        yield Component(code="earlier-crossing", value=value)


def _confirmed(series: Series, change: Change) -> bool:
    return confirmed(series.values, better=series.better, **series.yardstick) is change


def _sentence(series: Series, change: Change) -> str:
    first, latest = series.points[0], series.points[-1]
    text = (
        f"The {series.scale.title} of {number(latest.value)} on {on(latest)} is "
        f"{moved(first.value, latest.value)} {number(first.value)} on {on(first)} "
        f"({judged_by(series)}{_direction(series)})"
    )
    if change is Change.NONE:
        return f"{text}; the threshold is not reached."
    seen = "the last two scores" if _confirmed(series, change) else "the latest score"
    question = " Consider asking what has changed." if change is Change.WORSE else ""
    return f"{text}, seen at {seen}.{question}"


def _direction(series: Series) -> str:
    means = series.scale.higher_means
    return f"; higher means {means}" if means else ""


def explain(chart: Chart, finding: Finding) -> Explanation:
    series = chart.of(finding.scale)
    if series.change is None:
        return waiting(finding, more(series, 2))
    return Explanation(
        steps=tuple(_steps(series, series.change)), would_change=tuple(_would_change(series))
    )


def _steps(series: Series, change: Change) -> Iterator[Step]:
    first, latest = series.points[0], series.points[-1]
    yield Step(
        title="Scores that count",
        formula="one a session: the last complete form; sessions without a score are left out",
        working=scores(series.points),
    )
    yield change_step(first, latest)
    yield from yardstick(series)
    if series.scale.norm is not None and series.scale.reliability is not None:
        sd, reliability = series.scale.norm.sd, series.scale.reliability.value
        index = reliable_change_index(first.value, latest.value, sd=sd, reliability=reliability)
        yield Step(
            title="Reliable change index",
            formula="change / SD of a difference without true change",
            working=f"{exact(difference(first.value, latest.value))} / "
            f"{exact(difference_sd(sd=sd, reliability=reliability))} = {exact(index)}",
            source=JACOBSON_TRUAX,
        )
    yield compared(series, first, latest)
    if change is not Change.NONE:
        yield _confirmation(series, change)


def _confirmation(series: Series, change: Change) -> Step:
    known = [point.value for point in series.points]
    if len(known) < 3:
        return Step(
            title="Confirmation",
            formula="the last two scores against the first, and against the mean of the first two",
            working="2 scores; at least 3 are needed, so it is seen at the latest score only",
        )
    start, mean = known[0], (known[0] + known[1]) / 2
    said = "confirmed" if _confirmed(series, change) else "not confirmed"
    differences = ", ".join(
        f"{exact(score)} - {exact(origin)} = {exact(difference(origin, score))}"
        for score in known[-2:]
        for origin in (start, mean)
    )
    return Step(
        title="Confirmation",
        formula="the last two scores against the first, and against the mean of the first two: all "
        "four differences reliable, in one direction",
        working=f"{differences}: {said}",
    )


def _would_change(series: Series) -> Iterator[str]:
    yield from reliable_at(series, series.points[0])
    yield "Any other latest score shows no reliable change."


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="Reliable change",
    documentation="RC = (after - before) / (s * sqrt(2) * sqrt(1 - r)) of the latest score against "
    "the first of the course; reliable when |RC| > 1.96, or when a published change is reached. "
    "Confirmed when the last two scores both differ reliably, in the same direction, from the "
    "first score and from the mean of the first two. Earlier crossings are listed and are never "
    "the status.",
    sources=(JACOBSON_TRUAX,),
    category=Category.SURVEY,
    per=Per.SCALE,
    codes=(RULE,),
    find=find,
    explain=explain,
)
