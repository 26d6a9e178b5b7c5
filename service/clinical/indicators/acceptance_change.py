"""acceptance-change: how far acceptance moved since its first value in the course."""

from collections.abc import Iterator

from service.clinical.chart import Chart
from service.clinical.definitions import Construct, Source, Standing
from service.clinical.explanation import Explanation
from service.clinical.findings import Category, Finding
from service.clinical.indicator import Indicator, Per
from service.clinical.literature import JACOBSON_TRUAX
from service.clinical.ratings import ratings
from service.clinical.shift import Shift, of_ratings, of_scale

RULE = "acceptance-change"
TOPIC = "acceptance-of-suffering"


def find(chart: Chart) -> Iterator[Finding]:
    for shift in _shifts(chart):
        yield shift.finding(chart)


def _shifts(chart: Chart) -> Iterator[Shift]:
    rated = ratings(chart.said(TOPIC), lambda remark: remark.number)
    if rated:
        title = "the rating of acceptance of suffering (0 to 10, higher means more acceptance)"
        yield of_ratings(RULE, TOPIC, title, rated)
    for series in chart.on(Construct.ACCEPTANCE):
        yield of_scale(RULE, series)


def explain(chart: Chart, finding: Finding) -> Explanation:
    (shift,) = (shift for shift in _shifts(chart) if shift.scale == finding.scale)
    return shift.explained()


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="Change of acceptance",
    documentation="Latest value less the first of the course, for ratings of acceptance of "
    "suffering and for each scale of acceptance. Of several values in one session the last counts. "
    "A scale may fall when acceptance rises, as the AAQ-II does; the text says what a higher score "
    "means. Where a reliable change of the scale can be computed or is published, it is named; "
    "nothing is concluded from it here.",
    sources=(
        JACOBSON_TRUAX,
        Source(
            citation="Ratings by one question: nothing is published that a difference could be "
            "judged by.",
            standing=Standing.DECIDED,
        ),
    ),
    category=Category.SURVEY,
    per=Per.SCALE,
    codes=(RULE,),
    find=find,
    said=True,
    explain=explain,
)
