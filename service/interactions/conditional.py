"""Conditions on what exists, in one place. http://hl7.org/fhir/R4/http.html#ccreate

A condition is a search; whoever asks first under a lock decides, and everyone else sees the result.
"""

from collections.abc import Iterable

from service.errors import BadRequest, MultipleMatches
from service.fhir.resource import Version
from service.fhir.search.parse import parse
from service.fhir.search.query import Query
from service.interactions.context import Context
from service.interactions.pairs import pairs
from service.interactions.search import admitted
from service.store import write
from service.store.hashing import hash64
from service.store.search import search


def lock_key(context: Context, type_name: str, criteria: str) -> int:
    """Equal for conditions that ask the same of one tenant."""
    asked = sorted(f"{name}={value}" for name, value in _pairs(criteria))
    return hash64(str(context.tx.tenant), type_name, *asked)


async def lock(context: Context, keys: Iterable[int]) -> None:
    """Hold conditions until the transaction ends, so that of equal ones only the first creates.

    All of a transaction's conditions are locked in one go and in one order.
    """
    await write.lock_criteria(context.tx, sorted(set(keys)))


async def match(context: Context, type_name: str, criteria: str) -> Version | None:
    """The one resource that meets a condition; None where none does.

    Raises `MultipleMatches` where several do, `BadRequest` where the condition asks nothing.
    """
    condition = asked(context, type_name, criteria)
    found = await matching(context, condition, most=2)
    if len(found) > 1:
        raise several(condition)
    return found[0] if found else None


def asked(context: Context, type_name: str, criteria: str) -> Query:
    """The search that a condition is. Raises `BadRequest` where it asks nothing."""
    site = context.site
    query = parse(type_name, _pairs(criteria), zone=site.zone, base_url=site.base_url)
    if not query.clauses and not query.links:
        raise BadRequest(f"The condition on {type_name} names no search parameter.")
    admitted(context, query)
    return query


async def matching(context: Context, condition: Query, *, most: int) -> tuple[Version, ...]:
    """Up to `most` of what meets a condition."""
    return (await search(context.tx, condition, limit=most)).rows


def several(condition: Query) -> MultipleMatches:
    return MultipleMatches(f"More than one {condition.type} meets the condition.")


def _pairs(criteria: str) -> tuple[tuple[str, str], ...]:
    return pairs(criteria.removeprefix("?"))
