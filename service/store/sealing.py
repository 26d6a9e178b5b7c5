"""Chaining the audit: batches of rows, each under a hash that holds all before it.

A batch is what the transactions before the watermark wrote: none of them is under way any more, so
nothing can come to it later. After a restore elsewhere, where transactions count anew, the chain
goes on: what stood unsealed is sealed first, and what came since has higher sequences.
"""

from dataclasses import replace
from datetime import timedelta

from service.fhir.access import Access
from service.store.audit_chain import (
    ENDLESS,
    HIGHEST,
    SEALS,
    WATERMARK,
    Seal,
    digest,
    hashed,
    newest,
)
from service.store.database import Database, Transaction
from service.store.hashing import hash64

AT_ONCE = 10_000
"""About so many rows make a batch at the most; those of one transaction stay together."""
TURN = "SELECT pg_try_advisory_xact_lock($1)"
END = """
SELECT xid + 1 FROM audit
WHERE tenant_id = $1 AND xid >= $2 AND xid < $3 AND sequence > $4
ORDER BY xid OFFSET $5 LIMIT 1
"""
INSERT = """
INSERT INTO audit_seal
    (tenant_id, batch, from_xid, to_xid, floor, first, last, newest, rows, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
OLDEST = f"""
SELECT * FROM ({SEALS} AND NOT dropped ORDER BY batch LIMIT 1) first
WHERE newest < now() - $2::interval
"""
DROP = "UPDATE audit_seal SET dropped = true WHERE tenant_id = $1 AND batch = $2"
FORGET = """
DELETE FROM audit
WHERE tenant_id = $1 AND xid >= $2 AND xid < $3 AND sequence BETWEEN $4 AND $5
"""


async def seal(database: Database, access: Access, *, at_once: int = AT_ONCE) -> int:
    """Seal everything that can be; the answer is how many rows that were. One process at a time
    does, the others leave it to that one."""
    sealed = 0
    while True:
        async with database.begin(access) as tx:
            rows = await _next(tx, at_once) if await _turn(tx) else 0
        sealed += rows
        if not rows:
            return sealed


async def drop(database: Database, access: Access, days: int) -> int:
    """Let go of the rows of whole batches, from the first on, that are older than `days`; their
    seals stay. The answer is how many batches that were."""
    dropped = 0
    while True:
        async with database.begin(access) as tx:
            oldest = await _oldest(tx, days) if await _turn(tx) else None
            if oldest is None:
                return dropped
            await tx.connection.execute(DROP, tx.tenant, oldest.batch)
            await tx.connection.execute(
                FORGET, tx.tenant, oldest.from_xid, oldest.to_xid, oldest.first, oldest.last
            )
        dropped += 1


async def _turn(tx: Transaction) -> bool:
    return bool(await tx.connection.fetchval(TURN, hash64("audit", str(tx.tenant))))


async def _oldest(tx: Transaction, days: int) -> Seal | None:
    row = await tx.connection.fetchrow(OLDEST, tx.tenant, timedelta(days=days))
    return None if row is None else Seal(**dict(row))


async def _next(tx: Transaction, at_once: int) -> int:
    """Seal one batch; 0 where there is none."""
    head = await newest(tx)
    watermark: int = await tx.connection.fetchval(WATERMARK)
    if watermark >= head.to_xid:
        following = replace(head, from_xid=head.to_xid, to_xid=watermark)
        return await _sealed(tx, head, following, at_once)
    left = replace(head, from_xid=head.to_xid, to_xid=ENDLESS)
    if rows := await _sealed(tx, head, left, at_once):
        return rows
    highest: int = await tx.connection.fetchval(HIGHEST, tx.tenant)
    anew = replace(head, from_xid=0, to_xid=watermark, floor=highest)
    return await _sealed(tx, head, anew, at_once)


async def _sealed(tx: Transaction, head: Seal, wanted: Seal, at_once: int) -> int:
    """Seal the first of what lies in the bounds of `wanted`."""
    end = await tx.connection.fetchval(
        END, tx.tenant, wanted.from_xid, wanted.to_xid, wanted.floor, at_once - 1
    )
    to_xid = end or wanted.to_xid
    found = await digest(tx, wanted.from_xid, to_xid, wanted.floor + 1, ENDLESS)
    if not found.rows:
        return 0
    assert found.first is not None
    assert found.last is not None
    assert found.to_xid is not None
    made = Seal(
        batch=head.batch + 1,
        from_xid=wanted.from_xid,
        to_xid=found.to_xid,
        floor=wanted.floor,
        first=found.first,
        last=found.last,
        newest=found.newest,
        rows=found.rows,
    )
    await tx.connection.execute(
        INSERT,
        tx.tenant,
        made.batch,
        made.from_xid,
        made.to_xid,
        made.floor,
        made.first,
        made.last,
        made.newest,
        made.rows,
        await hashed(tx, head.hash, made, found.digest),
    )
    return made.rows
