"""Which concepts mean the same: they share a coding, or for want of codings their text.

http://hl7.org/fhir/R4/observation-operation-lastn.html: codings are the same where both system and
code are; the translations of one concept are equal, and equality is transitive.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from service.fhir.search.elements import codings, texts

T = TypeVar("T")

Meaning = tuple[str, ...]
"""(system, code), "" for no system; (text,) of a concept without any code, "" for no text."""


def meanings(concept: Any) -> tuple[Meaning, ...]:
    """What a CodeableConcept means; at least one."""
    coded = ((system, code) for system, code in codings(concept) if code is not None)
    return tuple(dict.fromkeys(coded)) or ((next(iter(texts(concept)), ""),),)


def together(items: Iterable[T], of: Callable[[T], tuple[Meaning, ...]]) -> list[list[T]]:
    """The items in groups of the same meaning; groups and items keep their order."""
    root: dict[Meaning, Meaning] = {}

    def found(meaning: Meaning) -> Meaning:
        while root.setdefault(meaning, meaning) != meaning:
            root[meaning] = root[root[meaning]]
            meaning = root[meaning]
        return meaning

    known = [(item, of(item)) for item in items]
    for _, (first, *others) in known:
        for other in others:
            root[found(other)] = found(first)
    groups: dict[Meaning, list[T]] = {}
    for item, (first, *_) in known:
        groups.setdefault(found(first), []).append(item)
    return list(groups.values())
