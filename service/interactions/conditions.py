"""What the entries of a transaction ask of what exists: locked together, answered by entry."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from service.fhir.resource import Identity, Version
from service.interactions import conditional
from service.interactions.conditional import Condition
from service.interactions.context import Context
from service.interactions.entry import Entry, naming

Kinds = Mapping[str, Sequence[Entry]]
"""The entries by the name of their interaction."""
WRITES = ("create", "update", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Met:
    """What the conditions of the entries found; most entries have none."""

    found: dict[int, Version | None] = field(default_factory=dict)
    """By the entry's index."""
    keys: Mapping[int, int]
    """By the entry's index; equal for conditions that ask the same."""


def named(entry: Entry) -> Identity:
    """The resource at the entry's address."""
    return Identity(type=entry.request.path[0], id=entry.request.path[1])


async def held(context: Context, kinds: Kinds) -> Met:
    """What the conditions find. Conditions first, and then all that the entries name or find, is
    held until the transaction ends: each in one go and one order, so that transactions which meet
    wait for one another instead of for a deadlock.

    Raises what asking a condition raises, of the entry.
    """
    asked = _asked(entry for kind in WRITES for entry in kinds.get(kind, ()))
    keys = {index: conditional.lock_key(context, each) for index, each in asked.items()}
    await conditional.lock(context, keys.values())
    met = Met(keys=keys)
    changing = [entry for kind in WRITES[1:] for entry in kinds.get(kind, ())]
    # Of updates by name alone, the put holds all.
    if any(e.index in asked or e.request.method != "PUT" for e in changing):
        by_name = {named(entry) for entry in changing if entry.index not in asked}
        sought = partial(_met, context, kinds, asked)
        met.found.update(await conditional.held(context, sought, by_name))
    gone = _gone(kinds, met.found)
    met.found.update(await _found(context, kinds.get("create", ()), asked, gone))
    return met


def _asked(entries: Iterable[Entry]) -> dict[int, Condition]:
    asked = dict[int, Condition]()
    for entry in entries:
        with naming(entry):
            condition = conditional.condition(entry.request)
        if condition is not None:
            asked[entry.index] = condition
    return asked


async def _met(
    context: Context, kinds: Kinds, asked: Mapping[int, Condition]
) -> Mapping[int, Version | None]:
    """Deletions come first: what they take meets no other condition."""
    found = await _found(context, kinds.get("delete", ()), asked, ())
    others = [*kinds.get("update", ()), *kinds.get("patch", ())]
    return found | await _found(context, others, asked, _gone(kinds, found))


async def _found(
    context: Context,
    entries: Sequence[Entry],
    asked: Mapping[int, Condition],
    gone: Collection[Identity],
) -> dict[int, Version | None]:
    found = dict[int, Version | None]()
    for entry in entries:
        if entry.index in asked:
            with naming(entry):
                found[entry.index] = await conditional.match(context, asked[entry.index], gone)
    return found


def _gone(kinds: Kinds, found: Mapping[int, Version | None]) -> set[Identity]:
    """What the deletions take, by name or by their conditions."""
    gone = set[Identity]()
    for entry in kinds.get("delete", ()):
        if entry.index not in found:
            gone.add(named(entry))
        elif (version := found[entry.index]) is not None:
            gone.add(version.identity)
    return gone
