"""Patients in therapy: sessions with questionnaires, for what is settled with a write.

Each session has an Encounter and a Session Rating Scale, every second one a PHQ-9.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bench.population import CATEGORY, FIRST, THERAPIST, Json, encounter, moment, patient, vital

OURS = "https://attune-outcomes.org/fhir"
EPISODE = f"{OURS}/CodeSystem/expression|expression-episode"
COURSES = 200
"""Course patients, where nothing else is said."""
SESSIONS = 20
APART = timedelta(days=3.5)
LAST = FIRST + timedelta(weeks=40)
"""When the last session of every course is."""
EMOTIONS = ("sadness", "grief", "anger", "fear", "loneliness", "tenderness", "relief")
EPISODES_EACH, VITALS_EACH = 2, 10
"""Of a session that is recorded in one transaction, beside its PHQ-9."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """Whose, and how long."""

    place: str
    """The patient's id."""
    sessions: int = SESSIONS

    def visit(self, session: int) -> str:
        """The id of a session's Encounter."""
        return f"{self.place}-s{session}"

    def start(self, session: int) -> datetime:
        return LAST - APART * (self.sessions - 1 - session)


def course(number: int) -> str:
    """The id of a course patient."""
    return f"bench-course-{number}"


def course_patient(number: int) -> list[Json]:
    """A patient with twenty sessions."""
    return records(Course(place=course(number)), number)


def records(of: Course, number: int) -> list[Json]:
    random = Random(of.place)  # noqa: S311  (not a secret)
    made = sessions(of, number)
    for session in range(of.sessions):
        if session % 2 == 0:
            made.append(phq_9(random, of, session) | {"id": f"{of.visit(session)}-phq-9"})
        made.append(srs(random, of, session) | {"id": f"{of.visit(session)}-srs"})
    return made


def sessions(of: Course, number: int) -> list[Json]:
    """The patient and the Encounters, and nothing that was measured."""
    visits = range(of.sessions)
    return [
        patient(of.place, number),
        *(encounter(of.place, of.visit(session), of.start(session)) for session in visits),
    ]


def phq_9(random: Random, of: Course, session: int) -> Json:
    """A response that eases slowly over a course, without an id."""
    severity = 2.6 - 2.0 * session / of.sessions
    answers = [min(3, int(random.uniform(0, severity + 0.6))) for _ in range(9)]
    items = [_item(str(n), {"valueInteger": value}) for n, value in enumerate(answers, 1)]
    return response(of, session, f"{OURS}/Questionnaire/phq-9|1.0.0", items)


def srs(random: Random, of: Course, session: int) -> Json:
    lines = [random.randrange(60, 101) / 10 for _ in range(4)]
    items = [_item(str(n), {"valueDecimal": value}) for n, value in enumerate(lines, 1)]
    return response(of, session, f"{OURS}/Questionnaire/srs|1.0.0", items)


def response(
    of: Course, session: int, canonical: str, items: Sequence[Json], author: str = ""
) -> Json:
    """Filled in at the end of a session, by the patient unless an author is named."""
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": canonical,
        "status": "completed",
        "subject": {"reference": f"Patient/{of.place}"},
        "encounter": {"reference": f"Encounter/{of.visit(session)}"},
        "authored": moment(of.start(session) + timedelta(minutes=50)),
        "author": {"reference": author or f"Patient/{of.place}"},
        "item": list(items),
    }


def expression(random: Random, of: Course, session: int | None = None) -> Json:
    """An expression episode in one of the sessions, without an id."""
    if session is None:
        session = random.randrange(of.sessions)
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
        "subject": {"reference": f"Patient/{of.place}"},
        "encounter": {"reference": f"Encounter/{of.visit(session)}"},
        "effectiveDateTime": moment(of.start(session) + timedelta(minutes=random.randrange(50))),
        "performer": [{"reference": f"Practitioner/{THERAPIST}"}],
        "component": [
            {"code": _ours(code), "valueCodeableConcept": _ours(value)}
            for code, value in chosen.items()
        ],
    }


def session_record(random: Random, of: Course) -> Iterator[Json]:
    """What one session leaves: a PHQ-9 and twelve Observations, without ids."""
    session = random.randrange(of.sessions)
    yield phq_9(random, of, session)
    for _ in range(EPISODES_EACH):
        yield expression(random, of, session)
    for n in range(VITALS_EACH):
        made = vital(random, of.place, n % 4, of.start(session) + timedelta(minutes=n))
        yield made | {"encounter": {"reference": f"Encounter/{of.visit(session)}"}}


def _item(link: str, answer: Json) -> Json:
    return {"linkId": link, "answer": [answer]}


def _ours(code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{OURS}/CodeSystem/expression", "code": code}]}
