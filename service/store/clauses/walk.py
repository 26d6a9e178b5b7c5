"""Pages in the order of a value that an index has: dates, strings and numbers by their table's.

Where all of a type are asked for, a search walks along the index of what it is sorted by, instead
of looking up the value of every resource. Each resource is met once, where its least or greatest
value stands; those without a value come when the walk is over.
"""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from service.fhir.search.extract import IN_ROW
from service.fhir.search.parameters import Kind
from service.fhir.search.query import Query, View
from service.store.clauses.coded import KIND
from service.store.clauses.order import Order, Place
from service.store.clauses.outermost import COLUMNS
from service.store.clauses.probe import FENCE, TENANT, Arguments
from service.store.hashing import hash64

TABLES: Mapping[Kind, tuple[str, str, str]] = MappingProxyType(
    {
        Kind.DATE: ("moment", "low", "timestamptz"),
        Kind.QUANTITY: ("amount", "low", "float8"),
        Kind.STRING: ("phrase", "folded", "text"),
        Kind.URI: ("phrase", "folded", "text"),
    }
)
"""Where the values of a kind stand, in which column, of which SQL type."""


class Page(Struct, frozen=True, kw_only=True):
    """What is asked for."""

    where: str
    """SQL on the row `d` of resources, without the place to go on from."""
    sorting: Order
    places: tuple[Place, ...] | None
    """Of the row that the page goes on from; None for the first page."""
    row_id: int = 0
    limit: str


def walkable(query: Query) -> bool:
    """Whether an index has what comes first in the order, and nearly all on the way is found: where
    little is, the walk would be long."""
    asked = query.clauses or query.links or query.compartment
    if asked or not query.sort or any(view != View() for view in query.sight.views):
        return False
    parameter = query.sort[0].parameter
    if parameter.name in IN_ROW or (query.type == KIND and parameter.name in COLUMNS):
        return False
    return parameter.kind in TABLES


def walked(query: Query, page: Page, arguments: Arguments) -> str:
    """SQL for the rows of the page: a query of the columns of `Order.selected`."""
    table, column, kind = TABLES[query.sort[0].parameter.kind]
    key = arguments.add(hash64(query.type, query.sort[0].parameter.name))
    first, *rest = page.sorting.keys
    there = replace(page.sorting, keys=(replace(first, sql=f"m.{column}", nullable=False), *rest))
    without = replace(page.sorting, keys=(replace(first, sql=f"null::{kind}"), *rest))
    columns = "row_id" + "".join(f", k{place}" for place in range(len(page.sorting.keys)))
    return f"""
        WITH walk AS MATERIALIZED (
            SELECT DISTINCT d.row_id{there.selected} FROM {table} m, LATERAL (
                SELECT d.row_id FROM resource d
                WHERE d.row_id = m.row_id AND {page.where} {FENCE}
            ) d
            WHERE m.tenant_id = {TENANT} AND m.key = {key} AND m.{column} = {first.sql}
                AND {_after(there, page, arguments)}
            ORDER BY {there.sql("d.row_id")} LIMIT {page.limit}
        )
        SELECT {columns} FROM (
            SELECT {columns} FROM walk
            UNION ALL
            (SELECT d.row_id{without.selected} FROM resource d
            WHERE (SELECT count(*) FROM walk) < {page.limit} AND {page.where}
                AND {first.sql} IS NULL
                AND {_after(without, page, arguments)}
            ORDER BY {without.sql("d.row_id")} LIMIT {page.limit})
        ) f ORDER BY {page.sorting.sql("row_id")} LIMIT {page.limit}
    """


def _after(part: Order, page: Page, arguments: Arguments) -> str:
    """What is left of the part with a value, whose key cannot be null, or of that without."""
    if page.places is None:
        return "true"
    valued, come = not part.keys[0].nullable, page.places[0] is not None
    if valued != come:
        return "false" if valued else "true"
    if valued:
        return part.after(page.places, page.row_id, arguments)
    return replace(part, keys=part.keys[1:]).after(page.places[1:], page.row_id, arguments)
