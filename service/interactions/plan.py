"""What a transaction is about to do: every entry with its identity, every reference resolved."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from service.errors import BadRequest
from service.fhir.references import rewritten
from service.fhir.resource import Identity, Resource, Version
from service.fhir.scopes import Verb
from service.interactions.conditional import refuse_version_of_nothing
from service.interactions.conditions import WRITES, Kinds, Met, named
from service.interactions.context import Context, Dispatch
from service.interactions.create import of_type
from service.interactions.draft import Draft
from service.interactions.entry import Entry, naming
from service.interactions.names import Names
from service.interactions.patch import changed, sole
from service.interactions.read import stood
from service.interactions.update import aim, expected
from service.store import store
from service.store.write import ANY, CREATE, Expected


@dataclass(frozen=True, kw_only=True)
class Planned:
    """An entry that writes, and where it goes."""

    entry: Entry
    identity: Identity
    expected: Expected = ANY
    already: bool = False
    """If-None-Exist found the resource, or an earlier entry with the same condition makes it."""
    present: Version | None = None
    """The resource that If-None-Exist found."""
    patched: Draft | None = None
    """What a PATCH makes of the resource that stands."""

    @property
    def resource(self) -> Resource:
        """As it was sent, or patched."""
        return self.patched.resource if self.patched else self.entry.request.resource()

    @property
    def kept(self) -> frozenset[str]:
        """References that stand there already: the entry does not say them."""
        return self.patched.kept if self.patched else frozenset()


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
        names = self.names.seen_from(None if step.patched else step.entry.full_url)
        if step.kept:
            names = {link: to for link, to in names.items() if link not in step.kept}
        return rewritten(step.resource, names)


def by_kind(context: Context, entries: Iterable[Entry], dispatch: Dispatch) -> Kinds:
    """Raises what the request of an entry alone would raise where nothing answers it."""
    kinds = dict[str, list[Entry]]()
    for entry in entries:
        with naming(entry):
            kind = dispatch.choose(context.site, entry.request)
            dispatch.permitted(context.site, context.tx.access, kind, entry.request)
            if kind in ("bundle", "capabilities"):
                raise BadRequest("This cannot be part of a transaction.")
        kinds.setdefault(kind, []).append(entry)
    return kinds


def deletions(kinds: Kinds, met: Met) -> tuple[Planned, ...]:
    """What is there to delete: a condition may find nothing."""
    steps = [_deleted(entry, met) for entry in kinds.get("delete", ())]
    return tuple(step for step in steps if step is not None)


async def planned(context: Context, kinds: Kinds, met: Met, removed: Sequence[Planned]) -> Plan:
    """The rest. Raises `BadRequest` for entries that contradict one another."""
    posted = _posted(kinds.get("create", ()), met)
    put = [await _put(context, entry, met) for entry in kinds.get("update", ())]
    _refuse_same_condition([*posted, *put], met)
    patches = kinds.get("patch", ())
    by_name = [Planned(entry=e, identity=named(e)) for e in patches if e.index not in met.found]
    _refuse_same_identity([*removed, *by_name])
    put += await _patched(context, patches, met)
    writes = [step for step in posted if not step.already] + put
    _refuse_same_identity([*removed, *writes])
    return Plan(
        writes=tuple(writes),
        found=tuple(step for step in posted if step.already),
        reads=tuple(e for kind, entries in kinds.items() if kind not in WRITES for e in entries),
        names=Names.of((step.entry.full_url, step.identity) for step in [*posted, *put]),
    )


def _posted(entries: Sequence[Entry], met: Met) -> list[Planned]:
    """Creates with their new identities, or with what their condition found."""
    made, steps = dict[int, Planned](), list[Planned]()
    for entry in entries:
        key = met.keys.get(entry.index)
        if key in made:
            steps.append(replace(made[key], entry=entry, already=True))
            continue
        step = _create(entry, met.found.get(entry.index))
        if key is not None:
            made[key] = step
        steps.append(step)
    return steps


def _create(entry: Entry, present: Version | None) -> Planned:
    type_name = entry.request.path[0]
    with naming(entry):
        of_type(entry.request.resource(), type_name)
    if present is not None:
        return Planned(entry=entry, identity=present.identity, already=True, present=present)
    identity = Identity(type=type_name, id=str(uuid4()))
    return Planned(entry=entry, identity=identity, expected=CREATE)


async def _put(context: Context, entry: Entry, met: Met) -> Planned:
    with naming(entry):
        aimed = await aim(context, entry.request, met.found.get(entry.index))
    return Planned(entry=entry, identity=aimed.identity, expected=aimed.expected)


async def _patched(context: Context, entries: Sequence[Entry], met: Met) -> list[Planned]:
    """What the patches make of the resources that stand, which are held."""
    by_name = [named(entry) for entry in entries if entry.index not in met.found]
    standing = {v.identity: v for v in await store.read_many(context.tx, by_name, Verb.UPDATE)}
    steps = list[Planned]()
    for entry in entries:
        await asyncio.sleep(0)
        with naming(entry):
            if entry.index in met.found:
                version = sole(met.found[entry.index], entry.request.path[0])
            else:
                version = stood(named(entry), standing.get(named(entry)))
            draft = changed(context.site, entry.request, version)
        steps.append(
            Planned(entry=entry, identity=draft.identity, expected=draft.expected, patched=draft)
        )
    return steps


def _deleted(entry: Entry, met: Met) -> Planned | None:
    with naming(entry):
        wanted = expected(entry.request)
        if entry.index not in met.found:
            return Planned(entry=entry, identity=named(entry), expected=wanted)
        version = met.found[entry.index]
        if version is None:
            refuse_version_of_nothing(wanted)
            return None
    return Planned(entry=entry, identity=version.identity, expected=wanted)


def _refuse_same_condition(steps: Sequence[Planned], met: Met) -> None:
    """Of equal conditions that nothing meets yet only one may create."""
    seen = set[int]()
    for step in steps:
        key = met.keys.get(step.entry.index)
        if key is None or met.found[step.entry.index] is not None:
            continue
        if key in seen and not step.already:
            raise BadRequest(
                f"{step.entry.place} has the same condition as another entry.",
                expression=step.entry.place,
            )
        seen.add(key)


def _refuse_same_identity(steps: Sequence[Planned]) -> None:
    seen = set[Identity]()
    for step in steps:
        if step.identity in seen:
            raise BadRequest(
                f"{step.entry.place} writes {step.identity}, which another entry writes too.",
                expression=step.entry.place,
            )
        seen.add(step.identity)
