"""Replacing index rows without touching the resources they belong to."""

from collections.abc import Mapping, Sequence

from service.fhir.resource import Identity, Version
from service.store import statements
from service.store.database import Transaction
from service.store.hashing import hash64
from service.store.index import COLUMNS, LAYOUT, IndexRows
from service.store.store import version

LAYOUT_OF = "SELECT index_layout FROM tenant WHERE tenant_id = $1"
SAVE_LAYOUT = "UPDATE tenant SET index_layout = $2 WHERE tenant_id = $1"
AFTER = """
SELECT row_id, type, id, version, last_updated, derived, patient, body FROM resource
WHERE tenant_id = $1 AND type = $2 AND row_id > $3 AND body IS NOT NULL
ORDER BY row_id LIMIT $4 FOR UPDATE
"""
NAMED = """
UPDATE resource r SET self = named.self
FROM unnest($2::text[], $3::text[], $4::bigint[]) AS named (type, id, self)
WHERE r.tenant_id = $1 AND r.type = named.type AND r.id = named.id AND r.self <> named.self
"""


async def current(tx: Transaction) -> bool:
    """Whether the tenant's index rows are of the layout that is written and read today."""
    return bool(await tx.connection.fetchval(LAYOUT_OF, tx.tenant) == LAYOUT)


async def made_current(tx: Transaction) -> None:
    await tx.connection.execute(SAVE_LAYOUT, tx.tenant, LAYOUT)


async def after(
    tx: Transaction, type_name: str, row_id: int, count: int
) -> Sequence[tuple[int, Version]]:
    """The next resources of a type by row id, locked until the transaction ends."""
    rows = await tx.connection.fetch(AFTER, tx.tenant, type_name, row_id, count)
    return [(row["row_id"], version(row)) for row in rows]


async def replace(tx: Transaction, fresh: Mapping[int, tuple[Identity, IndexRows]]) -> None:
    """Put these rows in the place of all that hang on the row ids of these resources."""
    identities = [identity for identity, _ in fresh.values()]
    await tx.connection.execute(
        NAMED,
        tx.tenant,
        [identity.type for identity in identities],
        [identity.id for identity in identities],
        [hash64(str(identity)) for identity in identities],
    )
    for table, columns in COLUMNS.items():
        await tx.connection.execute(
            f"DELETE FROM {table} WHERE tenant_id = $1 AND row_id = ANY ($2::bigint[])",
            tx.tenant,
            list(fresh),
        )
        rows = [(row_id, *row) for row_id, (_, of) in fresh.items() for row in getattr(of, table)]
        if rows:
            arrays = [list(column) for column in zip(*rows, strict=True)]
            await tx.connection.execute(statements.insert_rows(table, columns), tx.tenant, *arrays)
