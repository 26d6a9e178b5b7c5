"""The records that a measurement runs on: the same for the same numbers, with ids known ahead.

A *ward* patient has a hundred vital signs, twenty-five of each of four codes: nothing that a
definition reads, so any FHIR server can hold them and answer alike. A *new* patient has none yet
and is there for what a measurement creates, so that what it reads stays the same.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

Json = dict[str, Any]

LOINC = "http://loinc.org"
UNITS = "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
CLASS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
MEASURES = (
    ("8867-4", "Heart rate", "beats/minute", "/min", 48, 110),
    ("29463-7", "Body weight", "kg", "kg", 48, 118),
    ("9279-1", "Respiratory rate", "breaths/minute", "/min", 11, 24),
    ("8310-5", "Body temperature", "Cel", "Cel", 36, 39),
)
PER_CODE = 25
PER_PATIENT = PER_CODE * len(MEASURES)
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)
THERAPIST = "bench-therapist"
"""Of everybody but ward patients."""
PATIENTS_EACH = 50
NUMBERS = "urn:oid:2.25.1"
"""System of patients' numbers."""
NEW_PATIENTS = 200


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def ward(number: int) -> str:
    """The id of a ward patient."""
    return f"bench-{number}"


def new(number: int) -> str:
    """The id of a new patient, and of the one encounter."""
    return f"bench-new-{number}"


def vital_id(patient: int, place: int) -> str:
    return f"bench-{patient}-o{place}"


def therapist_of(number: int) -> str:
    """The id of the therapist of a ward patient."""
    return f"bench-therapist-{number // PATIENTS_EACH}"


def therapist(place: str) -> Json:
    name = [{"family": "Synthetic", "given": ["Therapist"]}]
    return {"resourceType": "Practitioner", "id": place, "active": True, "name": name}


def admission(number: int) -> datetime:
    """When a ward patient came: over the whole year, neighbours months apart."""
    return FIRST + timedelta(days=37 * number % 365)


def family_name(number: int) -> str:
    """No patient's begins with another's of the same kind."""
    return f"Synthetic-{number:06}"


def patient(place: str, number: int) -> Json:
    return {
        "resourceType": "Patient",
        "id": place,
        "identifier": [{"system": NUMBERS, "value": place}],
        "active": True,
        "name": [{"family": family_name(number), "given": ["Bench"]}],
        "gender": ("female", "male")[number % 2],
        "birthDate": f"{1950 + number % 50}-0{1 + number % 9}-1{number % 10}",
    }


def encounter(patient_id: str, place: str, at: datetime) -> Json:
    return {
        "resourceType": "Encounter",
        "id": place,
        "status": "finished",
        "class": {"system": CLASS, "code": "AMB", "display": "ambulatory"},
        "subject": {"reference": f"Patient/{patient_id}"},
        "period": {"start": moment(at), "end": moment(at + timedelta(minutes=50))},
    }


def vital(random: Random, place: str, code: int, at: datetime, performer: str = THERAPIST) -> Json:
    """A vital sign of about a kilobyte in the one encounter of a patient, without an id."""
    loinc, display, unit, symbol, low, high = MEASURES[code]
    tenths = random.randrange(low * 10, high * 10)
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [
            {
                "coding": [
                    {"system": CATEGORY, "code": "vital-signs", "display": "Vital Signs"},
                ],
                "text": "Vital Signs",
            }
        ],
        "code": {
            "coding": [{"system": LOINC, "code": loinc, "display": display}],
            "text": display,
        },
        "subject": {"reference": f"Patient/{place}"},
        "encounter": {"reference": f"Encounter/{place}"},
        "effectiveDateTime": moment(at),
        "issued": moment(at + timedelta(minutes=random.randrange(60))),
        "performer": [{"reference": f"Practitioner/{performer}"}],
        "valueQuantity": {
            "value": tenths // 10 if tenths % 10 == 0 else tenths / 10,
            "unit": unit,
            "system": UNITS,
            "code": symbol,
        },
    }


def admitted(place: str, number: int, at: datetime = FIRST) -> list[Json]:
    """A ward or new patient and one encounter, which the vital signs refer to."""
    return [patient(place, number), encounter(place, place, at)]


def changed_vital(random: Random, number: int, place: int) -> Json:
    """One of a ward patient's with a new value; of the same code and time."""
    first = next(vital for n, vital in enumerate(ward_vitals(number)) if n == place)
    again = datetime.fromisoformat(first["effectiveDateTime"])
    made = vital(random, ward(number), place % len(MEASURES), again, therapist_of(number))
    return {"resourceType": "Observation", "id": vital_id(number, place)} | made


def ward_vitals(number: int) -> Iterator[Json]:
    """All vital signs of a ward patient, no two at the same time, codes by turns."""
    random = Random(number)  # noqa: S311  (not a secret)
    place = ward(number)
    for n in range(PER_PATIENT):
        at = admission(number) + timedelta(hours=n, minutes=random.randrange(60))
        made = vital(random, place, n % len(MEASURES), at, therapist_of(number))
        yield {"resourceType": "Observation", "id": vital_id(number, n)} | made


def new_vital(random: Random) -> Json:
    """A vital sign of some new patient, without an id."""
    place = new(random.randrange(NEW_PATIENTS))
    at = FIRST + timedelta(minutes=random.randrange(500_000))
    return vital(random, place, random.randrange(len(MEASURES)), at)
