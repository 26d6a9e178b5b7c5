"""What has to be said beside any favourable status, in the same text.

Open safety reviews, unanswered risk items, scales that changed against their better direction, and
beside a symptom score that no form asks about suicide where none does: rule 6 of the clinical
specification. A status that reassures nobody stands alone, so that what matters in it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from service.clinical.chart import Chart, Review, heard
from service.clinical.definitions import Construct
from service.clinical.findings import Input
from service.clinical.safety import Reason
from service.clinical.saying import limit, moved, when
from service.clinical.series import Series
from service.clinical.wording import number
from service.psychometrics.reliable_change import Change


@dataclass(frozen=True, kw_only=True)
class Aside:
    """Sentences to append, with the records they name."""

    sentences: tuple[str, ...]
    inputs: tuple[Input, ...]

    def after(self, sentence: str) -> str:
        return " ".join((sentence, *self.sentences))


SILENT = {
    Reason.NOT_READABLE: "could not be read",
    Reason.NOT_ANSWERED: "was not answered",
    Reason.NOT_RECEIVED: "was not received with the total",
}


def favourable(series: Series) -> bool:
    """Whether the latest score reads well: changed for the better or outside the clinical range."""
    return series.change is Change.IMPROVED or series.outside_clinical_range


def aside(chart: Chart, *, of: Series, own: bool = False) -> Aside:
    """What must be named beside a favourable status; `of` is the scale it is about, named as well
    where the status is not about its change and `own` is set."""
    raised = [review for review in chart.open_reviews if review.concern.raised]
    silent = [review for review in chart.open_reviews if not review.concern.raised]
    against = [
        series
        for series in chart.measured
        if (own or series is not of) and series.change is Change.WORSE
    ]
    sentences = [*_raised(raised), *_silent(silent), *_against(against)]
    if not chart.asks_about_suicide and of.scale.construct is not Construct.ALLIANCE:
        sentences.append("No form in this course asks about suicide.")
    named = {heard(review.concern.source) for review in (*raised, *silent)}
    named.update(read for series in against for read in series.inputs)
    return Aside(
        sentences=tuple(sentences),
        inputs=tuple(sorted(named, key=lambda i: (i.at, i.reference))),
    )


def _raised(reviews: Sequence[Review]) -> list[str]:
    if not reviews:
        return []
    latest = reviews[-1].concern
    least = "at least " if latest.reason is Reason.PROVEN else ""
    answer = f"{least}{number(latest.answer)} {when(latest.source)}{_others(reviews)}"
    return [
        f"Open safety review: {_item(reviews[-1])} was answered {answer}; needs a conversation."
    ]


def _silent(reviews: Sequence[Review]) -> list[str]:
    if not reviews:
        return []
    latest = reviews[-1].concern
    return [
        f"{_item(reviews[-1])} {SILENT[latest.reason]} {when(latest.source)}{_others(reviews)}."
    ]


def _item(review: Review) -> str:
    return f"{review.concern.instrument.id.upper()} item {review.concern.item.item}"


def _others(reviews: Sequence[Review]) -> str:
    return f" (and {len(reviews) - 1} more)" if len(reviews) > 1 else ""


def _against(found: Sequence[Series]) -> list[str]:
    """All in one sentence; the source of each threshold stands in the scale's own finding."""
    if not found:
        return []
    return [f"The {'; the '.join(map(_risen_or_fallen, found))}."]


def _risen_or_fallen(series: Series) -> str:
    first, latest = series.points[0].value, series.points[-1].value
    return f"{series.scale.title} is {moved(first, latest)} at the start ({limit(series)})"
