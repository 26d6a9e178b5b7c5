"""$course: everything computed for a patient, live, in one answer.

A Bundle of type collection, newest course first: its EpisodeOfCare, its Encounters in order of
time, then scores and findings under the ids that they are stored with.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from service.clinical.canonical import operation_definition
from service.clinical.facts import Episode, Session, Total, decode
from service.clinical.known import Result
from service.clinical.outlines import Look, Outline, Outlines, places
from service.fhir.bundles import collection
from service.fhir.exact_json import dumps
from service.fhir.resource import Identity, Record

NOTHING: Mapping[Identity, bytes] = MappingProxyType({})
Entry = tuple[Identity, bytes]
TAKEN = (Episode, Session, Total)
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
        if any(isinstance(fact, TAKEN) for fact in decode(record.facts))
    )


def course_bundle(
    outlines: Outlines,
    look: Look,
    *,
    bodies: Mapping[Identity, bytes],
    digests: Mapping[Identity, bytes] = NOTHING,
    base_url: str,
    seen: Collection[Identity] | None = None,
) -> bytes:
    """The Bundle; `bodies` are JSON of those of the `needed` ones that stand, and `seen` says what
    of the rest is shown, None for all.

    What is derived is taken from `bodies` as well, with the version that it has there, where its
    digest is still the one of `digests`. Nothing is derived where that is known to be so of all.
    """
    outline = outlines.known(look)
    held = None if outline is None else _stored(outline, bodies, digests, seen)
    if held is None:
        results = outlines.results(look)
        held = [entry for each in results for entry in _entries(each, bodies, digests, seen)]
    return collection(held, base_url=base_url)


def _stored(
    outline: Outline,
    bodies: Mapping[Identity, bytes],
    digests: Mapping[Identity, bytes],
    seen: Collection[Identity] | None,
) -> list[Entry] | None:
    """All of it as it is stored; None where something is not there or is something else."""
    held = list[Entry]()
    for part in outline.parts:
        held += _given(part.places, bodies)
        for place, digest in part.derived:
            identity = Identity(type="Observation", id=place)
            if digests.get(identity) != digest:
                return None
            if seen is None or identity in seen:
                body = bodies.get(identity)
                if body is None:
                    return None
                held.append((identity, body))
    return held


def _entries(
    result: Result,
    bodies: Mapping[Identity, bytes],
    digests: Mapping[Identity, bytes],
    seen: Collection[Identity] | None,
) -> Iterator[Entry]:
    yield from _given(places(result.course), bodies)
    for derived in result.derived:
        identity = derived.identity
        if seen is not None and identity not in seen:
            continue
        body = bodies.get(identity) if digests.get(identity) == derived.digest else None
        yield identity, dumps(derived.build()) if body is None else body


def _given(references: Sequence[str], bodies: Mapping[Identity, bytes]) -> Iterator[Entry]:
    for reference in references:
        kind, _, id_ = reference.partition("/")
        identity = Identity(type=kind, id=id_)
        body = bodies.get(identity)
        if body is not None:
            yield identity, body
