"""Reads are written down together, and each is answered for its own."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from service.errors import Unavailable
from service.fhir.access import Access
from service.fhir.audit_event import Trace
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.trail import Trail

OTHER = UUID("00000000-0000-0000-0000-00000000000b")
NO_NUMBER = 2**31
"""More than the column for versions holds: the database refuses the row."""
REQUESTS = 60


def read(id_: str, version: int = 1) -> Trace:
    return Trace(
        action="R", subtype="read", agent="a", type="Patient", id=id_, patient=id_, version=version
    )


async def told(cluster: Cluster) -> list[tuple[UUID, str, int]]:
    """Tenant, id and transaction of everything that is written down, in its order."""
    owner = await asyncpg.connect(cluster.maintenance_dsn)
    rows = await owner.fetch("SELECT tenant_id, id, xid FROM audit ORDER BY recorded, sequence")
    await owner.close()
    return [(row["tenant_id"], row["id"], row["xid"]) for row in rows]


async def test_what_comes_together_is_written_in_few_transactions_each_under_its_tenant(
    cluster: Cluster, database: Database, access: Access
) -> None:
    trail = Trail(database)
    tenants = [access.tenant if number % 2 else OTHER for number in range(REQUESTS)]
    await asyncio.gather(
        *(trail.record(tenant, [read(f"p{n}")]) for n, tenant in enumerate(tenants))
    )
    written = await told(cluster)
    assert sorted(row[:2] for row in written) == sorted(
        (tenant, f"p{number}") for number, tenant in enumerate(tenants)
    )
    # They were all there when the first was taken up.
    assert len({xid for *_, xid in written}) == 1


async def test_whoever_comes_later_is_written_by_the_next_transaction_and_in_order(
    cluster: Cluster, database: Database, access: Access
) -> None:
    trail = Trail(database)
    for number in range(3):
        await trail.record(access.tenant, [read(f"p{number}"), read(f"q{number}")])
    assert [id_ for _, id_, _ in await told(cluster)] == ["p0", "q0", "p1", "q1", "p2", "q2"]
    assert len({xid for *_, xid in await told(cluster)}) == 3


async def test_a_row_that_the_database_refuses_keeps_no_other_from_being_written(
    cluster: Cluster, database: Database, access: Access
) -> None:
    trail = Trail(database)
    answers = await asyncio.gather(
        trail.record(OTHER, [read("a")]),
        trail.record(access.tenant, [read("b"), read("c", version=NO_NUMBER)]),
        trail.record(access.tenant, [read("d")]),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [type(None), Unavailable, type(None)]
    assert "recorded" in str(answers[1])
    assert [id_ for _, id_, _ in await told(cluster)] == ["a", "d"]
    await trail.record(access.tenant, [read("e")])
    assert (await told(cluster))[-1][1] == "e"


async def test_a_client_that_goes_takes_nobody_along(
    cluster: Cluster, database: Database, access: Access
) -> None:
    trail = Trail(database)
    gone = asyncio.create_task(trail.record(access.tenant, [read("gone")]))
    stays = asyncio.create_task(trail.record(access.tenant, [read("stays")]))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert gone.cancelled() or gone.cancelling()
    # What was asked for is written down, whether or not the answer was waited for.
    assert [id_ for _, id_, _ in await told(cluster)] == ["gone", "stays"]


async def test_nothing_is_told_where_the_database_does_not_answer(cluster: Cluster) -> None:
    database = await Database.open(cluster.dsn)
    trail = Trail(database)
    await database.close()
    with pytest.raises(Unavailable):
        await trail.record(OTHER, [read("a")])


async def test_it_does_not_wait_for_a_connection_that_requests_hold(
    cluster: Cluster, database: Database, access: Access
) -> None:
    alone = await Database.open(cluster.dsn, size=1)
    async with alone.reading(access), database.reading(access):
        await Trail(alone).record(access.tenant, [read("a")])
    await alone.close()
    assert [id_ for _, id_, _ in await told(cluster)] == ["a"]
