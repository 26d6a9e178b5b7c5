"""The operations of generic FHIR, one row each; what the records are about adds its own at a port.

http://hl7.org/fhir/R4/operations.html
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from service.errors import MethodNotAllowed, NotFound
from service.fhir.search.refusal import quoted
from service.interactions import everything, validate
from service.interactions.context import Context, Site
from service.interactions.lastn import LASTN, lastn
from service.interactions.messages import Request, Response
from service.interactions.operation import operate
from service.interactions.ports import Operation
from service.interactions.stats import STATS, stats
from service.interactions.table import Level, fits, levels

Run = Callable[[Context, Request], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """An operation and what answers it."""

    operation: Operation
    run: Run


GENERIC: tuple[Row, ...] = (
    Row(operation=everything.OPERATION, run=everything.everything),
    Row(operation=validate.OPERATION, run=validate.validate),
    Row(operation=LASTN, run=lastn),
    Row(operation=STATS, run=stats),
)


def offered(site: Site) -> Sequence[Row]:
    """Every operation of the site."""
    return (*GENERIC, *(Row(operation=o, run=operate(o)) for o in site.ports.operations))


def chosen(site: Site, method: str, path: tuple[str, ...]) -> Row:
    """The operation at an address that ends in `$name`; HEAD counts as GET.

    Raises `NotFound` where there is none, `MethodNotAllowed` where it is asked in another way.
    """
    here = [row for row in offered(site) if _stands(row.operation, path)]
    if not here:
        raise NotFound(f"There is no operation {quoted(path[-1].removeprefix('$'))} here.")
    row = here[0]
    if method not in row.operation.methods:
        allowed = [*row.operation.methods, *(["HEAD"] if "GET" in row.operation.methods else [])]
        raise MethodNotAllowed(f"{method} is not offered at {path[-1]}.", allowed=allowed)
    return row


def _stands(operation: Operation, path: tuple[str, ...]) -> bool:
    if path[-1] != f"${operation.name}":
        return False
    for level in operation.levels:
        if fits(levels(level), path[:-1]) and (
            level is Level.SYSTEM or operation.types is None or path[0] in operation.types
        ):
            return True
    return False
