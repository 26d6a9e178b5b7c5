"""Pages of coded values that have a code and meet a condition on its value, in the order of time.

The planner knows how often a code is, and a value, but not which codes have which values. Where it
takes what nearly all rows of the code meet for rare, it reads them all and sorts them. So the first
rows of the code in the order of time are looked at before: mostly they hold a page already.
"""

from service.store.clauses.lanes import Reading
from service.store.clauses.probe import FENCE, TENANT

PEEKED = 1_000
"""Rows that are looked at, beside twice the page."""


def peeked(ahead: str, reading: Reading) -> str:
    """SQL for the rows of the page: a query of the columns of `Order.selected`. `ahead` is what an
    index has in the order of time, as SQL on the row `d`, and less than all that is asked."""
    sorting, limit = reading.sorting, reading.limit
    (key,) = sorting.keys
    order = f"ORDER BY {sorting.sql('d.row_id')} LIMIT {limit}"
    first = (
        f"SELECT d.* FROM coded_value d WHERE d.tenant_id = {TENANT} AND {ahead}"
        f" ORDER BY {key.sql} {key.order}, d.row_id LIMIT {PEEKED} + 2 * {limit}::bigint"
    )
    # What is rare among them is read from the index of values, as the planner would not have it.
    rest = f"SELECT d.* FROM coded_value d WHERE {reading.where} {FENCE}"
    page = f"SELECT DISTINCT d.row_id{sorting.selected} FROM"
    return (
        f"WITH peek AS MATERIALIZED ({page} ({first}) d WHERE {reading.where} {order})"
        f" SELECT * FROM peek WHERE (SELECT count(*) FROM peek) >= {limit}"
        f" UNION ALL (SELECT * FROM ({page} ({rest}) d {order}) rest"
        f" WHERE (SELECT count(*) FROM peek) < {limit})"
    )
