"""safety-review: an answer that calls for a conversation, whatever the score."""

from collections.abc import Iterator

from service.clinical.chart import Chart, Review, heard
from service.clinical.definitions import Source, Standing
from service.clinical.findings import Amount, Category, Component, Concept, Finding, When
from service.clinical.indicator import Indicator, Per
from service.clinical.safety import RULE, Concern, Reason
from service.clinical.saying import when
from service.clinical.wording import number


def find(chart: Chart) -> Iterator[Finding]:
    for review in chart.reviews:
        concern, answered = review.concern, review.acknowledgement
        yield Finding(
            rule=RULE,
            code=RULE,
            course=None,
            scale=concern.scale,
            event=concern.source.reference,
            encounter=concern.source.encounter,
            value=Concept(code="acknowledged" if answered else _due(concern)),
            components=tuple(_components(review)),
            inputs=(heard(concern.source),),
            beside=(heard(answered),) if answered else (),
            sentence=_sentence(concern) + _acknowledged(review),
        )


def _due(concern: Concern) -> str:
    if concern.raised:
        return "conversation-same-day" if concern.same_day else "conversation-next-contact"
    return "item-not-received" if concern.reason is Reason.NOT_RECEIVED else "item-not-answered"


def _components(review: Review) -> Iterator[Component]:
    concern, answered = review.concern, review.acknowledgement
    yield Component(code="item", value=concern.item.item)
    if concern.raised:
        yield Component(code="answer", value=Amount(value=concern.answer))
        yield Component(code="threshold", value=Amount(value=concern.item.at_least))
        yield Component(code="threshold-source", value=concern.item.source.citation)
    yield Component(code="due", value=Concept(code=_due(concern)))
    if answered is not None:
        yield Component(code="acknowledgement", value=When(text=answered.effective))
        if answered.by is not None:
            yield Component(code="acknowledged-by", value=answered.by)


def _sentence(concern: Concern) -> str:
    name = concern.instrument.id.upper()
    item = f"{name} item {concern.item.item} ({concern.item.asks_about})"
    moment = when(concern.source)
    match concern.reason:
        case Reason.ANSWERED:
            text = f"{item} was answered {number(concern.answer)} {moment}"
        case Reason.PROVEN:
            text = (
                f"The {name} total of {number(concern.total or 0)} {moment} means that {item} was "
                f"answered at least {number(concern.answer)}"
            )
        case Reason.NOT_READABLE:
            return f"The answer to {item} {moment} could not be read. Consider asking about it."
        case Reason.NOT_ANSWERED:
            return f"{item} was not answered {moment}. Consider asking about it."
        case Reason.NOT_RECEIVED:
            return (
                f"A {name} total of {number(concern.total or 0)} {moment} came without the answer "
                f"to {item}. Consider asking about it."
            )
    since = "; the form was changed since" if concern.taken_back else ""
    return f"{text} (threshold {number(concern.item.at_least)}){since}: {_call(concern)}."


def _call(concern: Concern) -> str:
    if concern.same_day:
        return "needs a conversation the same day"
    return "needs a conversation at the next contact, at the latest the same day"


def _acknowledged(review: Review) -> str:
    answered = review.acknowledgement
    if answered is None:
        return ""
    by = f" by {answered.by}" if answered.by else ""
    return f" Acknowledged {when(answered)}{by}."


INDICATOR = Indicator(
    id=RULE,
    revision=2,
    title="Safety review",
    documentation="One for every form and safety item answered at or above its threshold, at once "
    "and whatever else is missing, also in a form still being filled in; for an item that was not "
    "answered; and for a ready-made total that came without its item. It is open until a person "
    "acknowledges it: a later 0, a correction of the form or the end of the course leaves it open. "
    "Only where the record itself was entered in error does it no longer stand.",
    sources=(
        Source(
            citation="Louzon, Bossarte, McCarthy & Katz (2016). Does suicidal ideation as measured "
            "by the PHQ-9 predict suicide among VA patients? Psychiatric Services 67, 517-522.",
            standing=Standing.WIDELY_USED,
            doi="10.1176/appi.ps.201500149",
        ),
    ),
    category=Category.SURVEY,
    per=Per.EVENT,
    codes=(RULE,),
    find=find,
)
