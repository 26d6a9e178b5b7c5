"""alliance-level: the mean of the last three scores of one alliance scale and reporter."""

import math
from collections.abc import Iterator

from service.clinical.chart import Chart
from service.clinical.definitions import Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Amount, Category, Component, Concept, Finding, Value
from service.clinical.indicator import Indicator, Per
from service.clinical.saying import on
from service.clinical.series import Point, Series, read
from service.clinical.too_few import too_few
from service.clinical.wording import number
from service.clinical.workings import exact, more, scores, waiting

RULE = "alliance-level"
NEEDED = 3


def find(chart: Chart) -> Iterator[Finding]:
    for series in chart.alliance:
        last = series.points[-NEEDED:]
        if len(last) < NEEDED:
            yield too_few(chart, series, rule=RULE, needed=NEEDED, named="a level")
        else:
            yield _finding(chart, series, last)


def _finding(chart: Chart, series: Series, last: tuple[Point, ...]) -> Finding:
    scale = series.scale
    mean = math.fsum(point.value for point in last) / NEEDED
    ceiling = all(point.value == scale.high for point in last)
    value: Value = Concept(code="no-information") if ceiling else Amount(value=mean)
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=scale.id,
        value=value,
        components=(
            Component(code="mean", value=Amount(value=mean)),
            Component(code="scores-used", value=NEEDED),
            Component(code="sessions-without-score", value=series.missing),
            Component(code="reporter", value=scale.reporter),
        ),
        inputs=tuple(read(point.score) for point in last),
        sentence=_ceiling(series, last) if ceiling else _level(series, last, mean),
    )


def _level(series: Series, last: tuple[Point, ...], mean: float) -> str:
    scale = series.scale
    return (
        f"{scale.title}, rated by the {scale.reporter}: mean of the last 3 scores "
        f"{number(mean)} (range {number(scale.low)} to {number(scale.high)}), "
        f"{on(last[0])} to {on(last[-1])}. {_unjudged(series)}"
    )


def _unjudged(series: Series) -> str:
    """A value worth asking about is one for single sessions, and no cut-off for a mean of three."""
    if series.scale.ask_below is None:
        return "No cut-off is published."
    return "No cut-off is published for a mean of three."


def _ceiling(series: Series, last: tuple[Point, ...]) -> str:
    scale = series.scale
    return (
        f"{scale.title}, rated by the {scale.reporter}: the last 3 scores, {on(last[0])} to "
        f"{on(last[-1])}, are all the highest possible ({number(scale.high)}), which gives no "
        "information."
    )


def explain(chart: Chart, finding: Finding) -> Explanation:
    series = chart.of(finding.scale)
    last = series.points[-NEEDED:]
    if len(last) < NEEDED:
        return waiting(finding, more(series, NEEDED))
    mean = math.fsum(point.value for point in last) / NEEDED
    steps = (
        Step(title="Last scores", formula="the last three of the course", working=scores(last)),
        Step(
            title="Mean",
            formula="sum / 3",
            working=f"({' + '.join(exact(p.value) for p in last)}) / 3 = {exact(mean)}",
        ),
        Step(
            title="Highest possible score",
            formula="three in a row at the scale's end give no information",
            working=f"{sum(p.value == series.scale.high for p in last)} of 3 are "
            f"{exact(series.scale.high)}",
        ),
    )
    next_ = "The next score takes the place of the oldest of the three."
    return Explanation(steps=steps, would_change=(next_,))


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="Alliance level",
    documentation="Mean of the last three scores of one alliance scale; client and therapist forms "
    "are different scales and are never averaged. Three scores at the maximum in a row carry no "
    "information, because the scale can show nothing above it.",
    sources=(
        Source(
            citation="Three scores: enough to even out one session, few enough to follow a change.",
            standing=Standing.DECIDED,
        ),
    ),
    category=Category.SURVEY,
    per=Per.SCALE,
    codes=(RULE,),
    find=find,
    explain=explain,
)
