"""Conditions on what exists, in one place. http://hl7.org/fhir/R4/http.html#ccreate

A condition is a search; whoever asks first under a lock decides, and everyone else sees the result.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

from service.errors import BadRequest, Conflict, MultipleMatches, PreconditionFailed
from service.fhir.resource import Identity, Resource, Version
from service.fhir.scopes import Verb
from service.fhir.search.parse import parse
from service.fhir.search.query import Query
from service.interactions.context import Context
from service.interactions.messages import Request
from service.interactions.pairs import pairs
from service.interactions.permission import allow
from service.interactions.search import admitted
from service.interactions.table import is_id
from service.store import store, write
from service.store.hashing import hash64
from service.store.search import search
from service.store.write import ABSENT, CREATE, Expected

PATIENCE = 5
"""So many times a condition is asked again whose answer changed before it could be held."""

Key = TypeVar("Key")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What is asked of the resources of one type."""

    type: str
    criteria: tuple[tuple[str, str], ...]


def condition(request: Request) -> Condition | None:
    """What a write asks of what exists; None where it names its resource or asks nothing."""
    if request.method != "POST":
        type_name, *address = request.path
        return None if address else Condition(type=type_name, criteria=request.query)
    criteria = request.headers.get("if-none-exist")
    return None if criteria is None else written(request.path[0], criteria)


def written(type_name: str, criteria: str) -> Condition:
    """A condition from its text. Raises `BadRequest` where that is no query."""
    return Condition(type=type_name, criteria=pairs(criteria.removeprefix("?")))


def lock_key(context: Context, asked: Condition) -> int:
    """Equal for conditions that ask the same of one tenant."""
    criteria = sorted(f"{name}={value}" for name, value in asked.criteria)
    return hash64(str(context.tx.tenant), asked.type, *criteria)


async def lock(context: Context, keys: Iterable[int]) -> None:
    """Hold conditions until the transaction ends, so that of equal ones only the first creates.

    All of a transaction's conditions are locked in one go and in one order.
    """
    await write.lock_criteria(context.tx, sorted(set(keys)))


async def match(
    context: Context, asked: Condition, gone: Collection[Identity] = ()
) -> Version | None:
    """The one resource that meets a condition; None where none does. What is `gone` does not.

    Raises `MultipleMatches` where several do, `BadRequest` where the condition asks nothing.
    """
    sought = query(context, asked)
    stored = await matching(context, sought, most=len(gone) + 2)
    found = [version for version in stored if version.identity not in gone]
    if len(found) > 1:
        raise several(sought)
    return found[0] if found else None


async def sole(context: Context, asked: Condition) -> Version | None:
    """The one resource that meets a condition, held until the transaction ends, as the condition
    is. Raises what `match` raises."""

    async def sought() -> dict[Condition, Version | None]:
        return {asked: await match(context, asked)}

    await lock(context, [lock_key(context, asked)])
    return (await held(context, sought))[asked]


async def held(
    context: Context,
    sought: Callable[[], Awaitable[Mapping[Key, Version | None]]],
    named: Collection[Identity] = (),
) -> Mapping[Key, Version | None]:
    """What is found, held until the transaction ends with all that is `named`: nobody changes it
    any more.

    Raises `Conflict` where others change it faster than it can be found.
    """
    for _ in range(PATIENCE):
        found = await sought()
        versions = [version for version in found.values() if version is not None]
        standing = await write.lock(context.tx, {*named, *(v.identity for v in versions)})
        if all(standing.get(version.identity) == version.number for version in versions):
            return found
    raise Conflict("What meets the condition changes too fast to be written; try again.")


async def aim(
    context: Context, resource: Resource, found: Version | None, wanted: Expected
) -> tuple[Identity, Expected]:
    """Where a conditional update goes, and what must stand there.

    http://hl7.org/fhir/R4/http.html#cond-update. Raises `BadRequest` where the body has the id of
    another resource than the one found, `Conflict` where its id is taken by one that does not meet
    the condition, `PreconditionFailed` where a version is demanded of what is not there.
    """
    own = resource.get("id")
    if found is not None:
        if own not in (None, found.identity.id):
            raise BadRequest(
                f"The body's id must be absent or that of {found.identity}, which meets the"
                " condition.",
                expression=f"{found.identity.type}.id",
            )
        return found.identity, wanted
    refuse_version_of_nothing(wanted)
    type_name = str(resource["resourceType"])
    if own is None:
        return Identity(type=type_name, id=str(uuid4())), CREATE
    if not isinstance(own, str) or not is_id(own):
        raise BadRequest(
            "An id is 1 to 64 letters, digits, '-' and '.'.", expression=f"{type_name}.id"
        )
    identity = Identity(type=type_name, id=own)
    if await store.existing(context.tx, [identity]):
        raise Conflict(
            f"{identity} is there and does not meet the condition.", expression=f"{type_name}.id"
        )
    return identity, ABSENT


def refuse_version_of_nothing(wanted: Expected) -> None:
    """Raises `PreconditionFailed` where If-Match names a version of what no condition found."""
    if isinstance(wanted, int):
        raise PreconditionFailed("Nothing meets the condition, at whichever version.")


def query(context: Context, asked: Condition) -> Query:
    """The search that a condition is. Raises `BadRequest` where it asks nothing."""
    site = context.site
    sought = parse(
        asked.type,
        asked.criteria,
        zone=site.zone,
        base_url=site.base_url,
        value_sets=site.ports.value_sets,
    )
    if not sought.clauses and not sought.links:
        raise BadRequest(f"The condition on {asked.type} names no search parameter.")
    admitted(context, sought)
    allow(context.tx.access, (asked.type,), (Verb.SEARCH,))
    return sought


async def matching(context: Context, sought: Query, *, most: int) -> tuple[Version, ...]:
    """Up to `most` of what meets a condition."""
    return (await search(context.tx, sought, limit=most)).rows


def several(sought: Query) -> MultipleMatches:
    return MultipleMatches(f"More than one {sought.type} meets the condition.")
