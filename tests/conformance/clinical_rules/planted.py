"""Violations of the clinical rules, one of each kind, to see that the walk catches them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from service.clinical.chart import Chart, heard
from service.clinical.definitions import Construct, Instrument, MissingRule, Scale
from service.clinical.explanation import Explanation
from service.clinical.facts import Answers
from service.clinical.findings import Amount, Category, Component, Concept, Finding, Value
from service.clinical.indicator import Indicator, Per
from service.clinical.series import Series
from service.psychometrics.scoring import Better
from tests.clinical.patient_facts import ENGINE, form

PHQ_9 = ENGINE.catalogue.by_id["phq-9"]


def indicator(
    find: Callable[[Chart], Iterable[Finding]], category: Category = Category.SURVEY
) -> Indicator:
    return Indicator(
        id="planted",
        revision=1,
        title="Planted",
        documentation="",
        sources=(),
        category=category,
        per=Per.COURSE,
        codes=("planted",),
        find=find,
        explain=lambda chart, finding: Explanation(steps=(), would_change=()),  # noqa: ARG005
    )


def finding(chart: Chart, value: Value, sentence: str, *series: Series, **more: object) -> Finding:
    inputs = tuple(i for one in series for i in one.inputs) or tuple(
        heard(episode) for _, episode in chart.expressions
    )
    said = {"components": (), "scale": None} | more
    return Finding(
        rule="planted",
        code="planted",
        course=chart.course.key,
        value=value,
        inputs=inputs,
        sentence=sentence,
        **said,  # type: ignore[arg-type]
    )


def tears_against_a_threshold(chart: Chart) -> Iterator[Finding]:
    """Rule 1."""
    tears = sum(episode.presence == "tears" for _, episode in chart.expressions)
    if chart.expressions:
        threshold = Component(code="threshold", value=2)
        value = Concept(code="rising" if tears > 1 else "falling")
        yield finding(chart, value, f"{tears} sessions.", components=(threshold,))


def trust_from_tears(chart: Chart) -> Iterator[Finding]:
    """Rule 4."""
    if any(episode.presence == "tears" for _, episode in chart.expressions):
        value = Concept(code="release", system="expression")
        yield finding(chart, value, "The patient cried.")


def comfort_without_candour(chart: Chart) -> Iterator[Finding]:
    """Rule 6."""
    for series in chart.measured:
        if series.scale.id == "gad-7" and series.points:
            scale = {"scale": series.scale.id}
            yield finding(chart, Concept(code="recovered"), "GAD-7 lower.", series, **scale)


def mean_of_everything(chart: Chart) -> Iterator[Finding]:
    """Rule 7."""
    scored = [series for series in chart.measured if series.points]
    if scored:
        mean = sum(series.points[-1].value for series in scored) / len(scored)
        yield finding(chart, Amount(value=mean), "Mean.", *scored)


def alliance_told_by_another_scale(chart: Chart) -> Iterator[Finding]:
    """Rule 11: the text says an alliance score and the inputs do not name it."""
    others = [s for s in chart.measured if s.scale.id == "gad-7" and s.points]
    alliance = [s for s in chart.alliance if s.points]
    if others and alliance:
        said = f"The alliance was {alliance[0].points[-1].value}."
        yield finding(chart, Amount(value=1), said, *others)


def praised() -> Scale:
    """Rule 1: a scale of expression whose higher scores are called better."""
    return replace(PHQ_9.scales[0], construct=Construct.EXPRESSION, better=Better.HIGHER)


def forgiving() -> Instrument:
    """Rule 5: a missing safety item is taken as the mean of the others, and so is a third item."""
    total, *others = PHQ_9.scales
    rule = MissingRule(allowed=2, source=total.missing.source)
    return replace(PHQ_9, scales=(replace(total, missing=rule), *others))


def one_answer(instrument: Instrument) -> Answers:
    """A form of which almost nothing was answered."""
    first = instrument.items[0]
    return form(instrument.id, 1, {first.number: first.low})


def silent() -> Instrument:
    """Rule 8: it asks about suicide and does not say so."""
    return replace(PHQ_9, safety=())
