"""safety-review: an answer that calls for a conversation, whatever the score."""

from collections.abc import Iterator
from datetime import date, timedelta

from service.clinical.chart import Chart, Review, heard
from service.clinical.definitions import Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Amount, Category, Component, Concept, Finding, When
from service.clinical.indicator import Indicator, Per
from service.clinical.safety import RULE, Concern, Reason
from service.clinical.saying import when
from service.clinical.wording import counted, day, number
from service.clinical.workings import exact


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
            components=tuple(_components(review, _latest(concern, chart.choices.contact_days))),
            inputs=(heard(concern.source),),
            beside=(heard(answered),) if answered else (),
            sentence=_sentence(concern, chart.choices.contact_days) + _acknowledged(review),
        )


def _due(concern: Concern) -> str:
    if concern.raised:
        return "conversation-same-day" if concern.same_day else "conversation-next-contact"
    return "item-not-received" if concern.reason is Reason.NOT_RECEIVED else "item-not-answered"


def _latest(concern: Concern, contact_days: int) -> date | None:
    """The last day for the conversation; None: the form says no date, so no other day is known."""
    if not concern.raised or not concern.source.dated:
        return None
    return concern.source.day + timedelta(days=0 if concern.same_day else contact_days)


def _components(review: Review, latest: date | None) -> Iterator[Component]:
    concern, answered = review.concern, review.acknowledgement
    yield Component(code="item", value=concern.item.item)
    if concern.raised:
        yield Component(code="answer", value=Amount(value=concern.answer))
        yield Component(code="threshold", value=Amount(value=concern.item.at_least))
        yield Component(code="threshold-source", value=concern.item.source.citation)
    yield Component(code="due", value=Concept(code=_due(concern)))
    if latest is not None:
        yield Component(code="due-by", value=When(text=latest.isoformat()))
    if answered is not None:
        yield Component(code="acknowledgement", value=When(text=answered.effective))
        if answered.by is not None:
            yield Component(code="acknowledged-by", value=answered.by)


def _sentence(concern: Concern, contact_days: int) -> str:
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
    call = _call(concern, contact_days)
    return f"{text} (threshold {number(concern.item.at_least)}){since}: {call}."


def _call(concern: Concern, contact_days: int) -> str:
    if concern.same_day:
        return "needs a conversation the same day"
    latest = _latest(concern, contact_days)
    limit = "the same day"
    if latest is not None and contact_days:
        limit = f"within {counted(contact_days, 'day')} (by {day(latest)})"
    return f"needs a conversation at the next contact, at the latest {limit}"


def _acknowledged(review: Review) -> str:
    answered = review.acknowledgement
    if answered is None:
        return ""
    by = f" by {answered.by}" if answered.by else ""
    return f" Acknowledged {when(answered)}{by}."


def explain(chart: Chart, finding: Finding) -> Explanation:
    review = next(
        review
        for review in chart.reviews
        if (review.concern.scale, review.concern.source.reference) == (finding.scale, finding.event)
    )
    return Explanation(steps=tuple(_steps(review)), would_change=(_closing(review),))


def _steps(review: Review) -> Iterator[Step]:
    concern, item = review.concern, review.concern.item
    name = f"{concern.instrument.id.upper()} item {item.item}"
    yield Step(
        title="Answer",
        formula=f"what the form says to {name}; a total can prove the least answer",
        working=_heard(concern),
        source=item.source,
    )
    if concern.raised:
        yield Step(
            title="Conversation",
            formula=f"answer >= {exact(item.at_least)}",
            working=f"{exact(concern.answer)} >= {exact(item.at_least)}: yes",
            source=item.source,
        )
        at = item.same_day_at
        limit = f"answer >= {exact(at)}" if at is not None else "not for this item"
        yield Step(
            title="The same day",
            formula=limit,
            working="yes" if concern.same_day else "no: at the next contact",
            source=item.source,
        )


def _heard(concern: Concern) -> str:
    match concern.reason:
        case Reason.ANSWERED:
            return exact(concern.answer)
        case Reason.PROVEN:
            return (
                f"a total of {exact(concern.total or 0)} needs an answer of at least "
                f"{exact(concern.answer)}"
            )
        case Reason.NOT_READABLE:
            return "it could not be read"
        case Reason.NOT_ANSWERED:
            return "there is no answer"
        case Reason.NOT_RECEIVED:
            return f"a total of {exact(concern.total or 0)} came without it"


def _closing(review: Review) -> str:
    if not review.open:
        return "It stays acknowledged unless the record itself was entered in error."
    return (
        "An acknowledgement by a person; not a later answer, a correction of the form or the end "
        "of the course. It falls only where the record itself was entered in error."
    )


INDICATOR = Indicator(
    id=RULE,
    revision=2,
    title="Safety review",
    documentation="One for every form and safety item answered at or above its threshold, at once "
    "and whatever else is missing, also in a form still being filled in; for an item that was not "
    "answered; and for a ready-made total that came without its item. A conversation that is not "
    "due the same day is due at the next contact, and where the site sets no limit in days it is "
    "due the same day at the latest; a form without a date takes no other limit. It is open until "
    "a person acknowledges it: a later 0, a correction of the form or the end of the course leaves "
    "it open. Only where the record itself was entered in error does it no longer stand.",
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
    explain=explain,
)
