"""What a caller's rights allow: of a request before anything is read, and of what is written.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html. What the caller may not
see is not there; what may be seen and not be done is forbidden.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from service.errors import Forbidden, NotFound
from service.fhir.access import Access
from service.fhir.compartment_definitions import served
from service.fhir.resource import Identity, Version
from service.fhir.rights import Rights
from service.fhir.scopes import Verb
from service.fhir.types import STORED
from service.interactions.context import Context
from service.interactions.draft import Draft
from service.interactions.messages import Request
from service.interactions.table import EVERY_TYPE
from service.store import store, write
from service.store.visibility import shows
from service.store.write import CREATE

OF_TYPE: Mapping[str, Verb] = MappingProxyType(
    {
        "create": Verb.CREATE,
        "delete": Verb.DELETE,
        "patch": Verb.UPDATE,
        "read": Verb.READ,
        "search": Verb.SEARCH,
        "update": Verb.UPDATE,
        "vread": Verb.READ,
    }
)
"""What the interactions do with the type in their path."""


def permit(access: Access, name: str, request: Request) -> None:
    """Raises `Forbidden` for an interaction that is not allowed whatever is stored."""
    if access.rights is None:
        return
    for types, verb in _asked(name, request.path):
        allow(access, types, (verb,))


def allow(access: Access, types: Collection[str], verbs: Sequence[Verb]) -> None:
    """Raises `Forbidden` where none of the types may be asked for any of the verbs."""
    if access.rights is None:
        return
    if not any(not access.rights.sight(kind, verb).blind for kind in types for verb in verbs):
        named = f" of {next(iter(types))}" if len(types) == 1 else ""
        raise Forbidden(f"The token's scopes do not allow this interaction{named}.")


def allowed(access: Access, types: Iterable[str], verb: Verb) -> tuple[str, ...]:
    """Those of the types that the caller may ask for."""
    rights = access.rights
    return tuple(t for t in types if rights is None or not rights.sight(t, verb).blind)


def _asked(name: str, path: Sequence[str]) -> Iterator[tuple[Collection[str], Verb]]:
    """Types of which one must be allowed, and for what."""
    if name in OF_TYPE:
        yield (path[0],), OF_TYPE[name]
    elif name == "history":
        yield (path[:1] if len(path) > 1 else STORED), Verb.READ if len(path) > 2 else Verb.SEARCH
    elif name == "search-all":
        yield STORED, Verb.SEARCH
    elif name == "compartment":
        yield path[:1], Verb.READ
        yield (_members(path[0]) if path[2] == EVERY_TYPE else path[2:3]), Verb.SEARCH


def _members(owner: str) -> Collection[str]:
    """The types that a search of a whole compartment goes through."""
    return [name for name in served(owner) if name in STORED]


def readable(context: Context, version: Version) -> bool:
    """Whether the caller may be told what was written."""
    return _may(context, version, Verb.READ)


async def refuse_writing(context: Context, drafts: Sequence[Draft]) -> None:
    """Holds what the drafts replace. Raises `NotFound` where that is hidden from the caller, and
    `Forbidden` where it, or what takes its place, may not be written."""
    rights = context.tx.access.rights
    if rights is None:
        return
    before = await _standing(context, [d.identity for d in drafts if d.expected is not CREATE])
    for draft in drafts:
        found = before.get(draft.identity)
        if found is not None:
            _refuse_hidden(context, found, Verb.UPDATE)
        _refuse(rights, draft, found)


def refuse_creating(access: Access, draft: Draft) -> None:
    """Raises `Forbidden` where the draft of a new resource may not be written."""
    if access.rights is not None:
        _refuse(access.rights, draft, None)


def _refuse(rights: Rights, draft: Draft, found: Version | None) -> None:
    body = {**draft.resource, "id": draft.identity.id}
    if not any(rights.allows(body, verb) for verb in _needed(draft, found)):
        raise Forbidden(
            f"The token's scopes do not allow such a {draft.identity.type}.",
            expression=draft.place,
        )


def _needed(draft: Draft, found: Version | None) -> tuple[Verb, ...]:
    """An update may create what is not there, whichever of the two rights there is."""
    if found is not None:
        return (Verb.UPDATE,)
    return (Verb.CREATE,) if draft.method == "POST" else (Verb.UPDATE, Verb.CREATE)


async def deletable(context: Context, identities: Iterable[Identity]) -> frozenset[Identity]:
    """Those that the caller may delete; what is hidden is as if it was not there.

    Raises `Forbidden` for what may be read and not be deleted.
    """
    named = frozenset(identities)
    if context.tx.access.rights is None:
        return named
    found = await _standing(context, named)
    hidden = {
        identity
        for identity, version in found.items()
        if not _may(context, version, Verb.DELETE) and not _may(context, version, Verb.READ)
    }
    for identity in found.keys() - hidden:
        _refuse_hidden(context, found[identity], Verb.DELETE)
    return named - hidden


async def _standing(context: Context, identities: Iterable[Identity]) -> Mapping[Identity, Version]:
    """What stands, whoever asks, held until the transaction ends."""
    named = tuple(identities)
    whole = replace(context.tx, access=context.tx.access.whole())
    await write.lock(whole, named)
    found = await store.read_many(whole, named)
    return {version.identity: version for version in found if not version.deleted}


def _refuse_hidden(context: Context, version: Version, verb: Verb) -> None:
    if _may(context, version, verb):
        return
    if _may(context, version, Verb.READ):
        raise Forbidden(f"The token's scopes do not allow this with {version.identity}.")
    raise NotFound(f"There is no {version.identity}.")


def _may(context: Context, version: Version, verb: Verb) -> bool:
    return shows(context.tx.access, version, verb)
