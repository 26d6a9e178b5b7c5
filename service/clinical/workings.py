"""Lines of arithmetic that several explanations share: a change, its threshold, what it needs."""

from collections.abc import Iterator

from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Absent, Finding
from service.clinical.literature import JACOBSON_TRUAX
from service.clinical.saying import computed, threshold
from service.clinical.series import Point, Series
from service.clinical.wording import counted, number
from service.psychometrics.reliable_change import CRITICAL_VALUE, difference_sd
from service.psychometrics.scoring import Better, difference


def exact(value: float) -> str:
    """A number of a working, to four decimals."""
    return number(value, places=4)


def waiting(finding: Finding, *needed: str) -> Explanation:
    """Of a finding without a value: what it counts, and what is still needed."""
    assert isinstance(finding.value, Absent)
    step = Step(
        title="What there is", formula="what counts of what is needed", working=finding.value.reason
    )
    return Explanation(steps=(step,), would_change=needed)


def change(first: Point, latest: Point) -> Step:
    moved = difference(first.value, latest.value)
    return Step(
        title="Change",
        formula=f"score of session {latest.session} - score of session {first.session}",
        working=f"{exact(latest.value)} - {exact(first.value)} = {exact(moved)}",
    )


def yardstick(series: Series) -> Iterator[Step]:
    """The reliable change of a scale: computed, published, and which of them counts."""
    scale = series.scale
    if scale.norm is not None and scale.reliability is not None:
        sd, reliability = scale.norm.sd, scale.reliability.value
        error = difference_sd(sd=sd, reliability=reliability)
        yield Step(
            title="SD of a difference without true change",
            formula="SD * sqrt(2) * sqrt(1 - reliability)",
            working=f"{exact(sd)} * sqrt(2) * sqrt(1 - {exact(reliability)}) = {exact(error)} "
            f"({scale.norm.sample}; {scale.reliability.kind.value} reliability)",
            source=scale.norm.source,
        )
        yield Step(
            title="Reliable change, computed",
            formula=f"{CRITICAL_VALUE} * SD of a difference without true change",
            working=f"{CRITICAL_VALUE} * {exact(error)} = {exact(computed(series))} points, "
            "to be exceeded",
            source=JACOBSON_TRUAX,
        )
    if scale.published_change is not None:
        note = f" ({scale.published_change.note})" if scale.published_change.note else ""
        yield Step(
            title="Reliable change, published",
            formula="read in the source; it counts before a computed one",
            working=f"{exact(scale.published_change.value)} points, to be reached{note}",
            source=scale.published_change.source,
        )


def compared(series: Series, first: Point, latest: Point) -> Step:
    """The change against the threshold."""
    size = abs(difference(first.value, latest.value))
    limit = threshold(series)
    published = series.scale.published_change is not None
    reached = size >= limit if published else size > limit
    sign = ">=" if published else ">"
    return Step(
        title="Comparison with the reliable change",
        formula=f"size of the change {sign} reliable change",
        working=f"{exact(size)} {sign} {exact(limit)}: {'yes' if reached else 'no'}",
    )


def towards(series: Series, *, rise: bool) -> str:
    """`in the scale's better direction`, or against it."""
    better = rise is (series.scale.better is Better.HIGHER)
    return "in the scale's better direction" if better else "against the scale's better direction"


def reach(series: Series, first: float, *, rise: bool) -> str | None:
    """Where a reliable change from `first` begins: `18 or higher`; None: beyond the scale's end."""
    limit = threshold(series)
    bound = difference(-limit, first) if rise else difference(limit, first)
    way = "higher" if rise else "lower"
    if series.scale.published_change is not None:
        inside = series.scale.low <= bound <= series.scale.high
        return f"{number(bound)} or {way}" if inside else None
    inside = series.scale.low < bound < series.scale.high
    return f"{way} than {number(bound)}" if inside else None


def reliable_at(series: Series, first: Point) -> Iterator[str]:
    """Which latest scores would be a reliable change, in either direction."""
    for rise in (False, True):
        where = reach(series, first.value, rise=rise)
        way = towards(series, rise=rise)
        if where is None:
            end = series.scale.high if rise else series.scale.low
            yield (
                f"A reliable change {way} cannot be shown: from {number(first.value)} the scale "
                f"ends before it, at {number(end)}."
            )
        else:
            yield f"A latest score of {where} is a reliable change {way}."


def scores(points: tuple[Point, ...]) -> str:
    """`12 (session 1), 9 (session 2)`."""
    return ", ".join(f"{exact(p.value)} (session {p.session})" for p in points)


def more(series: Series, needed: int) -> str:
    """How many scores are still to come before there is a value."""
    missing = max(1, needed - len(series.points))
    return f"{counted(missing, 'more score')} of the {series.scale.title} in this course."
