"""Findings of made-up patients, so that the documents show what each rule says.

Some come from the synthetic clinic. Others have every scale of the catalogue given in every session
and move over its range in one of a few ways, and the last are asked about safety, so that what is
rare occurs as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from service.clinical import facts, reading
from service.clinical.canonical import EXPRESSION
from service.clinical.catalogue import catalogue
from service.clinical.choices import Choices
from service.clinical.curves import Curve, Curves
from service.clinical.definitions import Instrument, Scale, Source, Standing
from service.clinical.derive import Derivation, indicators
from service.clinical.documents.examples import Examples, gathered
from service.clinical.elements import child, codes
from service.commands.demo.clinic import clinic
from service.fhir.resource import Identity, PatientKey, Record, Resource

TODAY = date(2026, 5, 3)
PATIENTS = 12
"""Of the synthetic clinic."""
FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
SCORES = "scores"
SESSIONS = 14
WAYS: Sequence[Sequence[float]] = (
    (0.5,) * SESSIONS,
    (0.7, 0.68, 0.72, 0.7, 0.69, 0.71, 0.3, 0.32, 0.28, 0.3, 0.31, 0.29, 0.7, 0.7),
    (0.3, 0.32, 0.28, 0.3, 0.31, 0.29, 0.7, 0.68, 0.72, 0.7, 0.69, 0.71, 0.3, 0.3),
    tuple(0.9 - 0.05 * n for n in range(SESSIONS)),
    tuple(0.2 + 0.05 * n for n in range(SESSIONS)),
    (0.8, 0.8, 0.4, 0.4),
    (0.2, 0.2, 0.6, 0.6),
    (0.4, 0.38, 0.34),
    (0.6, 0.6, 0.6, 1.0, 1.0, 1.0),
    (0.8, 0.8, 0.8, 0.8, 0.8, 0.2),
    (0.5,),
)
"""Shares of the range, session by session."""


CURVE = Curve(
    id="phq-9",
    scale="phq-9",
    low=0,
    high=27,
    b0=13.5,
    b1=-2,
    sd=5,
    courses=340,
    last_session=SESSIONS,
    version="1",
    source=Source(citation="A curve made up for these examples.", standing=Standing.DECIDED),
)


def sayings() -> Mapping[str, Examples]:
    """By the code of the finding."""
    known = catalogue()
    engine = Derivation(
        tenant=UUID(int=0),
        catalogue=known,
        read=partial(reading.facts, zone=UTC, base_url="https://clinic.example/fhir", known=known),
        rules=indicators(),
        choices=Choices(optional=frozenset(rule.id for rule in indicators())),
        curves=Curves(known=(CURVE,)),
    )
    derived: list[Resource] = []
    named: dict[str, str] = {}
    for patient in (*_clinic(engine), *_moved(), *_asked(engine)):
        found = [one.build() for one in engine.derive(patient.key, patient.records)]
        derived += found
        named.update(patient.named, **_in_words(found))
    return gathered(derived, named)


@dataclass(frozen=True, kw_only=True)
class Patient:
    key: PatientKey
    records: Sequence[Record]
    named: Mapping[str, str]
    """Reference -> what stands there, in words."""


def _clinic(engine: Derivation) -> Iterator[Patient]:
    for one in clinic(seed=1, patients=PATIENTS, today=TODAY):
        read = [(resource, engine.facts(resource)) for resource in one.resources]
        yield Patient(
            key=PatientKey(one.id),
            records=[_record(r["resourceType"], r["id"], f) for r, f in read if f is not None],
            named=_in_words(one.resources),
        )


def _moved() -> Iterator[Patient]:
    scales = [scale for _, scale in catalogue().scales.values()]
    for number, way in enumerate(WAYS):
        records = [
            _total(scale, session, share, f"{number}-{session}-{scale.id}")
            for session, share in enumerate(way)
            for scale in scales
        ]
        yield Patient(
            key=PatientKey(f"moved-{number}"),
            records=records,
            named={f"Observation/{record.identity.id}": SCORES for record in records},
        )


def _asked(engine: Derivation) -> Iterator[Patient]:
    """One leaves the safety items of every instrument out; what another answers is acknowledged."""
    forms = [
        (instrument, {safety.item: safety.at_least for safety in instrument.safety})
        for instrument in catalogue().instruments
        if instrument.safety
    ]
    silent = PatientKey("silent")
    yield Patient(key=silent, records=[_form(i, {}) for i, _ in forms], named={})
    answering = PatientKey("answering")
    given = [_form(instrument, answers) for instrument, answers in forms]
    raised = [one.identity.id for one in engine.derive(answering, given)]
    answers = [
        _record("Observation", f"answer-{number}", facts.encode((_acknowledged(focus),)))
        for number, focus in enumerate(raised)
    ]
    yield Patient(key=answering, records=[*given, *answers], named={})


def _form(instrument: Instrument, answers: Mapping[int, float]) -> Record:
    form = facts.Answers(
        instrument=instrument.id,
        values=dict(answers),
        **_when(f"QuestionnaireResponse/{instrument.id}", FIRST),
    )
    return _record("QuestionnaireResponse", instrument.id, facts.encode((form,)))


def _acknowledged(focus: str) -> facts.Response:
    return facts.Response(
        topic="safety-acknowledgement",
        focus=focus,
        by="Practitioner/example",
        **_when(f"Observation/answer-to-{focus}", FIRST + timedelta(hours=2)),
    )


def _total(scale: Scale, session: int, share: float, name: str) -> Record:
    points = scale.low + share * (scale.high - scale.low)
    total = facts.Total(
        scale=scale.id,
        value=float(round(points)) if scale.high - scale.low > 10 else round(points, 2),
        **_when(f"Observation/{name}", FIRST + timedelta(weeks=session)),
    )
    return _record("Observation", name, facts.encode((total,)))


def _when(reference: str, at: datetime) -> Mapping[str, Any]:
    day = at.date()
    return {"reference": reference, "effective": day.isoformat(), "at": at, "day": day}


def _record(kind: str, name: str, read: bytes) -> Record:
    return Record(identity=Identity(type=kind, id=name), facts=read)


def _in_words(resources: Sequence[Resource]) -> Mapping[str, str]:
    """What a reference to each stands for."""
    return {f"{r['resourceType']}/{r['id']}": _word(r) for r in resources}


def _word(resource: Resource) -> str:
    if resource["resourceType"] != "Observation":
        return "answers to safety items"
    expressed = [code for system, code in codes(child(resource, "code")) if system == EXPRESSION]
    return f"`{expressed[0]}`" if expressed else SCORES
