"""The audit cannot be changed through the service, and a change by its owner shows."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from service.fhir.access import LOCAL_TENANT, Access
from service.fhir.audit_event import Trace
from service.store import audit
from service.store.audit_chain import Verdict, verify
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.sealing import drop, seal
from tests.door import UNHELD


async def written(database: Database, access: Access, *ids: str) -> None:
    """One row for each, in one transaction."""
    async with database.begin(access) as tx:
        audit.record(
            tx,
            [
                Trace(action="R", subtype="read", agent="local", type="Patient", id=i, patient=i)
                for i in ids
            ],
        )


@pytest.fixture
async def owner(cluster: Cluster) -> AsyncIterator[asyncpg.Connection]:
    """Somebody who can do anything to the database."""
    connection = await asyncpg.connect(cluster.maintenance_dsn)
    await connection.execute(UNHELD)
    yield connection
    await connection.close()


@pytest.fixture
async def sealed(database: Database, access: Access) -> Database:
    """Three batches of two rows, and one row that is not sealed."""
    for pair in ("ab", "cd", "ef"):
        await written(database, access, *pair)
        assert await seal(database, access) == 2
    await written(database, access, "g")
    return database


def told(verdict: Verdict) -> tuple[int, int, int, int | None]:
    return verdict.rows, verdict.batches, verdict.unsealed, verdict.broken


async def test_an_untouched_chain_holds(sealed: Database, access: Access) -> None:
    verdict = await verify(sealed, access)
    assert told(verdict) == (7, 3, 1, None)
    assert verdict.intact
    assert await seal(sealed, access) == 1
    assert told(await verify(sealed, access)) == (7, 4, 0, None)
    assert await seal(sealed, access) == 0


async def test_no_audit_is_a_chain_without_batches(database: Database, access: Access) -> None:
    assert await seal(database, access) == 0
    verdict = await verify(database, access)
    assert told(verdict) == (0, 0, 0, None)
    assert verdict.intact
    assert verdict.head == bytes(32)


TAMPERING = {
    "a row that was changed": ("UPDATE audit SET outcome = 4 WHERE id = 'c'", 2),
    "a row that was taken away": ("DELETE FROM audit WHERE id = 'd'", 2),
    "two rows that changed places": (
        """
        UPDATE audit a SET id = b.id, patient = b.patient FROM audit b
        WHERE (a.id, b.id) IN (('a', 'b'), ('b', 'a'))
        """,
        1,
    ),
    "a row that moved to another moment": (
        "UPDATE audit SET recorded = recorded + interval '1 ms' WHERE id = 'e'",
        3,
    ),
    "a row that changed batches": (
        "UPDATE audit SET xid = (SELECT xid FROM audit WHERE id = 'e') WHERE id = 'c'",
        2,
    ),
    "a batch that was taken away": (
        "DELETE FROM audit WHERE id IN ('c', 'd'); DELETE FROM audit_seal WHERE batch = 2",
        2,
    ),
    "a seal that was changed": ("UPDATE audit_seal SET floor = -1 WHERE batch = 1", 1),
}
"""What is done, and the first batch that it touches."""


@pytest.mark.parametrize("name", TAMPERING)
async def test_tampering_shows_in_the_first_batch_that_it_touches(
    name: str, sealed: Database, access: Access, owner: asyncpg.Connection
) -> None:
    statement, batch = TAMPERING[name]
    await owner.execute(statement)
    verdict = await verify(sealed, access)
    assert verdict.broken == batch
    assert not verdict.intact


async def test_a_row_that_is_slipped_in_belongs_nowhere(
    sealed: Database, access: Access, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        "INSERT INTO audit (tenant_id, recorded, xid, action, subtype, outcome, agent)"
        " SELECT tenant_id, recorded, xid, action, subtype, outcome, agent FROM audit"
        " WHERE id = 'c'"
    )
    verdict = await verify(sealed, access)
    assert verdict.strays == 1
    assert not verdict.intact


async def test_an_end_of_the_chain_that_was_written_down_tells_of_a_chain_cut_short(
    sealed: Database, access: Access, owner: asyncpg.Connection
) -> None:
    known = (await verify(sealed, access)).head
    assert (await verify(sealed, access, known)).intact
    await seal(sealed, access)
    assert (await verify(sealed, access, known)).intact
    await owner.execute("DELETE FROM audit_seal WHERE batch > 2; DELETE FROM audit WHERE id > 'd'")
    assert (await verify(sealed, access)).intact
    assert (await verify(sealed, access, known)).missing_known


FORBIDDEN = (
    "UPDATE audit SET outcome = 4",
    "DELETE FROM audit",
    "TRUNCATE audit",
    "UPDATE audit_seal SET rows = 1",
    "DELETE FROM audit_seal",
    "TRUNCATE audit_seal",
    "UPDATE audit_seal SET dropped = true",
)
"""The last while the rows are younger than a day."""


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_service_itself_cannot_change_what_is_written(
    statement: str, sealed: Database, access: Access
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with sealed.begin(access) as tx:
            await tx.connection.execute(statement)
    assert (await verify(sealed, access)).intact


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_nor_can_the_owner_of_the_tables(
    statement: str, sealed: Database, access: Access, cluster: Cluster
) -> None:
    owner = await asyncpg.connect(cluster.maintenance_dsn)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="kept as they were written"):
        await owner.execute(statement)
    await owner.close()
    assert (await verify(sealed, access)).intact


async def test_what_a_transaction_under_way_may_still_write_is_not_sealed_over(
    database: Database, access: Access
) -> None:
    async with database.begin(access) as slow:
        await slow.connection.execute("SELECT pg_current_xact_id()")
        await written(database, access, "a")
        assert await seal(database, access) == 0
        audit.record(slow, [Trace(action="R", subtype="read", agent="late")])
    assert await seal(database, access) == 2
    assert (await verify(database, access)).intact


async def test_large_batches_are_cut_between_transactions(
    database: Database, access: Access
) -> None:
    for number in range(5):
        await written(database, access, f"{number}a", f"{number}b", f"{number}c")
    assert await seal(database, access, at_once=4) == 15
    verdict = await verify(database, access)
    assert told(verdict) == (15, 3, 0, None)


async def test_old_batches_are_dropped_whole_and_the_chain_still_verifies(
    sealed: Database, access: Access, owner: asyncpg.Connection
) -> None:
    """The rows of batches 1 and 2 are as if they were 40 days old, sealed as such."""
    assert await drop(sealed, access, 30) == 0
    await owner.execute(
        "UPDATE audit_seal SET newest = newest - interval '40 days' WHERE batch < 3"
    )
    assert await drop(sealed, access, 30) == 2
    verdict = await verify(sealed, access)
    assert told(verdict) == (3, 3, 1, None)
    assert verdict.dropped == 2
    assert verdict.intact
    await owner.execute("UPDATE audit SET outcome = 8 WHERE id = 'e'")
    assert (await verify(sealed, access)).broken == 3


async def test_a_restore_where_transactions_count_anew_goes_on_with_the_chain(
    sealed: Database, access: Access, owner: asyncpg.Connection
) -> None:
    """As if the rows came from a cluster that was 2^40 transactions ahead: seals included, which
    are then those of that cluster."""
    await owner.execute("TRUNCATE audit_seal; UPDATE audit SET xid = xid + (1::bigint << 40)")
    await owner.execute(
        "INSERT INTO audit_seal SELECT tenant_id, 1, 0, max(xid) + 1, 0, min(sequence),"
        " max(sequence), max(recorded), count(*), ''::bytea FROM audit WHERE id < 'g'"
        " GROUP BY tenant_id"
    )
    await written(sealed, access, "h", "i")
    assert (await verify(sealed, access)).unsealed == 3
    assert await seal(sealed, access) == 3
    await written(sealed, access, "j")
    assert await seal(sealed, access) == 1
    rows = await owner.fetch("SELECT rows, floor FROM audit_seal ORDER BY batch")
    assert [row["rows"] for row in rows] == [6, 1, 2, 1]
    assert [row["floor"] > 0 for row in rows] == [False, False, True, True]
    verdict = await verify(sealed, access)
    assert (verdict.strays, verdict.unsealed) == (0, 0)


async def test_each_tenant_has_a_chain_of_its_own(
    sealed: Database, access: Access, owner: asyncpg.Connection
) -> None:
    other = Access(tenant=UUID(int=2))
    await written(sealed, other, "x")
    assert await seal(sealed, other) == 1
    assert told(await verify(sealed, other)) == (1, 1, 0, None)
    assert told(await verify(sealed, access)) == (7, 3, 1, None)
    tenants = await owner.fetch("SELECT DISTINCT tenant_id FROM audit_seal")
    assert {row["tenant_id"] for row in tenants} == {LOCAL_TENANT, UUID(int=2)}
