"""What a transaction is about to do: every entry with its identity, every reference resolved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from service.errors import BadRequest, PreconditionFailed, ServiceError
from service.fhir.references import references, rewritten
from service.fhir.resource import Identity, Resource, Version
from service.fhir.types import TYPES
from service.interactions import conditional
from service.interactions.context import Context, Dispatch
from service.interactions.create import of_type
from service.interactions.entry import Entry, located
from service.interactions.update import addressed, expected
from service.store import store
from service.store.write import ANY, Expected


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


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The steps by kind, and what each name in the Bundle stands for."""

    deletions: tuple[Planned, ...]
    writes: tuple[Planned, ...]
    """Creates before updates."""
    found: tuple[Planned, ...]
    reads: tuple[Entry, ...]
    names: Mapping[str, str]

    def resource(self, step: Planned) -> Resource:
        """The entry's resource with every reference rewritten to where it points now."""
        return rewritten(step.entry.request.resource(), self.names)


async def planned(context: Context, entries: Sequence[Entry], dispatch: Dispatch) -> Plan:
    """Raises `BadRequest` for entries that contradict one another."""
    kinds = dict[str, list[Entry]]()
    for entry in entries:
        kinds.setdefault(_kind(context, entry, dispatch), []).append(entry)
    posted = await _posted(context, kinds.get("create", []))
    put = [_put(entry) for entry in kinds.get("update", [])]
    deletions = [await _deleted(context, entry) for entry in kinds.get("delete", [])]
    found = [step for step in posted if step.already]
    writes = [step for step in posted if not step.already] + put
    _refuse_same_identity([*deletions, *writes])
    names = _names([*posted, *put])
    names |= await _conditional_references(context, writes)
    reads = [entry for kind, entries in kinds.items() for entry in entries if kind not in WRITES]
    return Plan(
        deletions=tuple(deletions),
        writes=tuple(writes),
        found=tuple(found),
        reads=tuple(reads),
        names=names,
    )


WRITES = frozenset({"create", "update", "delete"})


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
        entry.index: conditional.lock_key(context, entry.request.path[0], criteria)
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


def _again(first: Planned, entry: Entry) -> Planned:
    return replace(first, entry=entry, already=True)


async def _create(context: Context, entry: Entry) -> Planned:
    type_name = entry.request.path[0]
    criteria = entry.request.headers.get("if-none-exist")
    try:
        of_type(entry.request.resource(), type_name)
        present = await conditional.match(context, type_name, criteria) if criteria else None
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


async def _deleted(context: Context, entry: Entry) -> Planned:
    identity = Identity(type=entry.request.path[0], id=entry.request.path[1])
    wanted = expected(entry.request.headers.get("if-match"))
    if wanted is not ANY:
        version = await store.read(context.tx, identity)
        if version is None or version.number != wanted:
            raise PreconditionFailed(f"{entry.place}: {identity} is not at that version.")
    return Planned(entry=entry, identity=identity)


def _refuse_same_identity(steps: Sequence[Planned]) -> None:
    seen = set[Identity]()
    for step in steps:
        if step.identity in seen:
            raise BadRequest(
                f"{step.entry.place} writes {step.identity}, which another entry writes too.",
                expression=step.entry.place,
            )
        seen.add(step.identity)


def _names(steps: Sequence[Planned]) -> dict[str, str]:
    names = dict[str, str]()
    for step in steps:
        full_url = step.entry.full_url
        if full_url is None:
            continue
        if full_url in names:
            raise BadRequest(
                f"{step.entry.place}.fullUrl stands for another entry too.",
                expression=f"{step.entry.place}.fullUrl",
            )
        names[full_url] = str(step.identity)
    return names


async def _conditional_references(context: Context, steps: Sequence[Planned]) -> dict[str, str]:
    """`Type?criteria` -> the one resource that meets it. http://hl7.org/fhir/R4/http.html#trules"""
    found = dict[str, str]()
    for step, path, text in _asking(steps):
        if text in found:
            continue
        type_name, _, criteria = text.partition("?")
        try:
            version = await conditional.match(context, type_name, criteria)
            if version is None:
                raise PreconditionFailed(f"No {type_name} meets the condition at {path}.")
        except ServiceError as error:
            raise located(error, step.entry) from error
        found[text] = str(version.identity)
    return found


def _asking(steps: Sequence[Planned]) -> Iterator[tuple[Planned, str, str]]:
    for step in steps:
        for path, text in references(step.entry.request.resource()):
            type_name, mark, _ = text.partition("?")
            if mark and type_name in TYPES:
                yield step, path, text
