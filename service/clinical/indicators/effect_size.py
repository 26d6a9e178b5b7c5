"""effect-size: how far a scale moved in a course, counted in SDs of patients at intake."""

from collections.abc import Iterator

from service.clinical.candour import aside
from service.clinical.chart import Chart
from service.clinical.definitions import Construct, Norm, Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Absent, Amount, Category, Component, Concept, Finding
from service.clinical.indicator import Indicator, Per
from service.clinical.saying import cited, moved, on, threshold
from service.clinical.series import Series, read
from service.clinical.wording import number
from service.clinical.workings import change as change_step
from service.clinical.workings import exact, more, waiting
from service.psychometrics.effect_size import can_show_improvement, course_effect_size
from service.psychometrics.scoring import Better

RULE = "effect-size"
NEEDED = 2
ENDS = {Better.LOWER: "lowest", Better.HIGHER: "highest"}


def find(chart: Chart) -> Iterator[Finding]:
    for series in chart.measured:
        if series.scale.better is not None and series.scale.construct is not Construct.ALLIANCE:
            yield _finding(chart, series)


def _finding(chart: Chart, series: Series) -> Finding:
    intake = series.scale.intake
    if len(series.points) < NEEDED:
        count = f"{len(series.points)} of {NEEDED} scores"
        sentence = f"{series.scale.title}: {count} that an effect size needs."
        return _plain(chart, series, Absent(reason=count), sentence)
    if intake is None:
        sentence = (
            f"{series.scale.title}: no SD of patients at intake is published, so no effect size is "
            "computed."
        )
        return _unmeasured(chart, series, sentence)
    return _computed(chart, series, intake)


def _plain(chart: Chart, series: Series, value: Absent, sentence: str) -> Finding:
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=value,
        components=(
            Component(code="scores-used", value=len(series.points)),
            Component(code="scores-needed", value=NEEDED),
        ),
        inputs=series.inputs,
        sentence=sentence,
    )


def _unmeasured(chart: Chart, series: Series, sentence: str) -> Finding:
    """It rests on the scale alone, so later scores make no new version of it."""
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Concept(code="no-reference"),
        inputs=series.inputs[:1],
        sentence=sentence,
    )


def _computed(chart: Chart, series: Series, intake: Norm) -> Finding:
    first, latest = series.points[0], series.points[-1]
    size = course_effect_size(first.value, latest.value, intake_sd=intake.sd, better=series.better)
    beside = aside(chart, of=series) if size > 0 else None
    sentence = (
        f"The {series.scale.title} of {number(latest.value)} on {on(latest)} is "
        f"{moved(first.value, latest.value)} {number(first.value)} on {on(first)}: an effect size "
        f"of {number(size)} (SD of {intake.sample} {number(intake.sd)}, {cited(intake.source)}; "
        f"above 0 is the scale's better direction).{_room(series)}"
    )
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Amount(value=size, unit="1"),
        components=(
            Component(code="first-score", value=Amount(value=first.value)),
            Component(code="latest-score", value=Amount(value=latest.value)),
            Component(code="standard-deviation", value=Amount(value=intake.sd)),
            Component(code="sample", value=intake.sample),
            Component(code="reference-source", value=intake.source.citation),
            Component(code="scores-used", value=len(series.points)),
            *_flag(series),
        ),
        inputs=(read(first.score), read(latest.score)),
        beside=beside.inputs if beside else (),
        sentence=beside.after(sentence) if beside else sentence,
    )


def _has_room(series: Series, end: Better) -> bool:
    """Whether the start lies one reliable change or more from that end of the scale."""
    return not series.measurable or can_show_improvement(
        series.points[0].value,
        low=series.scale.low,
        high=series.scale.high,
        reliable_change=threshold(series),
        better=end,
    )


def _flag(series: Series) -> Iterator[Component]:
    """A start at the floor hides a change to the better, one at the ceiling a change against it;
    where higher is better, the other way round."""
    for end in Better:
        if not _has_room(series, end):
            code = "no-room-for-reliable-change"
            if end is not series.better:
                code = "no-room-against-better-direction"
            yield Component(code=code, value=True)


def _room(series: Series) -> str:
    near = [name for end, name in ENDS.items() if not _has_room(series, end)]
    if not near:
        return ""
    return f" The start lies less than one reliable change from the {' and the '.join(near)} score."


def explain(chart: Chart, finding: Finding) -> Explanation:
    series = chart.of(finding.scale)
    intake = series.scale.intake
    if isinstance(finding.value, Absent):
        return waiting(finding, more(series, NEEDED))
    if intake is None:
        step = Step(
            title="Reference",
            formula="a published SD of patients at intake",
            working=f"none is published for the {series.scale.title}",
        )
        return Explanation(
            steps=(step,), would_change=("A published SD, once the instrument's file has it.",)
        )
    first, latest = series.points[0], series.points[-1]
    size = course_effect_size(first.value, latest.value, intake_sd=intake.sd, better=series.better)
    lower = series.better is Better.LOWER
    start, end = (first, latest) if lower else (latest, first)
    steps = (
        change_step(first, latest),
        Step(
            title="Effect size",
            formula=f"({'first - latest' if lower else 'latest - first'}) / SD of patients at "
            "intake",
            working=f"({exact(start.value)} - {exact(end.value)}) / {exact(intake.sd)} = "
            f"{exact(size)} (SD of {intake.sample})",
            source=intake.source,
        ),
    )
    one = f"Each point of change counts {exact(1 / intake.sd)}."
    return Explanation(steps=steps, would_change=(one,))


INDICATOR = Indicator(
    id=RULE,
    revision=2,
    title="Effect size of a course",
    documentation="(first - latest) / SD, turned so that above 0 is the better direction, by the "
    "SD of patients at intake that the scale names; where none is published none is computed, and "
    "never by the SD of a general population. A start less than one reliable change from the end "
    "of the scale, the lowest or the highest score, leaves no room for a reliable change towards "
    "it, and this is said.",
    sources=(
        Source(
            citation="Becker (1988). Synthesizing standardized mean-change measures. British "
            "Journal of Mathematical and Statistical Psychology 41, 257-278.",
            standing=Standing.PUBLISHED,
            doi="10.1111/j.2044-8317.1988.tb00901.x",
        ),
    ),
    category=Category.SURVEY,
    per=Per.SCALE,
    codes=(RULE,),
    find=find,
    explain=explain,
)
