"""early-response: whether the change is reliable in sessions 3 and 4 both, or two of a site's."""

from collections.abc import Iterator

from service.clinical.candour import aside
from service.clinical.chart import Chart
from service.clinical.definitions import Construct, Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Absent, Amount, Category, Component, Concept, Finding
from service.clinical.indicator import Indicator, Per
from service.clinical.literature import JACOBSON_TRUAX
from service.clinical.saying import judged_by, moved, threshold
from service.clinical.series import Point, Series, read
from service.clinical.wording import number
from service.clinical.workings import change as change_step
from service.clinical.workings import compared, reach, waiting, yardstick
from service.psychometrics.reliable_change import Change, classify
from service.psychometrics.scoring import Better, difference

RULE = "early-response"
NEEDED = 3
"""The first score and those of both sessions."""
CAUTION = "It says nothing about when to end."


def find(chart: Chart) -> Iterator[Finding]:
    for series in chart.measured:
        if series.measurable and series.scale.construct is not Construct.ALLIANCE:
            yield _finding(chart, series)


def _finding(chart: Chart, series: Series) -> Finding:
    sessions = chart.choices.early_sessions
    first = next((point for point in series.points if point.session < sessions[0]), None)
    early = [point for point in series.points if point.session in sessions]
    if first is None or len(early) < len(sessions):
        return _too_little(chart, series, first, early)
    changes = [_change(series, first, point) for point in early]
    reached = all(change is Change.IMPROVED for change in changes)
    beside = aside(chart, of=series) if reached else None
    sentence = _sentence(series, first, early)
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Concept(code="reached-in-both" if reached else "not-reached-in-both"),
        components=(
            Component(code="first-score", value=Amount(value=first.value)),
            *(
                Component(code="change", value=Amount(value=difference(first.value, point.value)))
                for point in early
            ),
            Component(code="threshold", value=Amount(value=threshold(series))),
            Component(code="scores-used", value=1 + len(early)),
        ),
        inputs=tuple(read(point.score) for point in (first, *early)),
        beside=beside.inputs if beside else (),
        sentence=beside.after(sentence) if beside else sentence,
    )


def _change(series: Series, first: Point, point: Point) -> Change:
    return classify(first.value, point.value, better=series.better, **series.yardstick)


def _sentence(series: Series, first: Point, early: list[Point]) -> str:
    said = " and ".join(
        f"{number(point.value)} in session {point.session}, {moved(first.value, point.value)} "
        f"{number(first.value)} in session {first.session}"
        for point in early
    )
    return f"{series.scale.title}: {said} ({judged_by(series)}). {CAUTION}"


def _too_little(chart: Chart, series: Series, first: Point | None, early: list[Point]) -> Finding:
    given = [*([] if first is None else [first]), *early]
    one, other = chart.choices.early_sessions
    count = f"{len(given)} of {NEEDED} scores"
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Absent(reason=count),
        components=(
            Component(code="scores-used", value=len(given)),
            Component(code="scores-needed", value=NEEDED),
        ),
        inputs=tuple(read(point.score) for point in given) or series.inputs[:1],
        sentence=f"{series.scale.title}: {count}, one before session {one} and those of sessions "
        f"{one} and {other}, that an early response needs.",
    )


def explain(chart: Chart, finding: Finding) -> Explanation:
    series = chart.of(finding.scale)
    if isinstance(finding.value, Absent):
        one, other = chart.choices.early_sessions
        needed = f"A score before session {one}, and one in each of sessions {one} and {other}."
        return waiting(finding, needed)
    first = series.points[0]
    early = [point for point in series.points if point.session in chart.choices.early_sessions]
    steps = (
        *yardstick(series),
        *(
            step
            for point in early
            for step in (change_step(first, point), compared(series, first, point))
        ),
        Step(
            title="Both sessions",
            formula="reliable change in the better direction in each of them",
            working=", ".join(
                f"session {point.session}: "
                f"{'yes' if _change(series, first, point) is Change.IMPROVED else 'no'}"
                for point in early
            ),
        ),
    )
    where = reach(series, first.value, rise=series.better is Better.HIGHER)
    sentence = (
        f"Reached where both scores are {where}."
        if where
        else f"From {number(first.value)} the scale ends before a reliable change."
    )
    return Explanation(steps=steps, would_change=(sentence,))


INDICATOR = Indicator(
    id=RULE,
    revision=2,
    title="Early response",
    documentation="Reliable change in the better direction in sessions 3 and 4 both, each against "
    "the first score of the course, which must lie before session 3. A site may choose two other "
    "sessions. " + CAUTION,
    sources=(
        JACOBSON_TRUAX,
        Source(
            citation="Two sessions in a row, so that one score alone does not decide.",
            standing=Standing.DECIDED,
        ),
    ),
    category=Category.SURVEY,
    per=Per.SCALE,
    codes=(RULE,),
    find=find,
    explain=explain,
)
