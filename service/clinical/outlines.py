"""What the answer of `$course` holds and in which order, for the patients who were looked at last.

What follows from records is a pure function of them, so the same ones need not be derived again:
for each patient the order and the digests of all that followed are kept, with a digest of all that
was read for it. Whoever settles such a patient derives what changed in any case, and passes it on.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from uuid import UUID

import msgspec

from service.clinical.course import Course
from service.clinical.derive import Derivation
from service.clinical.facts import Total
from service.clinical.known import ByRule, Result, Said
from service.fhir.resource import Derived, Identity, PatientKey, Record

MOST_BYTES = 4 * 2**20
"""About twenty patients with 500 sessions, or four hundred with twenty."""
BESIDE = 600
"""Bytes that Python needs for each patient, beside what is packed."""
NOTHING: ByRule = {}
Whose = tuple[UUID, PatientKey]
Entry = tuple[str, bytes]
"""The id of a score or finding, which is an Observation, and its digest."""


class Part(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One course."""

    key: str
    places: tuple[str, ...]
    """References of its EpisodeOfCare, its Encounters and its ready-made totals."""
    scores: tuple[Entry, ...]
    findings: dict[str, tuple[Entry, ...]]
    """By the id of their rule, in the order of the rules."""

    @property
    def derived(self) -> Iterator[Entry]:
        """All of it, in the order in which it is answered."""
        yield from self.scores
        for found in self.findings.values():
            yield from found


class Outline(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What an answer holds, the newest course first."""

    parts: tuple[Part, ...]


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
        content = sorted((r.identity.type, r.identity.id, r.facts) for r in self.records)
        # Packed, so that no two contents run into one another.
        return blake2b(_packed(content), digest_size=32).digest()

    def then(self, before: Mapping[Identity, bytes | None]) -> "Look":
        """At what was there when the records in `before` had those facts."""
        now: Mapping[Identity, bytes] = {r.identity: r.facts for r in self.records}
        facts = {**now, **before}
        there = [Record(identity=i, facts=f) for i, f in facts.items() if f is not None]
        return Look(tenant=self.tenant, patient=self.patient, records=there)


class Outlines:
    """Those of one derivation, for all tenants; the one that was looked at longest ago goes first.

    Nothing but time depends on what is kept here: another process answers the same."""

    def __init__(self, derivation: Derivation, most_bytes: int = MOST_BYTES) -> None:
        self.derivation = derivation
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
        """What follows by course, the newest first; the outline is known from now on."""
        found = self.derivation.of(look.tenant).results(look.patient, look.records)
        self._keep(look, _outline(found))
        return found

    def settled(self, look: Look) -> Sequence[Result]:
        """The same for whoever settles: the outline is known where an earlier one is kept."""
        if look.whose in self._kept:
            return self.results(look)
        return self.derivation.of(look.tenant).results(look.patient, look.records)

    def said(self, look: Look, before: Mapping[Identity, bytes | None]) -> Said | None:
        """What `Derivation.said` gives; the outline is known where that of what was there before
        is kept."""
        found = self.derivation.of(look.tenant).said(look.patient, look.records, before)
        if found is not None and look.whose in self._kept:
            outline = self.known(look.then(before))
            if outline is not None:
                self._keep(look, self._with(outline, found.now))
        return found

    def _with(self, outline: Outline, now: Mapping[str, ByRule]) -> Outline:
        """With these findings of the rules that read what is said, and all others as they are."""
        of_rules = [rule.id for rule in self.derivation.on]
        said = frozenset(rule.id for rule in self.derivation.on if rule.said)
        parts = list[Part]()
        for part in outline.parts:
            found = {rule: each for rule, each in part.findings.items() if rule not in said}
            # Where there is no session there is no course, and nothing was said.
            found |= {rule: _entries(each) for rule, each in now.get(part.key, NOTHING).items()}
            ordered = {rule: found[rule] for rule in of_rules if rule in found}
            parts.append(msgspec.structs.replace(part, findings=ordered))
        return Outline(parts=tuple(parts))

    def _keep(self, look: Look, outline: Outline) -> None:
        # A copy: the packer leaves up to half as much again unused behind what it gives.
        packed = bytes(memoryview(_packed(outline)))
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
                key=result.course.key,
                places=places(result.course),
                scores=_entries(result.scores),
                findings={rule: _entries(found) for rule, found in result.findings.items()},
            )
            for result in results
        )
    )


def _entries(derived: Sequence[Derived]) -> tuple[Entry, ...]:
    return tuple((each.identity.id, each.digest) for each in derived)


def _size(packed: bytes | None) -> int:
    return 0 if packed is None else len(packed) + BESIDE


_packed = msgspec.msgpack.Encoder().encode
_unpacked = msgspec.msgpack.Decoder(Outline).decode
