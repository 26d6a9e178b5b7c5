"""What was observed or said in a session as Observations of our CodeSystem `expression`."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from service.commands.demo.expressing import Episode, Said
from service.commands.demo.resources import Place, instant
from service.fhir.resource import Resource

EXPRESSION = "https://attune-outcomes.org/fhir/CodeSystem/expression"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"

Value = Mapping[str, Any]
"""One `value[x]` member."""


def concept(code: str) -> dict[str, Any]:
    return {"coding": [{"system": EXPRESSION, "code": code}]}


def coded(code: str) -> Value:
    return {"valueCodeableConcept": concept(code)}


def number(value: int) -> Value:
    return {"valueInteger": value}


def component(code: str, value: Value) -> Value:
    return {"code": concept(code), **value}


def observation(
    place: Place,
    session: int,
    topic: str,
    at: datetime,
    value: Value,
    *,
    components: tuple[Value, ...] = (),
    by_patient: bool = False,
) -> Resource:
    body: dict[str, Any] = {
        "resourceType": "Observation",
        "id": f"{place.session(session)}-{topic}",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": "therapy"}]}],
        "code": concept(topic),
        "subject": place.subject,
        "encounter": {"reference": f"Encounter/{place.session(session)}"},
        "effectiveDateTime": instant(at),
        "performer": [place.subject if by_patient else place.therapist],
        **value,
    }
    if components:
        body["component"] = list(components)
    return body


def attendance(place: Place, session: int, at: datetime, code: str) -> Resource:
    return observation(place, session, "session-attendance", at, coded(code))


def course_ending(place: Place, session: int, at: datetime, code: str) -> Resource:
    return observation(place, session, "course-ending", at, coded(code))


def expression(place: Place, session: int, start: datetime, episode: Episode) -> Resource:
    components = [component("expression-presence", coded(episode.presence))]
    components += [component(name, coded(code)) for name, code in episode.codes.items()]
    if episode.felt_understood is not None:
        components.append(component("felt-understood", number(episode.felt_understood)))
    at = start + timedelta(minutes=30)
    return observation(place, session, "expression-episode", at, {}, components=tuple(components))


def remarks(place: Place, session: int, start: datetime, said: Said) -> Iterator[Resource]:
    """In the order in which they are asked, at the end of the session."""
    at = start + timedelta(minutes=45)
    if said.belief is not None:
        belief, strength = said.belief
        held = component("belief-strength", number(strength))
        yield observation(
            place, session, "crying-belief", at, coded(belief), components=(held,), by_patient=True
        )
    if said.acceptance is not None:
        value = number(said.acceptance)
        yield observation(place, session, "acceptance-of-suffering", at, value, by_patient=True)
    if said.pace_felt is not None:
        value = number(said.pace_felt)
        yield observation(place, session, "pace-felt", at, value, by_patient=True)
    if said.pace_wish is not None:
        yield observation(place, session, "pace-wish", at, coded(said.pace_wish), by_patient=True)
