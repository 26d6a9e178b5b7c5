"""Pages of coded values that are found under several values of a column, in the order of time.

An index has the rows of each value in that order, one value after the other. So a page is made of
the first rows of each, as many as the page holds, and need not read and sort all there are.
"""

from msgspec import Struct

from service.store.clauses.order import Order
from service.store.clauses.probe import TENANT, Arguments, Lanes


class Reading(Struct, frozen=True, kw_only=True):
    """The rows of a page, as SQL."""

    where: str
    """What holds of the row `d` of coded values."""
    sorting: Order
    limit: str


def merged(lanes: Lanes, reading: Reading, arguments: Arguments) -> str:
    """SQL for the rows of the page: a query of the columns of `Order.selected`."""
    columns = "row_id" + "".join(f", k{place}" for place in range(len(reading.sorting.keys)))
    each = f"({_values(lanes, arguments)}) AS lane (value)"
    own = _first(lanes, reading, "= lane.value")
    parts = [f"SELECT {columns} FROM {each} CROSS JOIN LATERAL ({own}) r"]
    if lanes.nullable:
        parts.append(f"SELECT {columns} FROM ({_first(lanes, reading, 'IS NULL')}) r")
    return (
        f"SELECT DISTINCT {columns} FROM ({' UNION ALL '.join(parts)}) f"
        f" ORDER BY {reading.sorting.sql('row_id')} LIMIT {reading.limit}"
    )


def _first(lanes: Lanes, reading: Reading, which: str) -> str:
    """The first rows of one value, or of none, which the planner does not know to be alike: so the
    order says the column first, as the index has it."""
    own, sorting = f"d.{lanes.column}", reading.sorting
    way = "ASC" if sorting.keys[0].descending else "DESC"
    return (
        f"SELECT DISTINCT {own} AS own, d.row_id{sorting.selected} FROM coded_value d"
        f" WHERE {reading.where} AND {own} {which}"
        f" ORDER BY own {way}, {sorting.sql('d.row_id')} LIMIT {reading.limit}"
    )


def _values(lanes: Lanes, arguments: Arguments) -> str:
    if lanes.values:
        return f"SELECT unnest({arguments.add(list(lanes.values))}::bigint[])"
    return lanes.query or _steps(lanes)


def _steps(lanes: Lanes) -> str:
    """Every value there is, by steps through the index from each to the next."""
    own, there = f"c.{lanes.column}", f"c.tenant_id = {TENANT} AND {lanes.there}"
    one = f"SELECT {own} FROM coded_value c WHERE {there}"
    last = f"ORDER BY {own} LIMIT 1"
    return (
        f"WITH RECURSIVE step (value) AS (({one} AND {own} IS NOT NULL {last}) UNION ALL"
        f" SELECT ({one} AND {own} > s.value {last}) FROM step s WHERE s.value IS NOT NULL)"
        " SELECT value FROM step WHERE value IS NOT NULL"
    )
