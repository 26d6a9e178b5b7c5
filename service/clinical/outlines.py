"""What the answer of `$course` holds and in which order, for the patients who were looked at last.

What follows from records is a pure function of them, so the same ones need not be derived again:
for each patient the order and a digest of all that followed are kept, with a digest of all that was
read for it.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from uuid import UUID

import msgspec

from service.clinical.course import Course
from service.clinical.derive import Derivation
from service.clinical.facts import Total
from service.clinical.known import Result
from service.fhir.resource import PatientKey, Record

MOST_BYTES = 4 * 2**20
"""About thirty patients with 500 sessions, or six hundred with twenty."""
BESIDE = 600
"""Bytes that Python needs for each patient, beside what is packed."""
Whose = tuple[UUID, PatientKey]


class Part(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One course."""

    places: tuple[str, ...]
    """References of its EpisodeOfCare, its Encounters and its ready-made totals."""
    derived: tuple[str, ...]
    """Ids of its scores and findings, which are Observations."""


class Outline(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What an answer holds, the newest course first."""

    parts: tuple[Part, ...]
    digest: bytes
    """Of the digests of all that is derived, in its order."""

    def follows(self, digests: Sequence[bytes | None]) -> bool:
        """Whether these are the digests of all that is derived."""
        return self.digest == _digest(digests)


@dataclass(frozen=True, kw_only=True)
class Look:
    """All that an answer depends on, but the rules."""

    tenant: UUID
    patient: PatientKey
    records: Sequence[Record]

    @property
    def whose(self) -> Whose:
        return self.tenant, self.patient

    @cached_property
    def digest(self) -> bytes:
        """Of all records, in whatever order they come."""
        return _digest(sorted((r.identity.type, r.identity.id, r.facts) for r in self.records))


class Outlines:
    """Those of one derivation, for all tenants; the one that was looked at longest ago goes first.

    Nothing but time depends on what is kept here: another process answers the same."""

    def __init__(self, derivation: Derivation, most_bytes: int = MOST_BYTES) -> None:
        self._derivation = derivation
        self._most = most_bytes
        self._kept = OrderedDict[Whose, tuple[bytes, bytes]]()
        self._bytes = 0

    def known(self, look: Look) -> Outline | None:
        """None where none is kept of these records."""
        digest, packed = self._kept.get(look.whose, (b"", b""))
        if digest != look.digest:
            return None
        self._kept.move_to_end(look.whose)
        return _unpacked(packed)

    def results(self, look: Look) -> Sequence[Result]:
        """What follows, derived; the outline is known from now on."""
        found = self._derivation.of(look.tenant).results(look.patient, look.records)
        # A copy: the packer leaves up to half as much again unused behind what it gives.
        self._keep(look, bytes(memoryview(_packed(_outline(found)))))
        return found

    def _keep(self, look: Look, packed: bytes) -> None:
        _, last = self._kept.pop(look.whose, (b"", None))
        self._bytes -= _size(last)
        if _size(packed) > self._most:
            return
        self._kept[look.whose] = look.digest, packed
        self._bytes += _size(packed)
        while self._bytes > self._most:
            _, (_, oldest) = self._kept.popitem(last=False)
            self._bytes -= _size(oldest)


def places(course: Course) -> tuple[str, ...]:
    """What an answer takes from the store where it stands there: course, sessions and totals."""
    return tuple(dict.fromkeys(_places(course)))


def _places(course: Course) -> Iterator[str]:
    if course.episode is not None:
        yield f"EpisodeOfCare/{course.episode}"
    for session in course.sessions:
        if session.encounter is not None:
            yield f"Encounter/{session.encounter}"
    for session in course.sessions:
        for record in session.records:
            if isinstance(record, Total):
                yield record.reference


def _outline(results: Sequence[Result]) -> Outline:
    return Outline(
        parts=tuple(
            Part(
                places=places(result.course),
                derived=tuple(each.identity.id for each in result.derived),
            )
            for result in results
        ),
        digest=_digest([each.digest for result in results for each in result.derived]),
    )


def _digest(content: object) -> bytes:
    """Packed, so that no two contents run into one another."""
    return blake2b(_packed(content), digest_size=32).digest()


def _size(packed: bytes | None) -> int:
    return 0 if packed is None else len(packed) + BESIDE


_packed = msgspec.msgpack.Encoder().encode
_unpacked = msgspec.msgpack.Decoder(Outline).decode
