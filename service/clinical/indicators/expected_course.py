"""expected-course: the latest scores beside a curve of courses with a like first score."""

from collections.abc import Iterator

from service.clinical import expectation
from service.clinical.candour import Aside, aside
from service.clinical.chart import Chart
from service.clinical.curves import Curve, expectable
from service.clinical.definitions import Source, Standing
from service.clinical.expectation import NEEDED, inner, range_of, toward
from service.clinical.expectation_explained import explain
from service.clinical.findings import Amount, Category, Component, Concept, Finding
from service.clinical.indicator import Indicator, Per
from service.clinical.literature import FINCH_2001, LUTZ_1999
from service.clinical.saying import on
from service.clinical.series import Point, Series, read
from service.clinical.too_few import too_few
from service.clinical.wording import number
from service.psychometrics.expected_course import CRITICAL_VALUE, Judgement, Outcome

RULE = "expected-course"
REASSURING = frozenset({Outcome.ON_TRACK, Outcome.BETTER})
NOTHING = Aside(sentences=(), inputs=())


def find(chart: Chart) -> Iterator[Finding]:
    for series in chart.measured:
        if expectable(series.scale):
            yield _finding(chart, series)


def _finding(chart: Chart, series: Series) -> Finding:
    if not series.points:
        return too_few(chart, series, rule=RULE, needed=NEEDED, named="an expected course")
    found = expectation.of(chart, series)
    if found.curve is None:
        first = number(series.points[0].value)
        sentence = (
            f"{series.scale.title}: no curve of expected scores is known for a first score of "
            f"{first}."
        )
        return _without(chart, series, sentence, series.points[:1])
    if len(series.points) < NEEDED:
        return too_few(chart, series, rule=RULE, needed=NEEDED, named="an expected course")
    judgement = found.judgement
    if judgement is None:
        return _beyond(chart, series, found.curve)
    return _judged(chart, series, found.curve, judgement)


def _without(chart: Chart, series: Series, sentence: str, points: tuple[Point, ...]) -> Finding:
    """It rests on these scores alone, so later ones make no new version of it."""
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Concept(code="no-reference"),
        inputs=tuple(read(point.score) for point in points),
        sentence=sentence,
    )


def _beyond(chart: Chart, series: Series, curve: Curve) -> Finding:
    past = next(point for point in series.points if point.session > curve.last_session)
    sentence = (
        f"{series.scale.title}: curve {curve.id} ({curve.rests_on}) ends "
        f"with session {curve.last_session}; later scores have no reference."
    )
    return _without(chart, series, sentence, (series.points[0], past))


def _judged(chart: Chart, series: Series, curve: Curve, judgement: Judgement) -> Finding:
    reassures = judgement.outcome in REASSURING
    beside = aside(chart, of=series, own=True) if reassures else NOTHING
    sessions = {place.session for place in (judgement.before, judgement.latest) if place}
    points = [p for p in series.points if p is series.points[0] or p.session in sessions]
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Concept(code=judgement.outcome.value),
        components=tuple(_components(series, curve, judgement)),
        inputs=tuple(read(point.score) for point in points),
        beside=beside.inputs,
        sentence=beside.after(_sentence(series, curve, judgement)),
    )


def _components(series: Series, curve: Curve, judgement: Judgement) -> Iterator[Component]:
    latest, before = judgement.latest, judgement.before
    yield Component(code="first-score", value=Amount(value=series.points[0].value))
    yield Component(code="latest-score", value=Amount(value=latest.score))
    yield Component(code="session", value=latest.session)
    yield Component(code="expected-score", value=Amount(value=latest.expected))
    yield Component(code="threshold", value=Amount(value=latest.bound))
    yield Component(code="threshold-better-side", value=Amount(value=latest.good_bound))
    if before is not None:
        yield Component(code="previous-score", value=Amount(value=before.score))
        yield Component(code="previous-session", value=before.session)
        yield Component(code="previous-threshold", value=Amount(value=before.bound))
    yield Component(code="critical-value", value=Amount(value=CRITICAL_VALUE, unit="1"))
    yield Component(code="standard-deviation", value=Amount(value=curve.sd))
    yield Component(code="courses", value=curve.courses)
    yield Component(code="curve", value=curve.id)
    yield Component(code="curve-version", value=curve.version)
    yield Component(code="curve-band", value=curve.band)
    if curve.period is not None:
        yield Component(code="curve-period", value=curve.period)
    yield Component(code="reference-source", value=curve.source.citation)
    yield Component(code="scores-used", value=len(series.points))


def _sentence(series: Series, curve: Curve, judgement: Judgement) -> str:
    latest, better = judgement.latest, series.better
    text = (
        f"{series.scale.title}: score {number(latest.score)} on {on(series.points[-1])}; curve "
        f"{curve.id} ({curve.rests_on}) gives {range_of(latest, better)} "
        f"at session {latest.session}."
    )
    match judgement.outcome:
        case Outcome.NOT_ON_TRACK:
            return f"{text} {_before(series, judgement)} Consider asking what has changed."
        case Outcome.OUTSIDE_ONCE:
            return f"{text} {_once(series, judgement)}"
        case Outcome.BETTER:
            return f"{text} {_both_beyond(series, judgement)}"
        case Outcome.ON_TRACK if expectation.unreachable(series, latest.bound):
            return f"{text} No score of the scale lies outside that."
    return text


def _before(series: Series, judgement: Judgement) -> str:
    before = judgement.before
    assert before is not None
    return (
        f"The score before it, {number(before.score)} in session {before.session}, lies outside "
        f"too, where the curve gives {range_of(before, series.better)}."
    )


def _once(series: Series, judgement: Judgement) -> str:
    before = judgement.before
    if before is None:
        return "It is the first score after the start."
    return (
        f"The score before it was {number(before.score)} in session {before.session}, where the "
        f"curve gives {range_of(before, series.better)}."
    )


def _both_beyond(series: Series, judgement: Judgement) -> str:
    latest, before = judgement.latest, judgement.before
    assert before is not None
    side = toward(series.better)
    return (
        f"Both it and {number(before.score)} in session {before.session} lie {side} the other "
        f"bounds, {inner(latest.good_bound, side)} and {inner(before.good_bound, side)}."
    )


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="Expected course",
    documentation="score = b0 + b1 ln(session), by a curve that a site supplies for the first "
    "scores of a band; bound = expected + 1.282 SD against the better direction, SD the total "
    "residual. The first score chooses the curve and is not judged. Two scores in a row beyond the "
    "bound count, whether or not a session without one lies between them; one alone is said as "
    "one. Of unchanged courses of 20 sessions 18.6 % ever have two in a row outside and 51 % one, "
    "where half of the variance lies between courses; a shift of 2 SD is seen within four sessions "
    "after it in 84 %. Without a curve, and beyond its last session: no-reference.",
    sources=(
        LUTZ_1999,
        FINCH_2001,
        Source(
            citation="Two scores in a row, since one of ten lies outside by chance.",
            standing=Standing.DECIDED,
        ),
    ),
    category=Category.SURVEY,
    per=Per.SCALE,
    codes=(RULE,),
    find=find,
    explain=explain,
)
