"""Replacing index rows without touching the resources they belong to."""

from collections.abc import Mapping, Sequence

from service.fhir.resource import Version
from service.store import statements
from service.store.database import Transaction
from service.store.hashing import type_key
from service.store.index import COLUMNS, LAYOUT, IndexRows
from service.store.store import version

LAYOUT_OF = "SELECT index_layout FROM tenant WHERE tenant_id = $1"
SAVE_LAYOUT = "UPDATE tenant SET index_layout = $2 WHERE tenant_id = $1"
AFTER = """
SELECT row_id, type, id, version, last_updated, derived, patient, body FROM resource
WHERE tenant_id = $1 AND type_key = $2 AND row_id > $3 AND body IS NOT NULL
ORDER BY row_id LIMIT $4 FOR UPDATE
"""


async def current(tx: Transaction) -> bool:
    """Whether the tenant's index rows are of the layout that is written and read today."""
    return bool(await tx.connection.fetchval(LAYOUT_OF, tx.number) == LAYOUT)


async def made_current(tx: Transaction) -> None:
    await tx.connection.execute(SAVE_LAYOUT, tx.number, LAYOUT)


async def after(
    tx: Transaction, type_name: str, row_id: int, count: int
) -> Sequence[tuple[int, Version]]:
    """The next resources of a type by row id, locked until the transaction ends."""
    rows = await tx.connection.fetch(AFTER, tx.number, type_key(type_name), row_id, count)
    return [(row["row_id"], version(row)) for row in rows]


async def replace(tx: Transaction, fresh: Mapping[int, IndexRows]) -> None:
    """Put these rows in the place of all that hang on these row ids."""
    if shared := sorted({row for of in fresh.values() for row in of.wording}):
        arrays = statements.arrays(shared)
        await tx.connection.execute(statements.insert_shared(), tx.number, *arrays)
    for table, columns in COLUMNS.items():
        await tx.connection.execute(
            f"DELETE FROM {table} WHERE tenant_id = $1 AND row_id = ANY ($2::bigint[])",
            tx.number,
            list(fresh),
        )
        rows = [(row_id, *row) for row_id, of in fresh.items() for row in getattr(of, table)]
        if rows:
            arrays = statements.arrays(rows)
            await tx.connection.execute(statements.insert_rows(table, columns), tx.number, *arrays)
