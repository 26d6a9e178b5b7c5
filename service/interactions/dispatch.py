"""From a request to the interaction that answers it, by HTTP and from a Bundle alike."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType

from service.errors import BadRequest, MethodNotAllowed, NotFound
from service.fhir.access import Access
from service.fhir.search.refusal import quoted
from service.fhir.types import TYPES
from service.interactions import auditing, conditional, creations, operations, reads
from service.interactions.batch import bundle
from service.interactions.compartment import compartment
from service.interactions.context import Context, Dispatch, Site
from service.interactions.create import create, creation
from service.interactions.delete import delete
from service.interactions.history import history
from service.interactions.messages import Request, Response
from service.interactions.metadata import metadata
from service.interactions.patch import patch
from service.interactions.permission import allow, permit
from service.interactions.read import at, read, vread, wanted
from service.interactions.search import search
from service.interactions.search_all import search_all
from service.interactions.table import Interaction, is_id, offered_at
from service.interactions.update import update
from service.store import audit
from service.store.audit_reading import AUDIT_EVENT
from service.store.database import Transaction

Run = Callable[[Context, Request], Awaitable[Response]]

RUN: Mapping[str, Run] = MappingProxyType(
    {
        "compartment": compartment,
        "create": create,
        "delete": delete,
        "history": history,
        "patch": patch,
        "read": read,
        "search": search,
        "search-all": search_all,
        "update": update,
        "vread": vread,
    }
)
READING = frozenset(RUN) - {"create", "delete", "patch", "update"} | {"operation"}
"""What changes nothing; operations compute."""
METADATA = ("metadata",)
OPERATION = "operation"
"""The name that every operation goes by among the interactions."""


async def answer(site: Site, access: Access, request: Request) -> Response:
    """The answer in a transaction of its own, which is committed when this returns."""
    site = site.of(access.tenant)
    name = chosen(site, request)
    if name == "capabilities":
        return metadata(site, request)
    try:
        permitted(site, access, name, request)
        if name == "bundle":
            return await bundle(site, access, request, DISPATCH)
        return await _alone(site, access, name, request)
    except Exception as error:
        await auditing.refused(site, access, name, request, error)
        raise


async def _alone(site: Site, access: Access, name: str, request: Request) -> Response:
    if name == "read" and request.path[0] != AUDIT_EVENT:
        version = await reads.current(site, access, at(request))
        response = wanted(site, request, version)
        await site.trail.record(access.tenant, auditing.traces(access, name, request, response))
        return response
    if name in READING:
        async with site.database.reading(access, by_key=True) as tx:
            response = await _run(site, name, request)(Context(site=site, tx=tx), request)
        told = auditing.traces(access, name, request, response)
        await site.trail.record(access.tenant, told)
        return response
    if name == "create" and conditional.condition(request) is None:
        return await creations.store(
            site,
            access.tenant,
            creation(site, access, request),
            lambda response: auditing.traces(access, name, request, response),
        )

    async def work(tx: Transaction) -> Response:
        response = await _run(site, name, request)(Context(site=site, tx=tx), request)
        audit.record(tx, auditing.traces(access, name, request, response))
        return response

    return await site.database.run(access, work)


async def within(context: Context, request: Request) -> Response:
    """The answer as part of a transaction that is already open."""
    access, name = context.tx.access, chosen(context.site, request)
    permitted(context.site, access, name, request)
    response = await _run(context.site, name, request)(context, request)
    audit.record(context.tx, auditing.traces(access, name, request, response))
    return response


def permitted(site: Site, access: Access, name: str, request: Request) -> None:
    """Raises `Forbidden` where the caller may not ask this, whatever is stored."""
    if name == OPERATION:
        asked = operations.chosen(site, _method(request), request.path).operation
        allow(access, request.path[:1] if len(request.path) > 1 else TYPES, asked.verbs)
    else:
        permit(access, name, request)


def _run(site: Site, name: str, request: Request) -> Run:
    return (
        operations.chosen(site, _method(request), request.path).run
        if name == OPERATION
        else RUN[name]
    )


def chosen(site: Site, request: Request) -> str:
    """The name of the interaction that a request asks for.

    Raises `NotFound` where nothing is at the address, `MethodNotAllowed` where it offers something
    else, `BadRequest` where what is offered takes no such query or id.
    """
    path = request.path
    method = _method(request)
    if path and path != METADATA and path[0] not in TYPES and not path[0].startswith(("$", "_")):
        raise NotFound(f"There is no resource type {quoted(path[0])} here.")
    if path and path[-1].startswith("$"):
        operations.chosen(site, method, path)
        name, takes_parameters = OPERATION, True
    else:
        row = _row(method, path)
        name, takes_parameters = row.name, row.parameters
    if len(path) > 1 and not path[1].startswith(("_", "$")):
        _refuse_no_id(method, path[1])
    if request.query and not takes_parameters and not request.prefer.lenient:
        raise BadRequest(f"No parameter {quoted(request.query[0][0])} is taken here.")
    return name


def _row(method: str, path: tuple[str, ...]) -> Interaction:
    fitting = offered_at(path)
    if not fitting:
        raise NotFound("Nothing is offered at this address.")
    offered = [row for row in fitting if not row.writes or TYPES[path[0]].writable]
    row = next((row for row in offered if row.method == method), None)
    if row is None:
        raise _not_allowed(method, _place(fitting, path), [row.method for row in offered])
    return row


def _method(request: Request) -> str:
    return "GET" if request.method == "HEAD" else request.method


def _not_allowed(method: str, place: str, offered: Sequence[str]) -> MethodNotAllowed:
    allowed = [*offered, *(["HEAD"] if "GET" in offered else [])]
    return MethodNotAllowed(f"{method} is not offered at {place}.", allowed=allowed)


def _place(fitting: Sequence[Interaction], path: tuple[str, ...]) -> str:
    """The address as a pattern: what was sent is not repeated."""
    return "/".join((*path[:1], *fitting[0].path[1:])) or "the base"


def _refuse_no_id(method: str, text: str) -> None:
    """No resource can be where no id is: only who wants to put one there is told the rule."""
    if is_id(text):
        return
    if method == "PUT":
        raise BadRequest("An id is 1 to 64 letters, digits, '-' and '.'.", expression="id")
    raise NotFound("There is no such resource: an id is 1 to 64 letters, digits, '-' and '.'.")


DISPATCH = Dispatch(choose=chosen, permitted=permitted, alone=answer, within=within)
