"""What people recorded around one session, under headings, with references and no conclusion."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from service.clinical import facts, low_mood
from service.clinical.chart import Chart, heard
from service.clinical.definitions import Construct
from service.clinical.findings import Input
from service.clinical.series import Series, read
from service.clinical.wording import number
from service.psychometrics.clinical_significance import in_clinical_range

WITHIN = 2
"""Sessions before and after."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One thing somebody recorded."""

    text: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True, kw_only=True)
class Window:
    """The sessions around session `centre` of a chart."""

    chart: Chart
    centre: int

    def holds(self, session: int) -> bool:
        return abs(session - self.centre) <= WITHIN

    def headings(self) -> Mapping[str, tuple[Evidence, ...]]:
        """Every heading, with its evidence or none."""
        return MappingProxyType(
            {
                "acceptance": (
                    *self._meant("facing-pain"),
                    *self._rated("acceptance-of-suffering"),
                    *self._scored("aaq-ii", note="falls when acceptance rises"),
                ),
                "trust": (
                    *self._meant("trust-in-therapist"),
                    *self._rated("trust-in-therapist"),
                    *(e for s in self.chart.series for e in self._bond(s)),
                ),
                "symptoms-to-review": (*self._above_cutoff("phq-9"), *self._without_low_mood()),
                "beliefs": (
                    *self._questioned(),
                    *(e for s in self.chart.series for e in self._belief(s)),
                ),
            }
        )

    def _meant(self, code: str) -> Iterator[Evidence]:
        for session, fact in self._meanings():
            if code in meanings(fact):
                yield _one(f"{code.replace('-', ' ')}, session {session}", fact)

    def _meanings(self) -> Iterator[tuple[int, facts.Expression | facts.Remark]]:
        yield from ((n, fact) for n, fact in self.chart.expressions if self.holds(n))
        looking_back = self.chart.said("expression-looking-back")
        yield from ((n, fact) for n, fact in looking_back if self.holds(n))

    def _rated(self, topic: str) -> Iterator[Evidence]:
        """A change needs two ratings."""
        rated = [
            (n, remark)
            for n, remark in self.chart.said(topic)
            if self.holds(n) and remark.number is not None
        ]
        if len(rated) > 1:
            values = ", ".join(f"{number(r.number or 0)} in session {n}" for n, r in rated)
            yield Evidence(
                text=f"{topic.replace('-', ' ')} {values}",
                inputs=tuple(heard(remark) for _, remark in rated),
            )

    def _scored(self, scale: str, *, note: str = "") -> Iterator[Evidence]:
        for series in self.chart.series:
            if series.scale.id == scale:
                yield from self._changed(series, note)

    def _bond(self, series: Series) -> Iterator[Evidence]:
        if series.scale.id.endswith("-bond"):
            yield from self._changed(series)

    def _belief(self, series: Series) -> Iterator[Evidence]:
        if series.scale.construct is Construct.BELIEF:
            yield from self._changed(series)

    def _changed(self, series: Series, note: str = "") -> Iterator[Evidence]:
        points = [point for point in series.points if self.holds(point.session)]
        if len(points) > 1:
            values = ", ".join(f"{number(p.value)} in session {p.session}" for p in points)
            aside = f" ({note})" if note else ""
            yield Evidence(
                text=f"{series.scale.title} {values}{aside}",
                inputs=tuple(read(point.score) for point in points),
            )

    def _above_cutoff(self, scale: str) -> Iterator[Evidence]:
        for series in self.chart.series:
            cutoff = series.scale.cutoff
            if series.scale.id != scale or cutoff is None:
                continue
            for point in series.points:
                if self.holds(point.session) and in_clinical_range(
                    point.value, cutoff=cutoff.value, better=series.better
                ):
                    yield Evidence(
                        text=f"{series.scale.title} {number(point.value)} in session "
                        f"{point.session} (cut-off {number(cutoff.value)})",
                        inputs=(read(point.score),),
                    )

    def _without_low_mood(self) -> Iterator[Evidence]:
        """Forms that meet the experimental rule, where a site has turned it on."""
        series = low_mood.series_of(self.chart)
        if series is None or low_mood.RULE not in self.chart.choices.optional:
            return
        for pattern in low_mood.patterns(low_mood.forms(series)):
            form = pattern.form
            if self.holds(form.session):
                yield Evidence(
                    text=f"PHQ-9 symptoms without reported low mood in session {form.session} "
                    f"(item 2 answered {form.mood}; experimental)",
                    inputs=tuple(heard(f.source) for f in (pattern.partner, form) if f is not None),
                )

    def _questioned(self) -> Iterator[Evidence]:
        for session, remark in self.chart.said("crying-belief"):
            if self.holds(session) and remark.components.get("under-question") == "yes":
                belief = (remark.code or "a belief").replace("-", " ")
                yield _one(f"{belief}, under question, session {session}", remark)


def meanings(fact: facts.Expression | facts.Remark) -> tuple[str, ...]:
    """How the patient experienced it, as coded."""
    if isinstance(fact, facts.Expression):
        return fact.codes.get("patient-meaning", ())
    return tuple(fact.components.get("patient-meaning", "").split())


def _one(text: str, fact: facts.Fact) -> Evidence:
    return Evidence(text=text, inputs=(heard(fact),))
