"""The records that a measurement runs on: the same for the same numbers, with ids known ahead.

Three kinds of patient. A *ward* patient has a hundred vital signs, twenty-five of each of four
codes: nothing that a definition reads, so any FHIR server can hold them and answer alike. A *new*
patient has none yet and is there for what a measurement creates, so that what it reads stays the
same. A *course* patient has twenty sessions with questionnaires, for what is settled with a write.
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
OURS = "https://attune-outcomes.org/fhir"
MEASURES = (
    ("8867-4", "Heart rate", "beats/minute", "/min", 48, 110),
    ("29463-7", "Body weight", "kg", "kg", 48, 118),
    ("9279-1", "Respiratory rate", "breaths/minute", "/min", 11, 24),
    ("8310-5", "Body temperature", "Cel", "Cel", 36, 39),
)
PER_CODE = 25
PER_PATIENT = PER_CODE * len(MEASURES)
SESSIONS = 20
FIRST = datetime(2025, 1, 6, 9, tzinfo=UTC)
THERAPIST = "bench-therapist"
NEW_PATIENTS = 200
COURSES = 200
EMOTIONS = ("sadness", "grief", "anger", "fear", "loneliness", "tenderness", "relief")


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def ward(number: int) -> str:
    """The id of a ward patient."""
    return f"bench-{number}"


def new(number: int) -> str:
    """The id of a new patient, and of the one encounter."""
    return f"bench-new-{number}"


def course(number: int) -> str:
    """The id of a course patient."""
    return f"bench-course-{number}"


def vital_id(patient: int, place: int) -> str:
    return f"bench-{patient}-o{place}"


def therapist() -> Json:
    name = [{"family": "Synthetic", "given": ["Therapist"]}]
    return {"resourceType": "Practitioner", "id": THERAPIST, "active": True, "name": name}


def patient(place: str, number: int) -> Json:
    return {
        "resourceType": "Patient",
        "id": place,
        "active": True,
        "name": [{"family": f"Synthetic-{number}", "given": ["Bench"]}],
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


def vital(random: Random, patient_id: str, encounter_id: str, code: int, at: datetime) -> Json:
    """A vital sign of about a kilobyte, without an id."""
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
        "subject": {"reference": f"Patient/{patient_id}"},
        "encounter": {"reference": f"Encounter/{encounter_id}"},
        "effectiveDateTime": moment(at),
        "issued": moment(at + timedelta(minutes=random.randrange(60))),
        "performer": [{"reference": f"Practitioner/{THERAPIST}"}],
        "valueQuantity": {
            "value": tenths // 10 if tenths % 10 == 0 else tenths / 10,
            "unit": unit,
            "system": UNITS,
            "code": symbol,
        },
    }


def admitted(place: str, number: int) -> list[Json]:
    """A ward or new patient and one encounter, which the vital signs refer to."""
    return [patient(place, number), encounter(place, place, FIRST)]


def ward_vitals(number: int) -> Iterator[Json]:
    """All vital signs of a ward patient, no two at the same time, codes by turns."""
    random = Random(number)  # noqa: S311  (not a secret)
    place = ward(number)
    for n in range(PER_PATIENT):
        at = FIRST + timedelta(hours=n, minutes=random.randrange(60))
        made = vital(random, place, place, n % len(MEASURES), at)
        yield {"resourceType": "Observation", "id": vital_id(number, n)} | made


def course_patient(number: int) -> list[Json]:
    """A patient with twenty weekly sessions: attendance each, PHQ-9 every second, SRS each."""
    random = Random(f"course-{number}")  # noqa: S311  (not a secret)
    place = course(number)
    made = [patient(place, number)]
    for session in range(SESSIONS):
        at, visit = session_start(session), session_id(number, session)
        made.append(encounter(place, visit, at))
        severity = max(0.2, 2.6 - 0.1 * session)
        if session % 2 == 0:
            answers = [min(3, int(random.uniform(0, severity + 0.6))) for _ in range(9)]
            made.append(_response(place, visit, "phq-9", at, answers))
        lines = [random.randrange(60, 101) / 10 for _ in range(4)]
        made.append(_response(place, visit, "srs", at + timedelta(minutes=50), lines))
    return made


def new_vital(random: Random) -> Json:
    """A vital sign of some new patient, without an id."""
    place = new(random.randrange(NEW_PATIENTS))
    at = FIRST + timedelta(minutes=random.randrange(500_000))
    return vital(random, place, place, random.randrange(len(MEASURES)), at)


def session_start(session: int) -> datetime:
    return FIRST + timedelta(weeks=session)


def session_id(number: int, session: int) -> str:
    return f"{course(number)}-s{session}"


def _response(place: str, visit: str, form: str, at: datetime, answers: list[Any]) -> Json:
    kind = "valueInteger" if form == "phq-9" else "valueDecimal"
    return {
        "resourceType": "QuestionnaireResponse",
        "id": f"{visit}-{form}",
        "questionnaire": f"{OURS}/Questionnaire/{form}|1.0.0",
        "status": "completed",
        "subject": {"reference": f"Patient/{place}"},
        "encounter": {"reference": f"Encounter/{visit}"},
        "authored": moment(at),
        "author": {"reference": f"Patient/{place}"},
        "item": [
            {"linkId": str(n), "answer": [{kind: value}]} for n, value in enumerate(answers, 1)
        ],
    }


def expression(random: Random, number: int) -> Json:
    """An expression episode in one of the sessions of a course patient, without an id."""
    session = random.randrange(SESSIONS)
    chosen = {
        "expression-presence": random.choice(("tears", "tears-held-back", "eyes-filled")),
        "expression-timing": random.choice(("opening", "middle", "closing")),
        "emotion-during": random.choice(EMOTIONS),
        "mood-change-after": random.choice(("better", "same", "worse", "mixed")),
    }
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": "therapy"}]}],
        "code": _ours("expression-episode"),
        "subject": {"reference": f"Patient/{course(number)}"},
        "encounter": {"reference": f"Encounter/{session_id(number, session)}"},
        "effectiveDateTime": moment(
            session_start(session) + timedelta(minutes=random.randrange(50))
        ),
        "performer": [{"reference": f"Practitioner/{THERAPIST}"}],
        "component": [
            {"code": _ours(code), "valueCodeableConcept": _ours(value)}
            for code, value in chosen.items()
        ],
    }


def _ours(code: str) -> Json:
    return {"coding": [{"system": f"{OURS}/CodeSystem/expression", "code": code}]}
