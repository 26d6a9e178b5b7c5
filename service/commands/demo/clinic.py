"""The clinic as a stream of patients, each with a whole record in order of occurrence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

import numpy as np

from service.commands.demo import answering, expressing, forms, remarks, resources
from service.commands.demo.answering import Form
from service.commands.demo.latent import latent
from service.commands.demo.resources import SESSION, Place
from service.commands.demo.schedule import Schedule, schedule
from service.fhir.resource import Resource

CASELOAD = 10
"""Patients per practitioner."""

BEFORE = timedelta(minutes=-10)
"""When forms about the past days are filled in, counted from the session's start."""

INTERVALS = {"phq-9": 1, "gad-7": 2, "aaq-ii": 4, "ors": 1, "srs": 1, "wai-sr": 1}
"""Every how manieth appointment an instrument is given."""

AFTER = frozenset({"srs", "wai-sr"})
"""Instruments about the session itself, filled in at its end."""

GENDERS = (("female", 0.58), ("male", 0.38), ("other", 0.03), ("unknown", 0.01))


@dataclass(frozen=True, kw_only=True)
class PatientRecord:
    """One patient and everything recorded of that patient, each resource with its id."""

    number: int
    id: str
    resources: tuple[Resource, ...]


def staff(*, seed: int, patients: int) -> tuple[Resource, ...]:
    """The practitioners whom the records of the first `patients` name; they are stored first."""
    return tuple(
        resources.practitioner(seed, number) for number in range(1, _practitioner_of(patients) + 1)
    )


def clinic(*, seed: int, patients: int, today: date) -> Iterator[PatientRecord]:
    """Patients 1 to `patients`; the same seed and day give the same record for each of them."""
    for number in range(1, patients + 1):
        yield patient_record(seed=seed, number=number, today=today)


def patient_record(*, seed: int, number: int, today: date) -> PatientRecord:
    rng = np.random.default_rng((seed, number))
    place = Place(seed=seed, number=number, practitioner=_practitioner_of(number))
    course = schedule(rng, today)
    return PatientRecord(
        number=number, id=place.id, resources=tuple(_record(rng, place, course, today))
    )


def transactions(records: Iterable[Resource], size: int = 400) -> Iterator[Resource]:
    """Transaction Bundles that PUT the resources, in their order, at most `size` in each."""
    stream = iter(records)
    while part := list(islice(stream, size)):
        yield {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                {
                    "resource": resource,
                    "request": {
                        "method": "PUT",
                        "url": f"{resource['resourceType']}/{resource['id']}",
                    },
                }
                for resource in part
            ],
        }


def _practitioner_of(number: int) -> int:
    return (number - 1) // CASELOAD + 1


def _record(
    rng: np.random.Generator, place: Place, course: Schedule, today: date
) -> Iterator[Resource]:
    gender = str(rng.choice([g for g, _ in GENDERS], p=[share for _, share in GENDERS]))
    born = today - timedelta(days=int(rng.uniform(18 * 365.25, 75 * 365.25)))
    yield resources.patient(place, gender=gender, born=born)
    yield resources.episode_of_care(place, course)
    answers = _answers(rng, place, len(course.appointments))
    episodes = expressing.episodes(rng, len(course.appointments))
    sayings = expressing.sayings(rng, len(course.appointments))
    for n, appointment in enumerate(course.appointments):
        session, start = n + 1, appointment.start
        yield resources.encounter(place, session, appointment)
        yield remarks.attendance(place, session, start, appointment.attendance)
        if not appointment.attended:
            continue
        yield from _responses(place, session, start, answers[n], after=False)
        if (episode := episodes[n]) is not None:
            yield remarks.expression(place, session, start, episode)
        yield from remarks.remarks(place, session, start, sayings[n])
        yield from _responses(place, session, start, answers[n], after=True)
    yield from _ending(place, course)


def _answers(rng: np.random.Generator, place: Place, appointments: int) -> list[dict[str, Form]]:
    """The forms that were filled in at each appointment, by instrument."""
    curves = latent(rng, appointments)
    drawn = {
        "phq-9": answering.phq_9(rng, curves),
        "gad-7": answering.steps(rng, curves.anxiety, answering.GAD_7),
        "aaq-ii": answering.steps(rng, curves.inflexibility, answering.AAQ_II),
        "ors": answering.lines(rng, curves.severity, answering.ORS),
        "srs": answering.lines(rng, curves.alliance, answering.SRS),
        "wai-sr": answering.steps(rng, curves.alliance, answering.WAI_SR),
    }
    unused = ("ors", "srs") if place.practitioner % 2 else ("wai-sr",)
    lost = rng.random((appointments, len(drawn))) < rng.beta(1.5, 10.0)
    return [
        {
            instrument: filled[n]
            for column, (instrument, filled) in enumerate(drawn.items())
            if instrument not in unused and n % INTERVALS[instrument] == 0 and not lost[n, column]
        }
        for n in range(appointments)
    ]


def _responses(
    place: Place, session: int, start: datetime, filled: dict[str, Form], *, after: bool
) -> Iterator[Resource]:
    at = start + (SESSION if after else BEFORE)
    rendered = place.practitioner % 4 in {2, 3}
    for instrument, form in filled.items():
        if (instrument in AFTER) == after:
            yield forms.response(place, session, instrument, at, form, rendered=rendered)


def _ending(place: Place, course: Schedule) -> Iterator[Resource]:
    if course.ending is not None:
        session = len(course.appointments)
        yield remarks.course_ending(place, session, course.last + SESSION, course.ending)
