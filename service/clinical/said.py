"""What a write bears on that is only of what was expressed or said in sessions.

No score comes of it, and where the sessions stay the same every finding on scores and attendance
does too: only the rules that read what was said have something to find.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TypeVar, overload

from service.clinical import facts
from service.clinical.catalogue import Catalogue
from service.clinical.course import ABOUT_THE_COURSE, Course, order
from service.clinical.definitions import Construct
from service.clinical.facts import AnyFact, Facts, decode
from service.fhir.resource import Identity, Record

T = TypeVar("T")
NOTHING: Facts = ()


class Late(Sequence[T]):
    """What is made when somebody looks at it."""

    def __init__(self, made: Callable[[], Sequence[T]]) -> None:
        self._made = cache(made)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self._made()[place]

    def __len__(self) -> int:
        return len(self._made())


def then_and_now(
    records: Sequence[Record], before: Mapping[Identity, bytes | None]
) -> tuple[Sequence[AnyFact], Sequence[AnyFact]] | None:
    """All facts as they were and as they are, each in order of time; None where something else was
    written than what is said in sessions."""
    after = {record.identity: record.facts for record in records}
    written = [f for i, old in before.items() for f in (*_read(old), *_read(after.get(i)))]
    if not all(map(_is_said, written)):
        return None
    return _ordered({**after, **before}.values()), _ordered(after.values())


def same_sessions(one: Iterable[Course], other: Iterable[Course]) -> bool:
    """Whether the courses are the same but for what was recorded of their sessions."""
    return list(map(_bare, one)) == list(map(_bare, other))


def measured(known: Iterable[AnyFact], catalogue: Catalogue) -> frozenset[Construct]:
    """Every construct that a form or a total could be a score of."""
    found = set[Construct]()
    for fact in known:
        if isinstance(fact, facts.Answers):
            instrument = catalogue.by_id.get(fact.instrument)
            found.update(scale.construct for scale in (instrument.scales if instrument else ()))
        elif isinstance(fact, facts.Total) and fact.scale in catalogue.scales:
            found.add(catalogue.scales[fact.scale][1].construct)
    return frozenset(found)


def _bare(course: Course) -> tuple[object, ...]:
    meetings = [(s.key, s.at, s.day, s.encounter, s.meeting) for s in course.sessions]
    return course.key, course.episode, course.about, course.coded, meetings


def _is_said(fact: AnyFact) -> bool:
    if isinstance(fact, facts.Remark):
        return fact.topic not in ABOUT_THE_COURSE
    return isinstance(fact, facts.Expression)


def _ordered(stored: Iterable[bytes | None]) -> Sequence[AnyFact]:
    return sorted(_all(stored), key=order)


def _all(stored: Iterable[bytes | None]) -> Iterator[AnyFact]:
    for content in stored:
        yield from _read(content)


def _read(stored: bytes | None) -> Facts:
    return NOTHING if stored is None else decode(stored)
