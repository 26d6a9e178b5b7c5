"""$course: everything computed for a patient, live, in one answer.

A Bundle of type collection, newest course first: its EpisodeOfCare, its Encounters in order of
time, then scores and findings under the ids that they are stored with.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from service.clinical.canonical import operation_definition
from service.clinical.course import Course
from service.clinical.derive import Derivation
from service.clinical.facts import Episode, Session, Total, decode
from service.clinical.known import Result
from service.fhir.resource import Identity, PatientKey, Record, Resource

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
    resources: Iterable[Resource],
    base_url: str,
    seen: Collection[Identity] | None = None,
) -> Resource:
    """The Bundle; `resources` are those of the `needed` ones that stand, and `seen` says what of
    the rest is shown, None for all."""
    stored = {(str(r["resourceType"]), str(r["id"])): r for r in resources}
    entries = [
        {
            "fullUrl": f"{base_url}/{resource['resourceType']}/{resource['id']}",
            "resource": resource,
        }
        for result in derivation.results(patient, records)
        for resource in _resources(result, stored, seen)
    ]
    # FHIR knows no empty list.
    return {"resourceType": "Bundle", "type": "collection"} | (
        {"entry": entries} if entries else {}
    )


def _resources(
    result: Result,
    stored: Mapping[tuple[str, str], Resource],
    seen: Collection[Identity] | None,
) -> Iterator[Resource]:
    for place in dict.fromkeys(_places(result.course)):
        resource = stored.get(place)
        if resource is not None:
            yield resource
    for derived in result.derived:
        if seen is None or derived.identity in seen:
            yield derived.build()


def _places(course: Course) -> Iterator[tuple[str, str]]:
    yield "EpisodeOfCare", course.episode or ""
    yield from (("Encounter", session.encounter or "") for session in course.sessions)
    for session in course.sessions:
        for record in session.records:
            kind, _, id_ = record.reference.partition("/")
            yield kind, id_
