"""Rule 8: a safety item is heard before any score, whatever the score. A sentence for a breach."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC

from service.clinical import facts
from service.clinical.catalogue import build
from service.clinical.definitions import Instrument
from service.clinical.derive import Derivation
from service.clinical.reading import facts as read
from tests.clinical.patient_facts import ENGINE, PATIENT, form, records
from tests.clinical.sent import BASE_URL, integer, item, response
from tests.conformance.clinical_rules.people import value_at


def unflagged(instrument: Instrument) -> Iterator[str]:
    """Of an instrument that asks: a form that cannot be scored, and a total that falls."""
    engine = replace(ENGINE, catalogue=build([instrument]))
    for safety in instrument.safety:
        if "safety-review" not in _found(engine, [_with_errors(instrument, safety.item)]):
            yield f"A form of {instrument.id} with errors says nothing of item {safety.item}."
        if "safety-review" not in _found(engine, _falling(instrument, safety.item)):
            yield f"A falling total of {instrument.id} hides item {safety.item}."
    if not instrument.safety:
        yield f"{instrument.id} names no safety item."


def _with_errors(instrument: Instrument, asked: int) -> facts.AnyFact:
    """Another item is out of range, an item is unknown, the rest is missing."""
    at = next(s.at_least for s in instrument.safety if s.item == asked)
    other = next(i.number for i in instrument.items if i.number != asked)
    sent = response(
        [item(str(asked), integer(int(at))), item(str(other), integer(99)), item("unknown")],
        questionnaire=instrument.canonicals[0],
    )
    known = build([instrument])
    found = read(sent, zone=UTC, base_url=BASE_URL, known=known)
    return next(fact for fact in found if isinstance(fact, facts.SafetyAnswer | facts.Answers))


def _falling(instrument: Instrument, asked: int) -> list[facts.AnyFact]:
    before = {i.number: value_at(i, 0.9) for i in instrument.items}
    after = {i.number: value_at(i, 0.1) for i in instrument.items}
    risky = {s.item: 0.0 for s in instrument.safety}
    at = next(s.at_least for s in instrument.safety if s.item == asked)
    return [
        form(instrument.id, 1, before | risky),
        form(instrument.id, 2, after | risky | {asked: at}),
    ]


def _found(engine: Derivation, given: Sequence[facts.AnyFact]) -> set[str]:
    observations = [d.build() for d in engine.derive(PATIENT, records(given))]
    return {coding["code"] for o in observations for coding in o["code"]["coding"]}
