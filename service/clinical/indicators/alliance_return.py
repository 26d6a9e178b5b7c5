"""alliance-return: whether the score came back within five sessions of an unusual fall."""

from collections.abc import Iterator

from service.clinical.candour import Aside, aside
from service.clinical.chart import Chart
from service.clinical.definitions import Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Amount, Category, Component, Concept, Finding
from service.clinical.indicator import Indicator, Per
from service.clinical.series import Point, Series, read
from service.clinical.wording import counted, day, number
from service.clinical.workings import exact, scores
from service.psychometrics.scoring import Better
from service.psychometrics.strain import SESSIONS_TO_RETURN, Return, Strain

RULE = "alliance-return"
FIVE_SESSIONS = Source(
    citation="Five sessions and one SD, the yardstick of the fall itself.",
    standing=Standing.DECIDED,
)
NOTHING = Aside(sentences=(), inputs=())


def find(chart: Chart) -> Iterator[Finding]:
    for series in chart.alliance:
        for strain in series.strains:
            yield _finding(chart, series, strain)


def _finding(chart: Chart, series: Series, strain: Strain) -> Finding:
    session = chart.session(strain.fall.session)
    returned = strain.outcome is Return.RETURNED
    beside = aside(chart, of=series) if returned else NOTHING
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        event=session.key,
        encounter=session.encounter,
        value=Concept(code=strain.outcome),
        components=tuple(_components(series, strain)),
        inputs=tuple(read(point.score) for point in _read(series, strain)),
        beside=beside.inputs,
        sentence=beside.after(_sentence(chart, series, strain)),
    )


def _read(series: Series, strain: Strain) -> tuple[Point, ...]:
    """The scores up to the return; else all that were looked at for one."""
    fallen = strain.fall.session
    later = [point.session for point in series.points if point.session > fallen]
    until = strain.returned_at or max((fallen + SESSIONS_TO_RETURN, *later[:1]))
    return tuple(point for point in series.points if point.session <= until)


def _components(series: Series, strain: Strain) -> Iterator[Component]:
    fall, prior = strain.fall, series.scale.session_sd
    assert prior is not None
    yield Component(code="scores-used", value=fall.reference_count)
    yield Component(code="sessions-without-score", value=series.missing)
    yield Component(code="reference", value=Amount(value=fall.reference))
    yield Component(code="standard-deviation", value=Amount(value=fall.s))
    yield Component(code="session-sd", value=Amount(value=prior.value))
    yield Component(code="reference-source", value=prior.source.citation)
    yield Component(code="threshold", value=Amount(value=strain.return_bound))
    yield Component(code="session-of-fall", value=fall.session)
    if strain.returned_at is not None:
        yield Component(code="session-of-return", value=strain.returned_at)
        score = series.values[strain.returned_at - 1]
        assert score is not None
        yield Component(code="latest-score", value=Amount(value=score))


def _sentence(chart: Chart, series: Series, strain: Strain) -> str:
    fall, title = strain.fall, series.scale.title
    since = f"the fall in session {fall.session} on {day(chart.session(fall.session).day)}"
    side = "at or above" if series.scale.better is Better.HIGHER else "at or below"
    sign = "less" if series.scale.better is Better.HIGHER else "plus"
    bound = (
        f"{side} {number(strain.return_bound)}: the mean of {number(fall.reference)} before the "
        f"fall {sign} one SD of {number(fall.s)}"
    )
    if strain.returned_at is not None:
        later = counted(strain.returned_at - fall.session, "session")
        score = series.values[strain.returned_at - 1] or 0
        return f"The {title} came back to {number(score)}, {later} after {since} ({bound})."
    if strain.outcome is Return.NO_LATER_SCORE:
        return f"There is no {title} after {since}. Consider asking for one."
    return (
        f"So far no {title} in the {SESSIONS_TO_RETURN} sessions after {since} is {bound}. "
        "Consider asking how working together feels."
    )


def explain(chart: Chart, finding: Finding) -> Explanation:
    series = chart.of(finding.scale)
    strain = next(s for s in series.strains if chart.session(s.fall.session).key == finding.event)
    fall = strain.fall
    last = fall.session + SESSIONS_TO_RETURN
    later = tuple(p for p in series.points if fall.session < p.session <= last)
    higher = series.better is Better.HIGHER
    sign, side = ("-", "at or above") if higher else ("+", "at or below")
    steps = (
        Step(
            title="Score that counts as a return",
            formula=f"reference {sign} s, both as they were at the fall",
            working=f"{exact(fall.reference)} {sign} {exact(fall.s)} = "
            f"{exact(strain.return_bound)}",
            source=FIVE_SESSIONS,
        ),
        Step(
            title="Scores after the fall",
            formula=f"those of the {SESSIONS_TO_RETURN} sessions after session {fall.session}",
            working=scores(later) or "none",
        ),
        Step(
            title="Return",
            formula=f"the first of them {side} {exact(strain.return_bound)}",
            working=f"session {strain.returned_at}" if strain.returned_at else "none of them",
        ),
    )
    said = f"A score {side} {number(strain.return_bound)} up to session {last} is a return."
    return Explanation(steps=steps, would_change=(said,))


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="Alliance return",
    documentation="For every alliance strain: returned when a score within five sessions stands at "
    "or above reference - s, both as they were at the fall; otherwise not-yet-returned, or "
    "no-later-score when no later session of the course has one.",
    sources=(FIVE_SESSIONS,),
    category=Category.SURVEY,
    per=Per.EVENT,
    codes=(RULE,),
    find=find,
    explain=explain,
)
