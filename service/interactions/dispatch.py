"""From a request to the interaction that answers it, by HTTP and from a Bundle alike."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from service.errors import BadRequest, MethodNotAllowed, NotFound
from service.fhir.access import Access
from service.fhir.types import TYPES
from service.interactions.batch import bundle
from service.interactions.context import Context, Dispatch, Site
from service.interactions.create import create
from service.interactions.delete import delete
from service.interactions.history import history
from service.interactions.messages import Request, Response
from service.interactions.metadata import metadata
from service.interactions.operation import operate
from service.interactions.read import read, vread
from service.interactions.search import search
from service.interactions.table import INTERACTIONS, fits
from service.interactions.update import update
from service.store.database import Transaction

Run = Callable[[Context, Request], Awaitable[Response]]

RUN: Mapping[str, Run] = MappingProxyType(
    {
        "create": create,
        "delete": delete,
        "history": history,
        "operation": operate,
        "read": read,
        "search": search,
        "update": update,
        "vread": vread,
    }
)


async def answer(site: Site, access: Access, request: Request) -> Response:
    """The answer in a transaction of its own, which is committed when this returns."""
    name = chosen(site, request)
    if name == "capabilities":
        return metadata(site)
    if name == "bundle":
        return await bundle(site, access, request, DISPATCH)

    async def work(tx: Transaction) -> Response:
        return await RUN[name](Context(site=site, tx=tx), request)

    return await site.database.run(access, work)


async def within(context: Context, request: Request) -> Response:
    """The answer as part of a transaction that is already open."""
    return await RUN[chosen(context.site, request)](context, request)


def chosen(site: Site, request: Request) -> str:
    """The name of the interaction. Raises `NotFound` or `MethodNotAllowed` where none fits."""
    path = request.path
    method = "GET" if request.method == "HEAD" else request.method
    if path and path[-1].startswith("$"):
        return _operation(site, method, path)
    fitting = [row for row in INTERACTIONS if fits(row.path, path)]
    if path and path[0] not in TYPES and path != ("metadata",):
        raise NotFound(f"{path[0]} is not a resource type of this server.", expression=path[0])
    if not fitting:
        raise NotFound(f"Nothing is offered at {'/'.join(path)}.")
    row = next((row for row in fitting if row.method == method), None)
    if row is None or (row.writes and not TYPES[path[0]].writable):
        raise MethodNotAllowed(f"{method} is not offered at {_place(path)}.")
    if request.query and not row.parameters and not request.prefer.lenient:
        name = request.query[0][0]
        raise BadRequest(f"{method} at {_place(path)} takes no parameter {name}.")
    return row.name


def _operation(site: Site, method: str, path: tuple[str, ...]) -> str:
    names = [f"${operation.name}" for operation in site.ports.operations]
    if not fits(("Patient", "{id}"), path[:-1]) or path[-1] not in names:
        raise NotFound(f"There is no operation {path[-1]} at {'/'.join(path[:-1]) or 'the base'}.")
    if method != "GET":
        raise MethodNotAllowed(f"{path[-1]} is asked for with GET.")
    return "operation"


def _place(path: tuple[str, ...]) -> str:
    return "/".join(path) or "the base"


DISPATCH = Dispatch(choose=chosen, alone=answer, within=within)
