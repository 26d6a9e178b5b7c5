"""Answers that call for a conversation, read from every form before and apart from any score.

A later 0, a correction and the end of a course close nothing: only an acknowledgement does.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.clinical import facts
from service.clinical.definitions import Instrument, SafetyItem

RULE = "safety-review"
Given = facts.Answers | facts.SafetyAnswer | facts.Total | facts.Remembered


class Reason(StrEnum):
    """Why a review stands, the weightiest first."""

    ANSWERED = "answered"
    PROVEN = "proven-by-total"
    NOT_READABLE = "not-readable"
    NOT_ANSWERED = "item-not-answered"
    NOT_RECEIVED = "item-not-received"


WEIGHT = {reason: -place for place, reason in enumerate(Reason)}


@dataclass(frozen=True, kw_only=True)
class Concern:
    """One safety item of one form that needs a person."""

    instrument: Instrument
    item: SafetyItem
    source: Given
    reason: Reason
    answer: float = 0
    """The answer, or the least that the total proves; 0 where there is none."""
    total: float | None = None

    @property
    def raised(self) -> bool:
        return self.reason in (Reason.ANSWERED, Reason.PROVEN)

    @property
    def same_day(self) -> bool:
        at = self.item.same_day_at
        return self.raised and at is not None and self.answer >= at

    @property
    def taken_back(self) -> bool:
        """Whether a later version of the form no longer says so."""
        return isinstance(self.source, facts.Remembered)

    @property
    def scale(self) -> str:
        """Names the item among those of its instrument."""
        return f"{self.instrument.id}/{self.item.item}"


def concerns(
    records: Iterable[facts.AnyFact], instruments: Sequence[Instrument]
) -> tuple[Concern, ...]:
    """Every safety item that needs a person, one per form and item, in order of time."""
    asking = {i.id: i for i in instruments if i.safety}
    given = [fact for fact in records if isinstance(fact, Given)]
    received = _received(given, asking)
    weightiest: dict[tuple[str, str], Concern] = {}
    for fact in given:
        for concern in _of(fact, asking, received):
            key = (fact.reference, concern.scale)
            if key not in weightiest or weight(concern) > weight(weightiest[key]):
                weightiest[key] = concern
    found = sorted(weightiest.values(), key=lambda c: (c.source.at, c.source.reference, c.scale))
    return tuple(found)


def called_for(
    records: Iterable[facts.AnyFact], instruments: Sequence[Instrument]
) -> Iterator[Concern]:
    """The concerns that an answer or a total raises; several of one item may follow each other."""
    asking = {i.id: i for i in instruments if i.safety}
    for fact in records:
        if isinstance(fact, Given):
            yield from (concern for concern in _of(fact, asking, {}) if concern.raised)


def weight(concern: Concern) -> tuple[float, int]:
    """Greater for what weighs more."""
    return concern.answer, WEIGHT[concern.reason]


Received = Mapping[tuple[str, int, str], float]
"""Instrument, item and place -> the greatest answer that came there."""


def _received(given: Iterable[Given], asking: Mapping[str, Instrument]) -> Received:
    found: dict[tuple[str, int, str], float] = {}
    for fact in given:
        if isinstance(fact, facts.Total | facts.Remembered) or fact.instrument not in asking:
            continue
        for item in asking[fact.instrument].safety:
            answer = _answer(fact, item)
            for place in () if answer is None else _places(fact):
                key = (fact.instrument, item.item, place)
                found[key] = max(answer or 0, found.get(key, 0))
    return found


def _answer(
    fact: facts.Answers | facts.SafetyAnswer | facts.Remembered, item: SafetyItem
) -> float | None:
    if isinstance(fact, facts.Answers):
        return fact.values.get(item.item)
    return fact.value if fact.item == item.item else None


def _places(fact: facts.Fact) -> tuple[str, ...]:
    """Where a total and its item meet: in one resource, one Encounter or one day."""
    day = (fact.day.isoformat(),) if fact.dated else ()
    return fact.reference, *day, *((f"Encounter/{fact.encounter}",) if fact.encounter else ())


def _of(fact: Given, asking: Mapping[str, Instrument], received: Received) -> Iterator[Concern]:
    if isinstance(fact, facts.Total):
        yield from _of_total(fact, asking, received)
        return
    instrument = asking.get(fact.instrument)
    if instrument is None:
        return
    for item in instrument.safety:
        reason, answer = _of_item(fact, item)
        if reason is Reason.PROVEN and _known(fact, instrument, item, received) >= answer:
            continue
        if reason is not None:
            yield Concern(
                instrument=instrument,
                item=item,
                source=fact,
                reason=reason,
                answer=answer,
                total=fact.total if isinstance(fact, facts.Remembered) else None,
            )


def _known(fact: Given, instrument: Instrument, item: SafetyItem, received: Received) -> float:
    """The greatest answer that came where a total did; below every answer where none came."""
    keys = ((instrument.id, item.item, place) for place in _places(fact))
    return max((received[key] for key in keys if key in received), default=-math.inf)


def _of_item(
    fact: facts.Answers | facts.SafetyAnswer | facts.Remembered, item: SafetyItem
) -> tuple[Reason | None, float]:
    answer = _answer(fact, item)
    if answer is None:
        return _silent(fact, item), 0
    if answer < item.at_least:
        return None, 0
    proven = isinstance(fact, facts.Remembered) and fact.total is not None
    return (Reason.PROVEN if proven else Reason.ANSWERED), answer


def _silent(
    fact: facts.Answers | facts.SafetyAnswer | facts.Remembered, item: SafetyItem
) -> Reason | None:
    """An unfinished form is not silent yet."""
    if not isinstance(fact, facts.Answers):
        return Reason.NOT_READABLE if fact.item == item.item else None
    if fact.usable == "safety-only":
        return None
    return Reason.NOT_READABLE if item.item in fact.problem_items else Reason.NOT_ANSWERED


def _of_total(
    fact: facts.Total, asking: Mapping[str, Instrument], received: Received
) -> Iterator[Concern]:
    for instrument in asking.values():
        for item in instrument.safety:
            if item.scale != fact.scale:
                continue
            proven = max(
                (least for total, least in item.proven_by_total.items() if fact.value > total - 1),
                default=0.0,
            )
            if _known(fact, instrument, item, received) < proven:
                raised = proven >= item.at_least
                yield Concern(
                    instrument=instrument,
                    item=item,
                    source=fact,
                    reason=Reason.PROVEN if raised else Reason.NOT_RECEIVED,
                    answer=proven if raised else 0,
                    total=fact.value,
                )
