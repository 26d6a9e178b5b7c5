"""Replacing index rows without touching the resources they belong to."""

from collections.abc import Mapping, Sequence

from service.fhir.resource import Version
from service.store import statements
from service.store.database import Transaction
from service.store.index import COLUMNS, IndexRows
from service.store.store import version

AFTER = """
SELECT row_id, type, id, version, last_updated, derived, body FROM resource
WHERE tenant_id = $1 AND row_id > $2 AND body IS NOT NULL
ORDER BY row_id LIMIT $3 FOR UPDATE
"""


async def after(tx: Transaction, row_id: int, count: int) -> Sequence[tuple[int, Version]]:
    """The next resources by row id, locked until the transaction ends."""
    rows = await tx.connection.fetch(AFTER, tx.tenant, row_id, count)
    return [(row["row_id"], version(row)) for row in rows]


async def replace(tx: Transaction, fresh: Mapping[int, IndexRows]) -> None:
    """Put these rows in the place of all that hang on the row ids."""
    for table, columns in COLUMNS.items():
        await tx.connection.execute(
            f"DELETE FROM {table} WHERE tenant_id = $1 AND row_id = ANY ($2::bigint[])",
            tx.tenant,
            list(fresh),
        )
        rows = [(row_id, *row) for row_id, of in fresh.items() for row in getattr(of, table)]
        if rows:
            arrays = [list(column) for column in zip(*rows, strict=True)]
            await tx.connection.execute(statements.insert_rows(table, columns), tx.tenant, *arrays)
