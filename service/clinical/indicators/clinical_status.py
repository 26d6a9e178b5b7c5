"""clinical-status: on which side of the cut-off the course stands, with its reliable change."""

from collections.abc import Iterator

from service.clinical.candour import Aside, aside, favourable
from service.clinical.chart import Chart
from service.clinical.definitions import Construct, Figure
from service.clinical.explanation import Explanation, Step
from service.clinical.finding_codes import VALUES
from service.clinical.findings import Absent, Amount, Category, Component, Concept, Finding
from service.clinical.indicator import Indicator, Per
from service.clinical.literature import JACOBSON_TRUAX
from service.clinical.saying import cited, judged_by, moved, on, threshold
from service.clinical.series import Series
from service.clinical.wording import number
from service.clinical.workings import change as change_step
from service.clinical.workings import compared, exact, more, reliable_at, waiting, yardstick
from service.psychometrics.clinical_significance import (
    in_clinical_range,
    started_below_cut,
    status,
)
from service.psychometrics.reliable_change import Change
from service.psychometrics.scoring import Better, difference

RULE = "clinical-status"
CONSTRUCTS = frozenset({Construct.SYMPTOM, Construct.WELLBEING, Construct.ACCEPTANCE})
NOTHING = Aside(sentences=(), inputs=())


def find(chart: Chart) -> Iterator[Finding]:
    for series in chart.measured:
        if series.scale.construct in CONSTRUCTS:
            yield _finding(chart, series)


def _finding(chart: Chart, series: Series) -> Finding:
    cutoff, change = series.scale.cutoff, series.change
    if cutoff is None or not series.measurable:
        return _no_reference(chart, series)
    if change is None:
        return _too_little(chart, series)
    beside = aside(chart, of=series) if favourable(series) else NOTHING
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Concept(code=_status(series, cutoff, change)),
        components=tuple(_components(series, cutoff)),
        inputs=series.inputs,
        beside=beside.inputs,
        sentence=beside.after(_sentence(series, cutoff)),
    )


def _status(series: Series, cutoff: Figure, change: Change) -> str:
    return status(
        series.points[0].value,
        series.points[-1].value,
        cutoff=cutoff.value,
        better=series.better,
        change=change,
    )


def _components(series: Series, cutoff: Figure) -> Iterator[Component]:
    first, latest = series.points[0].value, series.points[-1].value
    yield Component(code="scores-used", value=len(series.points))
    yield Component(code="sessions-without-score", value=series.missing)
    yield Component(code="first-score", value=Amount(value=first))
    yield Component(code="latest-score", value=Amount(value=latest))
    yield Component(code="change", value=Amount(value=difference(first, latest)))
    yield Component(code="cut-off", value=Amount(value=cutoff.value))
    yield Component(code="reference-source", value=cutoff.source.citation)
    yield Component(code="threshold", value=Amount(value=threshold(series)))
    below = started_below_cut(first, cutoff=cutoff.value, better=series.better)
    yield Component(code="started-below-cut", value=below)


def _sentence(series: Series, cutoff: Figure) -> str:
    first, latest = series.points[0], series.points[-1]
    side = "below" if latest.value < cutoff.value else "at or above"
    source = cited(cutoff.source)
    return (
        f"{series.scale.title} {number(latest.value)} on {on(latest)}: {side} the cut-off of "
        f"{number(cutoff.value)}{f' ({source})' if source else ''}, "
        f"{moved(first.value, latest.value)} at the start ({judged_by(series)})."
    )


def _too_little(chart: Chart, series: Series) -> Finding:
    count = f"{len(series.points)} of 2 scores"
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Absent(reason=count),
        components=(
            Component(code="scores-used", value=len(series.points)),
            Component(code="scores-needed", value=2),
        ),
        inputs=series.inputs,
        sentence=f"{series.scale.title}: {count} that a comparison with the start needs.",
    )


def _no_reference(chart: Chart, series: Series) -> Finding:
    wanting = "single cut-off" if series.scale.cutoff is None else "reliable change"
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Concept(code="no-reference"),
        components=(Component(code="scores-used", value=len(series.points)),),
        inputs=series.inputs,
        sentence=f"{series.scale.title}: no {wanting} is published, so it has no clinical status.",
    )


def explain(chart: Chart, finding: Finding) -> Explanation:
    series = chart.of(finding.scale)
    cutoff = series.scale.cutoff
    if cutoff is None or not series.measurable:
        return _unreferenced(series)
    if series.change is None:
        return waiting(finding, more(series, 2))
    first, latest = series.points[0], series.points[-1]
    steps = (
        _side("start", first.value, series, cutoff),
        _side("latest score", latest.value, series, cutoff),
        change_step(first, latest),
        *yardstick(series),
        compared(series, first, latest),
        Step(
            title="Status",
            formula="side at the start, side now and reliable change together",
            working=VALUES[_status(series, cutoff, series.change)],
            source=JACOBSON_TRUAX,
        ),
    )
    lower = series.better is Better.LOWER
    boundary = (
        f"A latest score {'below' if lower else 'of'} {number(cutoff.value)}"
        f"{'' if lower else ' or higher'} lies outside the clinical range."
    )
    return Explanation(steps=steps, would_change=(boundary, *reliable_at(series, first)))


def _side(moment: str, score: float, series: Series, cutoff: Figure) -> Step:
    clinical = in_clinical_range(score, cutoff=cutoff.value, better=series.better)
    sign = ">=" if series.better is Better.LOWER else "<"
    return Step(
        title=f"Side of the cut-off, {moment}",
        formula=f"inside the clinical range where the score {sign} cut-off",
        working=f"{exact(score)} {sign} {exact(cutoff.value)}: "
        f"{'inside' if clinical else 'outside'}",
        source=cutoff.source,
    )


def _unreferenced(series: Series) -> Explanation:
    wanting = "single cut-off" if series.scale.cutoff is None else "reliable change"
    step = Step(
        title="Reference",
        formula="a published cut-off and a reliable change",
        working=f"no {wanting} is published for the {series.scale.title}",
    )
    return Explanation(
        steps=(step,), would_change=(f"A published {wanting}, once the instrument's file has it.",)
    )


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="Clinical status",
    documentation="Reliable change at the latest score, with the side of the instrument's "
    "published cut-off at the start and now. The values are codes; the text gives the side and the "
    "difference. A course that started outside the clinical range says so in a component. Without "
    "a published cut-off: no-reference.",
    sources=(JACOBSON_TRUAX,),
    category=Category.SURVEY,
    per=Per.SCALE,
    codes=(RULE,),
    find=find,
    explain=explain,
)
