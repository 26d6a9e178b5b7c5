"""first-expression: the first recorded tears, with what people recorded around them."""

from collections.abc import Iterator, Sequence

from service.clinical.chart import Chart, heard
from service.clinical.definitions import Source, Standing
from service.clinical.evidence import WITHIN, Evidence, Window, meanings
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Category, Component, Concept, Finding, Input, Value
from service.clinical.indicator import Indicator, Per
from service.clinical.wording import counted
from service.clinical.workings import exact

RULE = "first-expression"
TEARS = "tears"
UNSAID = "prefer-not-to-record"
EARLIER = 3
"""Sessions with a presence record without tears that have to come before."""


def find(chart: Chart) -> Iterator[Finding]:
    first = next((n for n, episode in chart.expressions if episode.presence == TEARS), None)
    if first is None:
        return
    earlier = {n for n, e in chart.expressions if n < first and e.presence != UNSAID}
    if len(earlier) >= EARLIER:
        yield _finding(chart, first, len(earlier))


def _finding(chart: Chart, first: int, earlier: int) -> Finding:
    session = chart.session(first)
    read = [e for n, e in chart.expressions if n <= first and e.presence != UNSAID]
    tears = [e for n, e in chart.expressions if n == first and e.presence == TEARS]
    meant = sorted({code for episode in tears for code in meanings(episode)})
    headings = Window(chart=chart, centre=first).headings()
    named = {i for found in headings.values() for evidence in found for i in evidence.inputs}
    inputs = {heard(episode) for episode in read}
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        event=session.key,
        encounter=session.encounter,
        value=Concept(code="recorded"),
        components=(
            Component(code="sessions-recorded", value=earlier),
            *_experienced(meant),
            *(Component(code=name, value=_listed(found)) for name, found in headings.items()),
        ),
        inputs=_ordered(inputs),
        beside=_ordered(named - inputs),
        sentence=_sentence(earlier, meant),
    )


def _ordered(inputs: set[Input]) -> tuple[Input, ...]:
    return tuple(sorted(inputs, key=lambda i: (i.at, i.reference)))


def _experienced(meant: Sequence[str]) -> Iterator[Component]:
    for code in meant:
        yield Component(code="patient-meaning", value=Concept(code=code, system="expression"))
    if not meant:
        yield Component(code="patient-meaning", value=Concept(code="not-recorded"))


def _listed(found: Sequence[Evidence]) -> Value:
    if not found:
        return Concept(code="not-recorded")
    return "; ".join(
        f"{evidence.text} ({', '.join(i.reference for i in evidence.inputs)})" for evidence in found
    )


def _sentence(earlier: int, meant: Sequence[str]) -> str:
    experienced = ", ".join(code.replace("-", " ") for code in meant) or "not recorded"
    return (
        f"First recorded tears after {counted(earlier, 'recorded session')}. How the patient "
        f"experienced them: {experienced}."
    )


def explain(chart: Chart, finding: Finding) -> Explanation:
    first = chart.numbered(finding.event)
    earlier = sorted({n for n, e in chart.expressions if n < first and e.presence != UNSAID})
    headings = Window(chart=chart, centre=first).headings()
    listed = tuple(
        Step(
            title=name.replace("-", " ").capitalize(),
            formula=f"what people recorded in sessions {max(1, first - WITHIN)} to "
            f"{first + WITHIN}",
            working="; ".join(evidence.text for evidence in found) or "not recorded",
        )
        for name, found in headings.items()
    )
    count = Step(
        title="Earlier sessions with a record",
        formula=f"sessions with a presence record without tears, at least {EARLIER}",
        working=f"{exact(len(earlier))}: sessions {', '.join(map(str, earlier))}",
    )
    said = (
        "An earlier record of tears, or fewer earlier sessions with a record; nothing is concluded."
    )
    return Explanation(steps=(count, *listed), would_change=(said,))


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="First recorded tears",
    documentation="The first session with presence tears after at least three earlier sessions "
    "that each carry a presence record without tears (prefer-not-to-record is not one). What "
    "people recorded within two sessions before and after is listed under acceptance, trust, "
    "symptoms to review and beliefs; a heading without evidence says not-recorded. Nothing is "
    "concluded, and the finding is read on request only.",
    sources=(
        Source(
            citation="Three earlier sessions, so that a first is one of a record and not of a "
            "beginning.",
            standing=Standing.DECIDED,
        ),
    ),
    category=Category.THERAPY,
    per=Per.EVENT,
    codes=(RULE,),
    find=find,
    said=True,
    explain=explain,
)
