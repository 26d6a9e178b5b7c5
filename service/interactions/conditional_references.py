"""References by condition in a transaction, `Type?criteria`.

http://hl7.org/fhir/R4/http.html#trules: they are resolved last, so what the transaction itself
stores can meet them.
"""

from collections.abc import Iterator, Sequence

from service.errors import BadRequest, PreconditionFailed, ServiceError
from service.fhir.references import references
from service.fhir.resource import Identity
from service.fhir.search.matches import matches
from service.fhir.search.query import Query
from service.fhir.types import TYPES
from service.interactions.conditional import matching, query, several, written
from service.interactions.context import Context
from service.interactions.entry import located
from service.interactions.plan import Planned


async def resolved(context: Context, writes: Sequence[Planned]) -> dict[str, str]:
    """What each condition stands for. Raises `PreconditionFailed` where nothing or more than one
    resource meets it."""
    found = dict[str, str]()
    for step, path, text in _asking(writes):
        if text not in found:
            try:
                found[text] = str(await _sole(context, text, path, writes))
            except ServiceError as error:
                raise located(error, step.entry) from error
    return found


def _asking(writes: Sequence[Planned]) -> Iterator[tuple[Planned, str, str]]:
    for step in writes:
        for path, text in references(step.resource):
            type_name, mark, _ = text.partition("?")
            if mark and type_name in TYPES and text not in step.kept:
                yield step, path, text


async def _sole(context: Context, text: str, path: str, writes: Sequence[Planned]) -> Identity:
    type_name, _, criteria = text.partition("?")
    condition = query(context, written(type_name, criteria))
    if condition.links:
        raise BadRequest(
            f"The condition at {path} is about other resources, some of which may only come with"
            " this transaction: chains and '_has' are not taken here.",
            expression=path,
        )
    candidates = await _candidates(context, condition, writes)
    if not candidates:
        raise PreconditionFailed(f"No {type_name} meets the condition at {path}.", expression=path)
    if len(candidates) > 1:
        raise several(condition)
    return candidates.pop()


async def _candidates(
    context: Context, condition: Query, writes: Sequence[Planned]
) -> set[Identity]:
    """What meets a condition once the transaction is done."""
    arriving = {step.identity: step for step in writes if step.identity.type == condition.type}
    stored = await matching(context, condition, most=len(arriving) + 2)
    staying = {version.identity for version in stored} - arriving.keys()
    return staying | {i for i, step in arriving.items() if matches(step.resource, condition)}
