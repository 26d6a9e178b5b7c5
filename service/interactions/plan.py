"""What a transaction is about to do: every entry with its identity, every reference resolved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from service.errors import BadRequest, ServiceError
from service.fhir.references import rewritten
from service.fhir.resource import Identity, Resource, Version
from service.interactions import conditional
from service.interactions.context import Context, Dispatch
from service.interactions.create import of_type
from service.interactions.entry import Entry, located
from service.interactions.names import Names
from service.interactions.update import addressed, expected
from service.store.write import ANY, Expected

Kinds = Mapping[str, Sequence[Entry]]
"""The entries by the name of their interaction."""
WRITES = frozenset({"create", "update", "delete"})


@dataclass(frozen=True, kw_only=True)
class Planned:
    """An entry that writes, and where it goes."""

    entry: Entry
    identity: Identity
    expected: Expected = ANY
    created: bool = False
    """A POST: the identity is new."""
    already: bool = False
    """If-None-Exist found the resource, or an earlier entry with the same condition makes it."""
    present: Version | None = None
    """The resource that If-None-Exist found."""

    @property
    def resource(self) -> Resource:
        """As it was sent."""
        return self.entry.request.resource()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The steps by kind, and what each name in the Bundle stands for."""

    writes: tuple[Planned, ...]
    """Creates before updates."""
    found: tuple[Planned, ...]
    reads: tuple[Entry, ...]
    names: Names

    def resource(self, step: Planned) -> Resource:
        """The entry's resource with every reference rewritten to where it points now."""
        return rewritten(step.resource, self.names.seen_from(step.entry.full_url))


def by_kind(context: Context, entries: Iterable[Entry], dispatch: Dispatch) -> Kinds:
    """Raises what the request of an entry alone would raise where nothing answers it."""
    kinds = dict[str, list[Entry]]()
    for entry in entries:
        kinds.setdefault(_kind(context, entry, dispatch), []).append(entry)
    return kinds


def deletions(kinds: Kinds) -> tuple[Planned, ...]:
    return tuple(_deleted(entry) for entry in kinds.get("delete", ()))


async def planned(context: Context, kinds: Kinds, removed: Sequence[Planned]) -> Plan:
    """The rest, after the deletions: what is gone meets no condition any more.

    Raises `BadRequest` for entries that contradict one another.
    """
    posted = await _posted(context, kinds.get("create", ()))
    put = [_put(entry) for entry in kinds.get("update", ())]
    writes = [step for step in posted if not step.already] + put
    _refuse_same_identity([*removed, *writes])
    return Plan(
        writes=tuple(writes),
        found=tuple(step for step in posted if step.already),
        reads=tuple(e for kind, entries in kinds.items() if kind not in WRITES for e in entries),
        names=Names.of((step.entry.full_url, step.identity) for step in [*posted, *put]),
    )


def _kind(context: Context, entry: Entry, dispatch: Dispatch) -> str:
    try:
        kind = dispatch.choose(context.site, entry.request)
        if kind in ("bundle", "capabilities"):
            raise BadRequest("This cannot be part of a transaction.")
    except ServiceError as error:
        raise located(error, entry) from error
    return kind


async def _posted(context: Context, entries: Sequence[Entry]) -> list[Planned]:
    """Creates with their new identities, or with what their condition found."""
    keys = {
        entry.index: _lock_key(context, entry, criteria)
        for entry in entries
        if (criteria := entry.request.headers.get("if-none-exist")) is not None
    }
    await conditional.lock(context, keys.values())
    made, steps = dict[int, Planned](), list[Planned]()
    for entry in entries:
        key = keys.get(entry.index)
        step = await _create(context, entry) if key not in made else _again(made[key], entry)
        if key is not None:
            made.setdefault(key, step)
        steps.append(step)
    return steps


def _lock_key(context: Context, entry: Entry, criteria: str) -> int:
    try:
        return conditional.lock_key(context, entry.request.path[0], criteria)
    except ServiceError as error:
        raise located(error, entry) from error


def _again(first: Planned, entry: Entry) -> Planned:
    return replace(first, entry=entry, already=True)


async def _create(context: Context, entry: Entry) -> Planned:
    type_name = entry.request.path[0]
    criteria = entry.request.headers.get("if-none-exist")
    present = None
    try:
        of_type(entry.request.resource(), type_name)
        if criteria is not None:
            present = await conditional.match(context, type_name, criteria)
    except ServiceError as error:
        raise located(error, entry) from error
    if present is not None:
        return Planned(entry=entry, identity=present.identity, already=True, present=present)
    return Planned(entry=entry, identity=Identity(type=type_name, id=str(uuid4())), created=True)


def _put(entry: Entry) -> Planned:
    try:
        _, identity = addressed(entry.request)
        wanted = expected(entry.request.headers.get("if-match"))
    except ServiceError as error:
        raise located(error, entry) from error
    return Planned(entry=entry, identity=identity, expected=wanted)


def _deleted(entry: Entry) -> Planned:
    identity = Identity(type=entry.request.path[0], id=entry.request.path[1])
    try:
        wanted = expected(entry.request.headers.get("if-match"))
    except ServiceError as error:
        raise located(error, entry) from error
    return Planned(entry=entry, identity=identity, expected=wanted)


def _refuse_same_identity(steps: Sequence[Planned]) -> None:
    seen = set[Identity]()
    for step in steps:
        if step.identity in seen:
            raise BadRequest(
                f"{step.entry.place} writes {step.identity}, which another entry writes too.",
                expression=step.entry.place,
            )
        seen.add(step.identity)
