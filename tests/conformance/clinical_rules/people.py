"""Synthetic patients whose records reach every instrument and every indicator, for the walk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import msgspec

from service.clinical import facts
from service.clinical.catalogue import catalogue
from service.clinical.chart import Chart
from service.clinical.definitions import Instrument, Item
from service.clinical.findings import Finding
from service.clinical.indicator import Indicator
from service.fhir.resource import Resource
from tests.clinical.expected import WHOLE
from tests.clinical.patient_facts import (
    PATIENT,
    expressed,
    form,
    met,
    ready_made,
    records,
    remark,
)

COURSES: Mapping[str, tuple[float, ...]] = {
    "up at once": (0.1, 0.15, 0.1, 0.8, 0.85, 0.9, 0.85, 0.9),
    "down at once": (0.9, 0.85, 0.9, 0.2, 0.1, 0.15, 0.1, 0.1),
    "up slowly": (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    "down slowly": (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2),
    "down and back": (0.8, 0.8, 0.8, 0.8, 0.2, 0.8, 0.8, 0.8),
    "down at last": (0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.2),
    "lowest": (0.0,) * 8,
    "the same": (0.5,) * 8,
    "once": (0.5,),
}
"""Where in its range each answer lies, session by session."""
PRESENCES = ("none", "none", "tears-held-back", "none", "tears", "none", "tears", "eyes-filled")
WISHES = ("go-on", "go-on", "slower", "go-on", "not-now", "stop", "go-on", "go-on")
ATTENDANCES = ("attended", "attended", "did-not-attend", "attended")

Given = Sequence[facts.AnyFact]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One finding, the rule that made it and what it was read from."""

    rule: Indicator
    chart: Chart
    finding: Finding

    def __str__(self) -> str:
        return (
            f"{self.finding.code} of {self.finding.scale or 'the course'}: {self.finding.sentence}"
        )


def seen(given: Given, rules: Sequence[Indicator] = WHOLE.rules) -> list[Seen]:
    """Everything that the rules find in one patient's records."""
    found: list[Seen] = []

    def listening(rule: Indicator) -> Indicator:
        def find(chart: Chart) -> Iterator[Finding]:
            for finding in rule.find(chart):
                found.append(Seen(rule=rule, chart=chart, finding=finding))
                yield finding

        return replace(rule, find=find)

    engine = replace(WHOLE, rules=tuple(map(listening, rules)))
    engine.derive(PATIENT, records(given))
    return found


def explanation(each: Seen) -> Iterator[str]:
    """How the rule explains the finding."""
    said = each.rule.explain(each.chart, each.finding)
    for step in said.steps:
        yield from (step.title, step.formula, step.working)
    yield from said.would_change


def derived(given: Given, rules: Sequence[Indicator] = WHOLE.rules) -> list[Resource]:
    """The Observations that follow from one patient's records."""
    engine = replace(WHOLE, rules=tuple(rules))
    return [each.build() for each in engine.derive(PATIENT, records(given))]


def value_at(item: Item, level: float) -> float:
    """The answer that lies so far up in the range of an item."""
    steps = round(level * (item.high - item.low) / item.step)
    return round(item.low + steps * item.step, 6)


def answered(instrument: Instrument, session: int, level: float) -> Given:
    """A whole form, or ready-made scores where no item is known; safety items are answered 0
    unless the level is high."""
    if not instrument.items:
        return [
            ready_made(session, scale.id, scale.low + level * (scale.high - scale.low))
            for scale in instrument.scales
        ]
    risky = {safety.item: safety.at_least for safety in instrument.safety}
    values = {
        item.number: value_at(item, 0 if item.number in risky and level < 0.7 else level)
        for item in instrument.items
    }
    return [form(instrument.id, session, values)]


def around(sessions: int) -> Given:
    """What is recorded beside the forms: meetings, expression, wishes, ratings, beliefs."""
    found: list[facts.AnyFact] = []
    for place in range(sessions):
        number = place + 1
        found += [
            met(number),
            expressed(
                number,
                PRESENCES[place],
                therapist_act_before=("encouraged-expression",),
                therapist_response=("stayed-present",),
                patient_meaning=("facing-pain", "trust-in-therapist") if number == 5 else (),
            ),
            remark(number, "pace-wish", WISHES[place], by_patient=True),
            remark(number, "pace-felt", number=float(place)),
            remark(number, "trust-in-therapist", number=float(place)),
            remark(number, "acceptance-of-suffering", number=float(place)),
            remark(
                number,
                "crying-belief",
                "seen-as-weak",
                components={"under-question": "yes", "belief-strength": str(9 - place)},
            ),
            remark(number, "session-attendance", ATTENDANCES[place % 4]),
        ]
    return [*found, remark(sessions, "course-ending", "agreed-ending")]


def in_session(given: Given) -> Given:
    """Forms that name the Encounter of their session, so that no form is a session of its own."""
    return [
        fact
        if isinstance(fact, facts.Session)
        else _placed(fact, fact.reference.rpartition("-")[2])
        for fact in given
    ]


def _placed(fact: facts.AnyFact, number: str) -> facts.AnyFact:
    return msgspec.structs.replace(fact, encounter=f"e{number}")


@cache
def people() -> Mapping[str, Given]:
    """By what happens to them."""
    instruments = catalogue().instruments
    found: dict[str, Given] = {}
    for name, levels in COURSES.items():
        sessions = list(enumerate(levels, start=1))
        for instrument in instruments:
            forms = [f for n, level in sessions for f in answered(instrument, n, level)]
            found[f"{instrument.id} {name}"] = forms
        everything = [
            f for i in instruments for n, level in sessions for f in answered(i, n, level)
        ]
        found[f"everything {name}"] = in_session([*around(len(levels)), *everything])
        against = [
            f
            for place, i in enumerate(instruments)
            for n, level in sessions
            for f in answered(i, n, level if place % 2 else 1 - level)
        ]
        found[f"half against half, {name}"] = in_session([*around(len(levels)), *against])
        found[f"{name}, with an open safety review"] = [*_without_safety(everything), *reviews()]
    answers = {1: 3.0, 2: 0.0, 3: 3.0, 4: 3.0, 5: 3.0, 6: 3.0, 7: 0.0, 8: 0.0, 9: 0.0}
    found["many symptoms, no low mood"] = [form("phq-9", 1, answers)]
    found["across a cut-off by a point, with an open safety review"] = [
        ready_made(1, "gad-7", 8),
        ready_made(2, "gad-7", 7),
        *reviews(),
    ]
    return found


def _without_safety(given: Given) -> Given:
    """No safety item is answered above 0."""
    asking = {i.id: {s.item for s in i.safety} for i in catalogue().instruments}
    return [
        msgspec.structs.replace(
            fact,
            values={
                item: 0.0 if item in asking[fact.instrument] else value
                for item, value in fact.values.items()
            },
        )
        if isinstance(fact, facts.Answers)
        else fact
        for fact in given
    ]


def reviews() -> Given:
    """An answer that calls for a conversation, and a safety item that was not answered."""
    return [
        form("phq-9", 2.5, {9: 1.0}, usable="safety-only"),
        form("core-10", 2.5, {1: 0.0}),
    ]
