"""Scores as FHIR Observations.

http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-screening-assessment
"""

from collections.abc import Iterator

from service.clinical import facts
from service.clinical.canonical import SCALE
from service.clinical.chart import heard
from service.clinical.definitions import Construct, Instrument, Scale
from service.clinical.findings import Absent, Amount, Component, category
from service.clinical.labels import strictest
from service.clinical.observation_values import filled
from service.clinical.observations import observation
from service.clinical.score import completed
from service.clinical.scores import Score
from service.clinical.series import read
from service.clinical.wording import counted, day, number
from service.fhir.resource import PatientKey, Resource
from service.psychometrics.scoring import difference

SILENT_ON_SUICIDE = frozenset({Construct.SYMPTOM, Construct.WELLBEING, Construct.ACCEPTANCE})


def score_observation(score: Score, *, place: str, patient: PatientKey) -> Resource:
    source, scale = score.source, score.scale
    codings = [{"system": c.system, "code": c.code, "display": c.display} for c in scale.codes]
    codings.append({"system": SCALE, "code": scale.id, "display": scale.title})
    value: Amount | Absent
    if score.value is None:
        assert score.absent is not None
        value = score.absent
    else:
        value = Amount(value=score.value)
    return observation(
        place=place,
        patient=patient,
        profile="attune-score",
        category=category(expressed=scale.expressed),
        code={"coding": [filled(coding) for coding in codings], "text": scale.title},
        encounter=source.encounter,
        effective=source.effective,
        value=value,
        method=f"{scale.scoring} of {scale.id}, version {score.instrument.version}",
        rule=None,
        inputs=[heard(source), *(read(score.last) for _ in dropped(score) if score.last)],
        components=(*replaced(score), *asks(score), *dropped(score)),
        sentence=score_sentence(score),
    )


def replaced(score: Score) -> Iterator[Component]:
    """How many items the missing rule filled in: such a score is one of fewer answers."""
    if _unanswered(score):
        yield Component(code="items-not-answered", value=_unanswered(score))


def _unanswered(score: Score) -> int:
    """Items of a score that stand in it without an answer; 0 where there is no score."""
    if score.value is None or not isinstance(score.source, facts.Answers):
        return 0
    given = completed(score.instrument, score.source.values)
    items = score.scale.items
    return len(items) - sum(map(given.__contains__, items))


def asks(score: Score) -> Iterator[Component]:
    """Labels of a score worth asking about; nearly every course has some, so none is a finding."""
    scale, source = score.scale, score.source
    below, item_below = scale.ask_below, scale.ask_item_below
    if below is not None and score.value is not None:
        met = score.value < below.value or (scale.ask_includes and score.value == below.value)
        code = "ask-at-or-below" if scale.ask_includes else "ask-below"
        if met:
            yield Component(code=code, value=Amount(value=below.value))
    if item_below is not None and isinstance(source, facts.Answers):
        for item in scale.items:
            if source.values.get(item, item_below.value) < item_below.value:
                yield Component(code="ask-item-below", value=item)


def dropped(score: Score) -> Iterator[Component]:
    """A label of a score that stands below that of the last session, where a site asks for it."""
    drop, last = score.scale.ask_drop, score.last
    if drop is None or last is None or score.value is None:
        return
    if difference(score.value, last.known) >= drop.value:
        yield Component(code="ask-drop", value=Amount(value=last.known))


def score_sentence(score: Score) -> str:
    scale, source = score.scale, score.source
    if score.value is None:
        assert score.absent is not None
        text = f"{scale.title} on {day(source.day)}: no score. {score.absent.reason}"
    else:
        means = f"; higher means {scale.higher_means}" if scale.higher_means else ""
        text = (
            f"{scale.title} on {day(source.day)}: {number(score.value)} "
            f"(range {number(scale.low)} to {number(scale.high)}{means})."
        )
    return " ".join((text, *_replacing(score), *_safety(score)))


def _replacing(score: Score) -> Iterator[str]:
    if unanswered := _unanswered(score):
        items = counted(len(score.scale.items), "item")
        others = "their subscale" if score.scale.missing.from_group else "the others"
        yield f"{unanswered} of {items} not answered, taken as the mean of {others}."


def _safety(score: Score) -> Iterator[str]:
    source, instrument = score.source, score.instrument
    if not instrument.safety and score.scale.construct in SILENT_ON_SUICIDE:
        yield f"{instrument.id.upper()} does not ask about suicide."
    if not isinstance(source, facts.Answers):
        return
    for item in instrument.safety:
        answer = source.values.get(item.item)
        if answer is not None and answer >= item.at_least:
            yield f"Item {item.item} was answered {number(answer)}: needs a conversation."
        elif answer is None and item.item in source.problem_items:
            yield f"The answer to item {item.item} could not be read."
        elif answer is None and (source.problems or item.item not in score.scale.items):
            # Elsewhere it is the very reason why there is no score, and said as such.
            yield f"Item {item.item} was not answered."


def edition(instrument: Instrument, scale: Scale) -> object:
    """What the Observations of a scale repeat of its definition."""
    asked = [(safety.item, safety.at_least) for safety in instrument.safety]
    asks_below = (scale.ask_below, scale.ask_includes, scale.ask_item_below)
    named = (scale.id, scale.title, scale.codes, scale.construct, scale.scoring, scale.higher_means)
    return (instrument.version, asked, asks_below, named, scale.low, scale.high)


def repeated(score: Score) -> object:
    """What the Observation of a score repeats of its form: the same here, the same Observation."""
    source = score.source
    labels = strictest(source.labels) if source.labels else ()
    place = (source.reference, source.effective, source.day, source.encounter, labels)
    said = (*_replacing(score), *_safety(score))
    last = score.last
    dropping = [(last.reference, last.known, last.source.labels) for _ in dropped(score) if last]
    return (place, score.value, score.absent, said, tuple(asks(score)), *dropping)
