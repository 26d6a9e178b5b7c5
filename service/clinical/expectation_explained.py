"""How a finding of expected-course came about: the curve, its value, its bound, and the scores."""

from collections.abc import Iterator

from service.clinical import expectation
from service.clinical.chart import Chart
from service.clinical.curves import Curve
from service.clinical.expectation import NEEDED, against, inner, toward
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Finding
from service.clinical.literature import LUTZ_1999
from service.clinical.series import Series
from service.clinical.wording import counted, number
from service.psychometrics.expected_course import CRITICAL_VALUE, Judgement, Outcome, Place, bound


def explain(chart: Chart, finding: Finding) -> Explanation:
    """Of one of the findings that the rule made of this chart."""
    series = next(s for s in chart.measured if s.scale.id == finding.scale)
    if not series.points:
        return Explanation(steps=(_count(series),), would_change=(_needed(series),))
    found = expectation.of(chart, series)
    if found.curve is None:
        return Explanation(steps=(_no_curve(series),), would_change=(_wanted(series),))
    chosen = _chosen(series, found.curve)
    judgement = found.judgement
    if judgement is not None:
        return Explanation(
            steps=(chosen, *_steps(series, found.curve, judgement)),
            would_change=(
                *_next(series, found.curve, judgement),
                _other_band(found.curve),
            ),
        )
    if found.beyond:
        return Explanation(
            steps=(chosen, _past(series, found.curve)),
            would_change=(f"A curve that reaches session {series.points[-1].session}.",),
        )
    return Explanation(
        steps=(chosen, _count(series)),
        would_change=(_needed(series), _other_band(found.curve)),
    )


def _count(series: Series) -> Step:
    return Step(
        title="Scores",
        formula=f"a first score and one more, {NEEDED} in all",
        working=f"{len(series.points)} of {NEEDED}",
    )


def _needed(series: Series) -> str:
    wanting = NEEDED - len(series.points)
    return f"{counted(wanting, 'more score')} of the {series.scale.title} in the course."


def _no_curve(series: Series) -> Step:
    return Step(
        title="Choice of the curve",
        formula="the curve whose band holds the first score",
        working=f"{number(series.points[0].value)} lies in no band of a known curve",
    )


def _wanted(series: Series) -> str:
    return (
        f"A curve of the {series.scale.title} whose band holds "
        f"{number(series.points[0].value)}, from a file or from a calibration."
    )


def _chosen(series: Series, curve: Curve) -> Step:
    return Step(
        title="Choice of the curve",
        formula="the curve whose band holds the first score",
        working=f"{number(series.points[0].value)} lies in {curve.band}: curve {curve.id}, version "
        f"{curve.version}, n {curve.courses}, up to session {curve.last_session}",
        source=curve.source,
    )


def _past(series: Series, curve: Curve) -> Step:
    latest = series.points[-1].session
    return Step(
        title="Reach of the curve",
        formula="session of the latest score <= last session of the curve",
        working=f"{latest} > {curve.last_session}",
        source=curve.source,
    )


def _steps(series: Series, curve: Curve, judgement: Judgement) -> Iterator[Step]:
    latest = judgement.latest
    yield Step(
        title="Expected score",
        formula="b0 + b1 ln(session)",
        working=f"{number(curve.b0)} {_signed(curve.b1)} ln({latest.session}) = "
        f"{number(latest.expected)}",
        source=LUTZ_1999,
    )
    sign = "+" if against(series.better) == "above" else "-"
    yield Step(
        title="Bound against the better direction",
        formula=f"expected {sign} z SD, z the one-sided 10 % point",
        working=f"{number(latest.expected)} {sign} {number(CRITICAL_VALUE, places=3)} * "
        f"{number(curve.sd)} = {number(latest.bound)}",
        source=curve.source,
    )
    yield _compared("Latest score", series, latest)
    if judgement.before is not None:
        yield _compared("Score before it", series, judgement.before)


def _signed(b1: float) -> str:
    return f"{'-' if b1 < 0 else '+'} {number(abs(b1))}"


def _compared(title: str, series: Series, place: Place) -> Step:
    """Beside the bound that it lies beyond, else the one against the better direction."""
    better = series.better
    near, side = place.bound, against(better)
    if place.beyond_good:
        near, side = place.good_bound, toward(better)
    lies = "beyond" if place.outside or place.beyond_good else "not beyond"
    return Step(
        title=title,
        formula="score beside the bound of its session",
        working=f"{number(place.score)} in session {place.session}: {lies} the bound {side} the "
        f"expected score, {inner(near, side)}",
    )


def _next(series: Series, curve: Curve, judgement: Judgement) -> Iterator[str]:
    """What a score in the next session would make of it."""
    session = series.sessions + 1
    if session > curve.last_session:
        yield f"The curve ends with session {curve.last_session}: later scores have no reference."
        return
    better = series.better
    limit = bound(session, curve=curve.expectation, better=better)
    side = against(better)
    value = inner(limit, side)
    if not expectation.unreachable(series, limit):
        count = "a second score in a row" if judgement.latest.outside else "one score"
        yield f"A score {side} {value} in session {session} would be {count} outside the range."
    if judgement.latest.outside:
        within = "at most" if side == "above" else "at least"
        yield f"A score of {within} {value} in session {session} would lie within the range."
    elif judgement.outcome is Outcome.BETTER:
        other = bound(session, curve=curve.expectation, better=better, z=-CRITICAL_VALUE)
        within = "at least" if side == "above" else "at most"
        yield (
            f"A score of {within} {inner(other, toward(better))} in session {session} would not "
            "lie beyond the other bound."
        )


def _other_band(curve: Curve) -> str:
    return (
        f"A first score outside {curve.band}, such as after a correction, would choose another "
        "curve or none."
    )
