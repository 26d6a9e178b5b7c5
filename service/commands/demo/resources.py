"""The people, courses and sessions of the clinic as FHIR resources."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.commands.demo.schedule import Appointment, Schedule
from service.fhir.resource import Resource

SESSION = timedelta(minutes=50)

GIVEN = ("Alder", "Birch", "Cedar", "Elm", "Fern", "Hazel", "Juniper", "Linden", "Maple", "Rowan")
"""Names of trees, with the surname `Synthetic` and a number: nobody is called so."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which patient of which clinic: all ids and references of that patient's record."""

    seed: int
    number: int
    practitioner: int

    @property
    def id(self) -> str:
        return f"demo-{self.seed}-{self.number}"

    @property
    def subject(self) -> Resource:
        return {"reference": f"Patient/{self.id}"}

    @property
    def therapist(self) -> Resource:
        return {"reference": f"Practitioner/{practitioner_id(self.seed, self.practitioner)}"}

    def session(self, number: int) -> str:
        return f"{self.id}-s{number}"


def instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def practitioner_id(seed: int, number: int) -> str:
    return f"demo-{seed}-practitioner-{number}"


def practitioner(seed: int, number: int) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": practitioner_id(seed, number),
        "active": True,
        "name": [
            {"family": f"Synthetic-{number}", "given": ["Therapist"], "text": f"Therapist {number}"}
        ],
    }


def patient(place: Place, *, gender: str, born: date) -> Resource:
    return {
        "resourceType": "Patient",
        "id": place.id,
        "active": True,
        "name": [
            {"family": f"Synthetic-{place.number}", "given": [GIVEN[place.number % len(GIVEN)]]}
        ],
        "gender": gender,
        "birthDate": born.isoformat(),
        "generalPractitioner": [place.therapist],
    }


def episode_of_care(place: Place, course: Schedule) -> Resource:
    period = {"start": course.first.date().isoformat()}
    if course.ending is not None:
        period["end"] = course.last.date().isoformat()
    return {
        "resourceType": "EpisodeOfCare",
        "id": place.id,
        "status": "active" if course.ending is None else "finished",
        "patient": place.subject,
        "period": period,
        "careManager": place.therapist,
    }


def encounter(place: Place, number: int, appointment: Appointment) -> Resource:
    period = {"start": instant(appointment.start)}
    if appointment.attended:
        period["end"] = instant(appointment.start + SESSION)
    return {
        "resourceType": "Encounter",
        "id": place.session(number),
        "status": "finished" if appointment.attended else "cancelled",
        "class": {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": "AMB",
            "display": "ambulatory",
        },
        "subject": place.subject,
        "participant": [{"individual": place.therapist}],
        "period": period,
        "episodeOfCare": [{"reference": f"EpisodeOfCare/{place.id}"}],
    }
