"""How far something moved since its first value in a course: a scale, or what people rated.

A plain difference: no direction is called the right one, and nothing is concluded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.clinical.candour import aside
from service.clinical.chart import Chart, heard
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Absent, Amount, Category, Component, Finding, Input
from service.clinical.ratings import Rating
from service.clinical.saying import computed, judged_by, moved, threshold
from service.clinical.series import Series, read
from service.clinical.wording import counted, day, number
from service.psychometrics.scoring import Better, difference

NEEDED = 2
UNPUBLISHED = "No threshold is published for it."


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The value of one session."""

    value: float
    source: Input

    @property
    def said(self) -> str:
        return f"{number(self.value)} on {day(self.source.day)}"


@dataclass(frozen=True, kw_only=True)
class Shift:
    """The values of one thing through a course."""

    rule: str
    title: str
    """With its article, such as `the AAQ-II total`."""
    marks: tuple[Mark, ...]
    """In order of sessions; only sessions with a value."""
    silent: tuple[Input, ...] = ()
    """Forms that gave no value, where none did."""
    series: Series | None = None
    """None: people rated it."""
    topic: str | None = None
    components: tuple[Component, ...] = ()

    def finding(self, chart: Chart) -> Finding:
        moved_ = len(self.marks) >= NEEDED
        beside = aside(chart, of=self.series) if self.series and self._favourable() else None
        sentence = self._sentence() if moved_ else self._too_few()
        return Finding(
            rule=self.rule,
            code=self.rule,
            course=chart.course.key,
            scale=self.scale,
            topic=self.topic,
            category=Category.SURVEY if self.series else Category.THERAPY,
            value=Amount(value=self.change) if moved_ else Absent(reason=self._count()),
            components=(
                *self.components,
                *(self._numbers() if moved_ else ()),
                Component(code="scores-used", value=len(self.marks)),
                Component(code="scores-needed", value=NEEDED),
                Component(
                    code="sessions-without-score",
                    value=len(chart.course.sessions) - len(self.marks),
                ),
            ),
            inputs=tuple(mark.source for mark in self.marks) or self.silent,
            beside=beside.inputs if beside else (),
            sentence=beside.after(sentence) if beside else sentence,
        )

    def explained(self) -> Explanation:
        if len(self.marks) < NEEDED:
            step = Step(
                title="Values in the course", formula="count of values", working=self._count()
            )
            return Explanation(steps=(step,), would_change=("A second value would give a change.",))
        first, latest = self.marks[0].value, self.marks[-1].value
        would = (
            f"A later value takes the place of {number(latest)}; with {number(first)} the change "
            "would be 0."
        )
        return Explanation(steps=tuple(self._steps()), would_change=(would,))

    @property
    def scale(self) -> str | None:
        return self.series.scale.id if self.series else None

    @property
    def change(self) -> float:
        return difference(self.marks[0].value, self.marks[-1].value)

    def _favourable(self) -> bool:
        """Whether it moved where the scale's definition says better, if it says so."""
        better = self.series.scale.better if self.series else None
        if better is None or len(self.marks) < NEEDED:
            return False
        return self.change > 0 if better is Better.HIGHER else self.change < 0

    def _count(self) -> str:
        return f"{len(self.marks)} of {counted(NEEDED, 'value')}"

    def _too_few(self) -> str:
        return f"{self.title[0].upper()}{self.title[1:]}: {self._count()} that a change needs."

    def _numbers(self) -> Iterator[Component]:
        yield Component(code="first-score", value=Amount(value=self.marks[0].value))
        yield Component(code="latest-score", value=Amount(value=self.marks[-1].value))
        if self.series and self.series.measurable:
            published, norm = self.series.scale.published_change, self.series.scale.norm
            source = published.source if published else norm.source if norm else None
            yield Component(code="threshold", value=Amount(value=threshold(self.series)))
            if source is not None:
                yield Component(code="threshold-source", value=source.citation)

    def _sentence(self) -> str:
        first, latest = self.marks[0], self.marks[-1]
        text = (
            f"{self.title[0].upper()}{self.title[1:]} of {latest.said} is "
            f"{moved(first.value, latest.value)} {first.said}"
        )
        means = self.series.scale.higher_means if self.series else None
        said = [f"higher means {means}"] if means else []
        if self.series and self.series.measurable:
            return f"{text} ({'; '.join((judged_by(self.series), *said))})."
        return f"{text}{f' ({said[0]})' if said else ''}. {UNPUBLISHED}"

    def _steps(self) -> Iterator[Step]:
        first, latest = self.marks[0], self.marks[-1]
        yield Step(
            title="Change since the first value of the course",
            formula="latest value - first value",
            working=f"{number(latest.value)} - {number(first.value)} = {number(self.change)}",
        )
        scale = self.series.scale if self.series else None
        if scale is not None and scale.published_change:
            yield Step(
                title="Reliable change of the scale",
                formula="as published",
                working=number(scale.published_change.value),
                source=scale.published_change.source,
            )
        elif self.series and self.series.measurable and scale and scale.norm and scale.reliability:
            yield Step(
                title="Reliable change of the scale",
                formula="1.96 * s * sqrt(2) * sqrt(1 - r)",
                working=f"1.96 * {number(scale.norm.sd)} * sqrt(2) * "
                f"sqrt(1 - {number(scale.reliability.value)}) = {number(computed(self.series))}",
                source=scale.norm.source,
            )


def of_scale(rule: str, series: Series) -> Shift:
    """A scale of an instrument."""
    return Shift(
        rule=rule,
        title=f"the {series.scale.title}",
        marks=tuple(Mark(value=p.value, source=read(p.score)) for p in series.points),
        silent=series.inputs,
        series=series,
    )


def of_ratings(
    rule: str,
    topic: str,
    title: str,
    rated: Sequence[Rating],
    components: tuple[Component, ...] = (),
) -> Shift:
    """What people rated under a topic of CodeSystem `expression`."""
    return Shift(
        rule=rule,
        title=title,
        marks=tuple(Mark(value=r.value, source=heard(r.remark)) for r in rated),
        topic=topic,
        components=components,
    )
