"""$course: everything computed for a patient, live, in one answer.

A Bundle of type collection, newest course first: its EpisodeOfCare, its Encounters in order of
time, then scores and findings under the ids that they are stored with.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from service.clinical.canonical import operation_definition
from service.clinical.course import Course
from service.clinical.derive import Derivation
from service.clinical.facts import Episode, Session, Total, decode
from service.clinical.known import Result
from service.fhir.exact_json import written
from service.fhir.resource import Identity, PatientKey, Record, Resource

NOTHING: Mapping[Identity, bytes] = MappingProxyType({})
NAME = "course"
DEFINITION = operation_definition("patient-course")
DOCUMENTATION = (
    "The courses of one patient, newest first: EpisodeOfCare, Encounters, scores and findings, "
    "computed from the records as they are now and equal to what is stored."
)


def needed(records: Sequence[Record]) -> tuple[Identity, ...]:
    """What the answer takes from the store: courses, sessions and ready-made totals."""
    return tuple(
        record.identity
        for record in records
        if any(isinstance(fact, Episode | Session | Total) for fact in decode(record.facts))
    )


def course_bundle(
    derivation: Derivation,
    *,
    patient: PatientKey,
    records: Sequence[Record],
    bodies: Mapping[Identity, bytes],
    digests: Mapping[Identity, bytes] = NOTHING,
    base_url: str,
    seen: Collection[Identity] | None = None,
) -> Resource:
    """The Bundle; `bodies` are JSON of those of the `needed` ones that stand, and `seen` says what
    of the rest is shown, None for all.

    What is derived is taken from `bodies` as well, with the version that it has there, where its
    digest is still the one of `digests`.
    """
    entries = [
        {"fullUrl": f"{base_url}/{identity}", "resource": resource}
        for result in derivation.results(patient, records)
        for identity, resource in _resources(result, bodies, digests, seen)
    ]
    # FHIR knows no empty list.
    return {"resourceType": "Bundle", "type": "collection"} | (
        {"entry": entries} if entries else {}
    )


def _resources(
    result: Result,
    bodies: Mapping[Identity, bytes],
    digests: Mapping[Identity, bytes],
    seen: Collection[Identity] | None,
) -> Iterator[tuple[Identity, Any]]:
    for identity in dict.fromkeys(_places(result.course)):
        body = bodies.get(identity)
        if body is not None:
            yield identity, written(body)
    for derived in result.derived:
        identity = derived.identity
        if seen is not None and identity not in seen:
            continue
        body = bodies.get(identity) if digests.get(identity) == derived.digest else None
        yield identity, derived.build() if body is None else written(body)


def _places(course: Course) -> Iterator[Identity]:
    yield Identity(type="EpisodeOfCare", id=course.episode or "")
    yield from (
        Identity(type="Encounter", id=session.encounter or "") for session in course.sessions
    )
    for session in course.sessions:
        for record in session.records:
            kind, _, id_ = record.reference.partition("/")
            yield Identity(type=kind, id=id_)
