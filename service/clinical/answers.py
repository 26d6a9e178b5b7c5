"""From a QuestionnaireResponse to the answers it gives, whoever made the questionnaire.

An answer that cannot be used withholds every score of the form and is said by item. What can still
be read of a safety item is kept: such an answer is never lost.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from service.clinical import answer_values, raters
from service.clinical.answer_values import Answer
from service.clinical.canonical import LOINC
from service.clinical.catalogue import Catalogue
from service.clinical.definitions import Instrument, SafetyItem
from service.clinical.response_items import (
    Answered,
    answered,
    items_by_link,
    scales_by_link,
    totalled,
)
from service.clinical.score import score
from service.clinical.wording import number
from service.fhir.datatypes import implicit_range
from service.fhir.resource import Resource

SAID = 20
"""Unknown linkIds of one response that are said one by one."""
SHOWN = 60
"""Characters of a linkId that are repeated."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something to say about a response."""

    message: str
    expression: str
    item: int | None = None
    withholds: bool = True
    """Whether there is no score because of it."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a response to a known instrument says."""

    instrument: Instrument
    values: Mapping[int, float]
    """Item number -> answer; only items with one readable answer."""
    not_applicable: tuple[int, ...]
    """Items answered "not applicable", where the form allows it."""
    problems: tuple[Problem, ...]
    safety: Mapping[int, float]
    """Safety items of which more is to be read than `values` holds: an answer outside its range,
    the greater of two, or what the form's own total proves."""


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """The answers of a form by what they are linked to."""

    items: Mapping[int, Sequence[Answered]]
    totals: Sequence[Answered]
    unknown: Sequence[Answered]


def instrument_of(response: Resource, catalogue: Catalogue) -> Instrument | None:
    """The instrument that a response answers; None: unknown.

    A response that names no questionnaire, as renderers of a form without a canonical make it, is
    known by its linkIds where they are the codes of every item of one instrument.
    """
    canonical = response.get("questionnaire")
    if canonical is not None:
        return catalogue.by_canonical(canonical) if isinstance(canonical, str) else None
    codes = {answer.code for answer in answered(response)}
    for instrument in catalogue.instruments:
        items = [{c.code for c in item.codes if c.system == LOINC} for item in instrument.items]
        if items and all(item & codes for item in items):
            return instrument
    return None


def read(response: Resource, instrument: Instrument) -> Reading:
    """The answers of `response` to `instrument`."""
    form = _sorted(response, instrument)
    problems = [*_unrated(response, instrument), *_unknown(form.unknown, instrument)]
    values: dict[int, float] = {}
    least: dict[int, float] = {}
    for item, answers in form.items.items():
        asked = instrument.items[item - 1]
        readings = [answer_values.read(answer.element, instrument, asked) for answer in answers]
        problem = _problem(answers, readings, instrument, item)
        if problem is None and readings[0].value is not None:
            values[item] = readings[0].value
        elif problem is not None:
            problems.append(problem)
            least |= _greatest(item, readings)
    withheld = bool(problems)
    for answer in form.totals:
        for item, proven in _proven(answer, instrument).items():
            if proven > max(values.get(item, 0), least.get(item, 0)):
                least[item] = proven
    if not withheld:
        problems += _differences(form.totals[:SAID], instrument, values)
    return Reading(
        instrument=instrument,
        values=values,
        not_applicable=tuple(_not_applicable(form, instrument)),
        problems=tuple(problems),
        safety={s.item: least[s.item] for s in instrument.safety if s.item in least},
    )


def coded_safety_answers(
    response: Resource, catalogue: Catalogue
) -> Iterator[tuple[Instrument, SafetyItem, float | None]]:
    """Safety items, known by their codes, with what a response says of them, whatever its form.

    Where the form is unknown, or holds the item of another one, the response gives that other no
    score; an answer that calls for a conversation is still heard. None: no answer to the item can
    be read. Of several answers the greatest is given.
    """
    given: dict[str, list[Answered]] = defaultdict(list)
    for answer in answered(response):
        given[answer.code].append(answer)
    for (system, code), (instrument, safety) in catalogue.safety_items.items():
        if system == LOINC and code in given:
            item = instrument.items[safety.item - 1]
            readings = [answer_values.read(a.element, instrument, item) for a in given[code]]
            yield instrument, safety, _greatest(safety.item, readings).get(safety.item)


def _sorted(response: Resource, instrument: Instrument) -> Sorted:
    links = items_by_link(instrument)
    unscored = {*instrument.unscored_link_ids, *scales_by_link(instrument)}
    items: dict[int, list[Answered]] = defaultdict(list)
    totals: list[Answered] = []
    unknown: list[Answered] = []
    for answer in answered(response):
        if answer.code in links:
            items[links[answer.code]].append(answer)
        elif answer.code in instrument.total_link_ids:
            totals.append(answer)
        elif answer.code not in unscored:
            unknown.append(answer)
    return Sorted(items=dict(sorted(items.items())), totals=totals, unknown=unknown)


def _not_applicable(form: Sorted, instrument: Instrument) -> Iterator[int]:
    for item in instrument.may_not_apply:
        asked = instrument.items[item - 1]
        read_ = [answer_values.read(a.element, instrument, asked) for a in form.items.get(item, ())]
        if len(read_) == 1 and read_[0].not_applicable:
            yield item


def _greatest(item: int, readings: Sequence[Answer]) -> Mapping[int, float]:
    said = [reading.least for reading in readings if reading.least is not None]
    return {item: max(said)} if said else {}


def _unrated(response: Resource, instrument: Instrument) -> Iterator[Problem]:
    if any(raters.unnamed(scale, response) for scale in instrument.scales):
        place = raters.place(response)
        yield Problem(
            message=f"{instrument.title}: {place} is missing, so nobody is named as the rater; no "
            "score.",
            expression=place,
        )


def _unknown(answers: Sequence[Answered], instrument: Instrument) -> Iterator[Problem]:
    for answer in answers[:SAID]:
        yield Problem(
            message=f"{instrument.title}: the linkId '{answer.link_id[:SHOWN]}' is not known; "
            "no score.",
            expression=answer.expression,
        )
    if len(answers) > SAID:
        yield Problem(
            message=f"{instrument.title}: {len(answers) - SAID} linkIds more are not known.",
            expression=answers[SAID].expression,
        )


def _problem(
    answers: Sequence[Answered], readings: Sequence[Answer], instrument: Instrument, item: int
) -> Problem | None:
    if len(answers) > 1:
        fault = "there is more than one answer"
    elif readings[0].fault is not None:
        fault = readings[0].fault
    else:
        return None
    return Problem(
        message=f"{instrument.title}, item {item}: {fault}; no score.",
        expression=answers[-1].expression,
        item=item,
    )


def _differences(
    totals: Sequence[Answered], instrument: Instrument, values: Mapping[int, float]
) -> Iterator[Problem]:
    """The form's own totals against ours, to the digits in which they are given."""
    if not totals:
        return
    scale = totalled(instrument)
    ours = score(instrument, scale, values)
    if ours is None:
        return
    for answer in totals:
        sent = answer_values.amount(answer.element)
        if sent is None or _agrees(sent, ours):
            continue
        yield Problem(
            message=f"{scale.title}: the form says {number(float(sent))}, its answers make "
            f"{number(ours)}; the answers are used.",
            expression=answer.expression,
            withholds=False,
        )


def _agrees(sent: Decimal, ours: float) -> bool:
    low, high = implicit_range(sent)
    return float(low) <= ours <= float(high)


def _proven(answer: Answered, instrument: Instrument) -> Mapping[int, float]:
    """Safety item -> the least answer that the form's own total proves."""
    scale = totalled(instrument)
    sent = answer_values.amount(answer.element)
    if sent is None or not scale.low <= sent <= scale.high:
        return {}
    return {
        safety.item: max((v for t, v in safety.proven_by_total.items() if sent >= t), default=0.0)
        for safety in instrument.safety
        if safety.scale == scale.id
    }
