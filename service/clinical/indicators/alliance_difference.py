"""alliance-difference: the client's rating of a session minus the therapist's, of one family."""

from collections.abc import Iterator
from itertools import groupby

from service.clinical.chart import Chart
from service.clinical.definitions import Reporter, Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Absent, Amount, Category, Component, Finding
from service.clinical.indicator import Indicator, Per
from service.clinical.saying import on
from service.clinical.series import Point, Series, read
from service.clinical.wording import counted, number
from service.clinical.workings import exact, waiting
from service.psychometrics.scoring import difference, percent_of_range

RULE = "alliance-difference"
CLIENT: Reporter = "patient"
THERAPIST: Reporter = "therapist"


def find(chart: Chart) -> Iterator[Finding]:
    families = sorted(
        (series for series in chart.alliance if series.scale.family is not None),
        key=lambda series: str(series.scale.family),
    )
    for _, members in groupby(families, key=lambda series: series.scale.family):
        by_reporter = {series.scale.reporter: series for series in members}
        if {CLIENT, THERAPIST} <= by_reporter.keys():
            yield _finding(chart, by_reporter[CLIENT], by_reporter[THERAPIST])


def _finding(chart: Chart, client: Series, therapist: Series) -> Finding:
    both = _both(client, therapist)
    if not both:
        return _never_both(chart, client, therapist)
    mine, other = both[-1]
    percent = _percent(client, mine, other)
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=client.scale.id,
        value=Amount(value=percent, unit="%"),
        components=(
            Component(code="client-score", value=Amount(value=mine.value)),
            Component(code="therapist-score", value=Amount(value=other.value)),
            Component(code="sessions-with-both", value=len(both)),
        ),
        inputs=tuple(read(point.score) for pair in both for point in pair),
        sentence=_sentence(client, mine, other, percent),
    )


def _both(client: Series, therapist: Series) -> list[tuple[Point, Point]]:
    """The scores of the sessions that both rated, in order."""
    theirs = {point.session: point for point in therapist.points}
    return [(point, theirs[point.session]) for point in client.points if point.session in theirs]


def _percent(client: Series, mine: Point, other: Point) -> float:
    low, high = client.scale.low, client.scale.high
    return percent_of_range(difference(other.value, mine.value), low=low, high=high)


def _sentence(client: Series, mine: Point, other: Point, percent: float) -> str:
    way = "above" if percent > 0 else "below"
    size = f"{number(abs(percent))} % of the range {way}" if percent else "the same as"
    return (
        f"{client.scale.title} of session {mine.session} on {on(mine)}: the client's rating "
        f"({number(mine.value)}) is {size} the therapist's ({number(other.value)}). No norm and no "
        "threshold are published for the difference."
    )


def _never_both(chart: Chart, client: Series, therapist: Series) -> Finding:
    inputs = (*client.inputs, *therapist.inputs)
    sessions = counted(0, "session")
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=client.scale.id,
        value=Absent(reason=f"{sessions} with both ratings"),
        components=(Component(code="sessions-with-both", value=0),),
        inputs=inputs,
        sentence=f"{client.scale.title}: {sessions} rated by client and therapist both.",
    )


def explain(chart: Chart, finding: Finding) -> Explanation:
    client = chart.of(finding.scale)
    therapist = next(
        series
        for series in chart.alliance
        if series.scale.family == client.scale.family and series.scale.reporter == THERAPIST
    )
    both = _both(client, therapist)
    next_ = "The next session that both rate takes the place of this one."
    if not both:
        return waiting(finding, next_.replace("takes the place of this one", "gives a difference"))
    mine, other = both[-1]
    low, high = client.scale.low, client.scale.high
    step = Step(
        title="Difference in per cent of the range",
        formula="100 * (client's score - therapist's score) / (highest - lowest possible score)",
        working=f"100 * ({exact(mine.value)} - {exact(other.value)}) / "
        f"({exact(high)} - {exact(low)}) = {exact(_percent(client, mine, other))}",
    )
    return Explanation(steps=(step,), would_change=(next_,))


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="Difference of the alliance ratings",
    documentation="Client minus therapist of the latest session that both rated with forms of one "
    "family, in per cent of the possible range. No norms are published, so there is neither a z "
    "nor a threshold.",
    sources=(
        Source(
            citation="Decided here: per cent of the range, since nothing else is published that "
            "forms could be compared by.",
            standing=Standing.DECIDED,
        ),
    ),
    category=Category.SURVEY,
    per=Per.SCALE,
    codes=(RULE,),
    find=find,
    explain=explain,
)
