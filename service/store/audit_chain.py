"""The chain of the audit: what a seal holds, and whether everything still is as it was sealed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from service.fhir.access import Access
from service.store.database import Database, Transaction

NOTHING = bytes(32)
"""What the first hash holds in the place of the one before."""
SEALS = """
SELECT batch, from_xid, to_xid, floor, first, last, newest, rows, hash, dropped FROM audit_seal
WHERE tenant_id = $1
"""
HEAD = f"{SEALS} ORDER BY batch DESC LIMIT 1"
AFTER = f"{SEALS} AND batch > $2 ORDER BY batch LIMIT 1"
ROWS = """
SELECT count(*) AS rows, min(sequence) AS first, max(sequence) AS last, max(recorded) AS newest,
    max(xid) + 1 AS to_xid,
    sha256(coalesce(string_agg(convert_to(json_build_array(
        sequence, xid, (extract(epoch FROM recorded) * 1000)::bigint, action, subtype, outcome,
        agent, client, patient, type, id, version, query, matches, request
    )::text, 'UTF8'), '\\x0a'::bytea ORDER BY xid, sequence), '')) AS digest
FROM audit
WHERE tenant_id = $1 AND xid >= $2 AND xid < $3 AND sequence BETWEEN $4 AND $5
"""
"""The digest is over the rows in their order, each a line of JSON."""
HASH = """
SELECT sha256($1::bytea || $2::bytea || convert_to(json_build_array(
    $3::uuid, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::bigint, $10::bigint
)::text, 'UTF8'))
"""
WATERMARK = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
HIGHEST = "SELECT coalesce(max(last), 0) FROM audit_seal WHERE tenant_id = $1"
STANDING = """
SELECT count(*) AS rows,
    count(*) FILTER (WHERE sequence > $2 AND xid >= $3 OR sequence > $4) AS unsealed
FROM audit WHERE tenant_id = $1
"""
ENDLESS = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Seal:
    """A row of `audit_seal`; see `audit_tables.AuditSeal`."""

    batch: int = 0
    from_xid: int = 0
    to_xid: int = 0
    floor: int = 0
    first: int = 0
    last: int = 0
    newest: datetime | None = None
    rows: int = 0
    hash: bytes = NOTHING
    dropped: bool = False


BEGINNING = Seal()


@dataclass(frozen=True, kw_only=True)
class Digest:
    """The rows that a seal is about, as they stand."""

    rows: int
    first: int | None
    last: int | None
    newest: datetime | None
    to_xid: int | None
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a look at the whole chain found."""

    rows: int
    """That stand, sealed or not."""
    batches: int
    dropped: int
    """Batches whose rows were let go after their time."""
    unsealed: int
    broken: int | None
    """The first batch that is not as it was sealed."""
    strays: int
    """Rows that belong to no batch and came too late to be in the next."""
    missing_known: bool
    """The hash that was asked for is not in the chain."""
    head: bytes

    @property
    def intact(self) -> bool:
        return self.broken is None and not self.strays and not self.missing_known


async def newest(tx: Transaction) -> Seal:
    """The end of the chain."""
    row = await tx.connection.fetchrow(HEAD, tx.tenant)
    return BEGINNING if row is None else Seal(**dict(row))


async def digest(tx: Transaction, from_xid: int, to_xid: int, first: int, last: int) -> Digest:
    """Of the rows between two transactions and two sequences."""
    row = await tx.connection.fetchrow(ROWS, tx.tenant, from_xid, to_xid, first, last)
    return Digest(**dict(row))


async def hashed(tx: Transaction, before: bytes, seal: Seal, rows: bytes) -> bytes:
    """What `seal` must have as its hash."""
    found: bytes = await tx.connection.fetchval(
        HASH,
        before,
        rows,
        tx.tenant,
        seal.batch,
        seal.from_xid,
        seal.to_xid,
        seal.floor,
        seal.first,
        seal.last,
        seal.rows,
    )
    return found


async def verify(database: Database, access: Access, known: bytes | None = None) -> Verdict:
    """Compute the chain anew; `known` is a hash that must be in it."""
    last, broken, batches, dropped, kept = BEGINNING, None, 0, 0, 0
    missing = known is not None and known != NOTHING
    async for seal, holds in _seals(database, access):
        batches += 1
        dropped += seal.dropped
        kept += 0 if seal.dropped else seal.rows
        missing = missing and seal.hash != known
        if broken is None and not (holds and seal.batch == last.batch + 1):
            broken = last.batch + 1
        last = seal
    rows, unsealed = await _standing(database, access, last)
    return Verdict(
        rows=rows,
        batches=batches,
        dropped=dropped,
        unsealed=unsealed,
        broken=broken,
        strays=max(0, rows - kept - unsealed) if broken is None else 0,
        missing_known=missing,
        head=last.hash,
    )


async def _seals(database: Database, access: Access) -> AsyncIterator[tuple[Seal, bool]]:
    """Each in its order, and whether its rows and the one before are as they were sealed."""
    before = BEGINNING
    while True:
        async with database.reading(access) as tx:
            row = await tx.connection.fetchrow(AFTER, tx.tenant, before.batch)
            if row is None:
                return
            seal = Seal(**dict(row))
            holds = seal.dropped or await _holds(tx, before.hash, seal)
        yield seal, holds
        before = seal


async def _holds(tx: Transaction, before: bytes, seal: Seal) -> bool:
    found = await digest(tx, seal.from_xid, seal.to_xid, seal.first, seal.last)
    if (found.rows, found.first, found.last) != (seal.rows, seal.first, seal.last):
        return False
    return await hashed(tx, before, seal, found.digest) == seal.hash


async def _standing(database: Database, access: Access, last: Seal) -> tuple[int, int]:
    """All rows, and those that the next batches will hold."""
    async with database.reading(access) as tx:
        restored = await tx.connection.fetchval(WATERMARK) < last.to_xid
        highest = await tx.connection.fetchval(HIGHEST, tx.tenant) if restored else ENDLESS
        row = await tx.connection.fetchrow(STANDING, tx.tenant, last.floor, last.to_xid, highest)
    return row["rows"], row["unsealed"]
