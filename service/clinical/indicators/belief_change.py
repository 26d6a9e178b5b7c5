"""belief-change: how far a belief about crying moved since its first value in the course."""

from collections.abc import Iterator

from service.clinical.chart import Chart
from service.clinical.definitions import Construct, Source, Standing
from service.clinical.explanation import Explanation
from service.clinical.findings import Category, Component, Concept, Finding
from service.clinical.indicator import Indicator, Per
from service.clinical.ratings import ratings, strength
from service.clinical.shift import Shift, of_ratings, of_scale

RULE = "belief-change"
TOPIC = "crying-belief"
NO_BELIEF = "not-asked"


def find(chart: Chart) -> Iterator[Finding]:
    for shift in _shifts(chart):
        yield shift.finding(chart)


def _shifts(chart: Chart) -> Iterator[Shift]:
    """One for each belief whose strength was recorded, and for each scale of beliefs."""
    said = chart.said(TOPIC)
    held = {remark.code for _, remark in said if remark.code not in (None, NO_BELIEF)}
    for belief in sorted(code for code in held if code is not None):
        rated = ratings(((n, remark) for n, remark in said if remark.code == belief), strength)
        if rated:
            yield of_ratings(
                RULE,
                f"{TOPIC}/{belief}",
                f"the strength of the belief '{belief.replace('-', ' ')}' (0 to 10)",
                rated,
                (Component(code="belief", value=Concept(code=belief, system="expression")),),
            )
    for series in chart.on(Construct.BELIEF):
        yield of_scale(RULE, series)


def explain(chart: Chart, finding: Finding) -> Explanation:
    (shift,) = (
        shift
        for shift in _shifts(chart)
        if (shift.scale, shift.topic) == (finding.scale, finding.topic)
    )
    return shift.explained()


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="Change of a belief about crying",
    documentation="Latest value less the first of the course, for the strength of each belief "
    "about crying that people recorded, and for each scale of beliefs. Of several values in one "
    "session the last counts. No threshold is published, and neither direction is the right one.",
    sources=(
        Source(
            citation="A plain difference: nothing is published that it could be judged by.",
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
