"""alliance-trend: the slope of one alliance scale over the sessions of a course."""

from collections.abc import Iterator

from service.clinical.candour import aside
from service.clinical.chart import Chart
from service.clinical.definitions import Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Amount, Category, Component, Concept, Finding
from service.clinical.indicator import Indicator, Per
from service.clinical.series import Series
from service.clinical.too_few import too_few
from service.clinical.wording import number
from service.clinical.workings import exact, more, scores, waiting
from service.psychometrics.trajectories import LEAST_FOR_TREND, Trend, trend

RULE = "alliance-trend"
SIMULATED = Source(
    citation="The factor 1.36, the 99 % interval and the least of six scores are those of "
    "the simulation of unchanged courses.",
    standing=Standing.DECIDED,
)


def find(chart: Chart) -> Iterator[Finding]:
    for series in chart.alliance:
        line = trend(series.values)
        if line is None:
            yield too_few(chart, series, rule=RULE, needed=LEAST_FOR_TREND, named="a trend")
        else:
            yield _finding(chart, series, line)


def _finding(chart: Chart, series: Series, line: Trend) -> Finding:
    beside = None if line.shown and line.slope < 0 else aside(chart, of=series)
    sentence = _sentence(series, line)
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Concept(code=_code(line)),
        components=(
            Component(code="slope", value=Amount(value=line.slope, unit="{score}/{session}")),
            Component(
                code="standard-error",
                value=Amount(value=line.standard_error, unit="{score}/{session}"),
            ),
            Component(code="interval-low", value=Amount(value=line.low, unit="{score}/{session}")),
            Component(
                code="interval-high", value=Amount(value=line.high, unit="{score}/{session}")
            ),
            Component(code="scores-used", value=line.n),
            Component(code="sessions-without-score", value=series.missing),
            Component(code="reporter", value=series.scale.reporter),
        ),
        inputs=series.inputs,
        beside=beside.inputs if beside else (),
        sentence=beside.after(sentence) if beside else sentence,
    )


def _code(line: Trend) -> str:
    if not line.shown:
        return "no-trend-shown"
    return "rising" if line.slope > 0 else "falling"


def _sentence(series: Series, line: Trend) -> str:
    named = f"{series.scale.title}, rated by the {series.scale.reporter}"
    interval = (
        f"{number(line.slope)} points per session, 99 % interval {number(line.low)} to "
        f"{number(line.high)}, {line.n} scores"
    )
    if not line.shown:
        return f"{named}: no trend shown ({interval}); the interval includes 0."
    way = "rising" if line.slope > 0 else "falling"
    question = " Consider asking how working together feels." if line.slope < 0 else ""
    return f"{named}: {way} ({interval}; the interval leaves out 0).{question}"


def explain(chart: Chart, finding: Finding) -> Explanation:
    series = chart.of(finding.scale)
    line = trend(series.values)
    if line is None:
        return waiting(finding, more(series, LEAST_FOR_TREND))
    margin = line.high - line.slope
    steps = (
        Step(
            title="Scores that count",
            formula="y: the score; x: the session's number, sessions without a score counted",
            working=scores(series.points),
        ),
        Step(
            title="Slope",
            formula="sum((x - mean x)(y - mean y)) / sum((x - mean x)^2)",
            working=f"{exact(line.slope)} points per session",
        ),
        Step(
            title="Standard error",
            formula="1.36 * sqrt(sum(residual^2) / (n - 2) / sum((x - mean x)^2))",
            working=f"{exact(line.standard_error)}, n = {line.n}",
            source=SIMULATED,
        ),
        Step(
            title="99 % interval",
            formula="slope -/+ t(.995, n - 2) * standard error",
            working=f"{exact(line.slope)} -/+ {exact(margin)} = {exact(line.low)} to "
            f"{exact(line.high)}; 0 lies {'outside' if line.shown else 'inside'}",
        ),
    )
    if line.shown:
        said = "Later scores nearer to the earlier ones draw the interval over 0: no trend shown."
    else:
        said = "A trend is shown once the whole interval lies above 0, or the whole of it below."
    return Explanation(steps=steps, would_change=(said,))


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="Alliance trend",
    documentation="Least-squares slope per session, sessions without a score counted, from six "
    "scores on; the standard error is multiplied by 1.36 because neighbouring sessions resemble "
    "one another, and the interval is one of 99 %. No trend is shown where it includes 0: in "
    "simulated courses of 20 sessions without change one is shown at some session in 6.7 %.",
    sources=(SIMULATED,),
    category=Category.SURVEY,
    per=Per.SCALE,
    codes=(RULE,),
    find=find,
    explain=explain,
)
