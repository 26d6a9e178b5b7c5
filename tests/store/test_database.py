"""Transactions of tenants, and what a client sees of a database in trouble."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import asyncpg
import pytest

from service.errors import Conflict, Unavailable
from service.fhir.access import LOCAL_TENANT, Access
from service.store import migration, store
from service.store.cluster import Cluster
from service.store.database import Database, Transaction
from service.store.write import put
from tests.door import emptied
from tests.store.written import new, observation, write

OTHER = Access(tenant=UUID("00000000-0000-0000-0000-00000000000b"))


async def everything(tx: Transaction) -> list[str]:
    """Every resource the transaction can see, asked for without naming a tenant."""
    return [row["id"] for row in await tx.connection.fetch("SELECT id FROM resource ORDER BY id")]


async def test_a_transaction_is_kept_when_its_block_ends(
    database: Database, access: Access
) -> None:
    async with database.begin(access) as tx:
        await put(tx, [new("a")])
    async with database.reading(access) as tx:
        assert await everything(tx) == ["a"]


async def test_a_transaction_is_undone_when_its_block_raises(
    database: Database, access: Access
) -> None:
    async def change_our_mind(tx: Transaction) -> None:
        await put(tx, [new("a")])
        raise Conflict("Changed our mind.")

    with pytest.raises(Conflict):
        await database.run(access, change_our_mind)
    async with database.reading(access) as tx:
        assert await everything(tx) == []


async def test_a_cancelled_transaction_is_undone_and_its_connection_stays_usable(
    cluster: Cluster, database: Database, access: Access
) -> None:
    alone = await Database.open(cluster.dsn, size=1)
    began = asyncio.Event()

    async def endless() -> None:
        async with alone.begin(access) as tx:
            await put(tx, [new("a")])
            began.set()
            await tx.connection.execute("SELECT pg_sleep(3)")

    task = asyncio.create_task(endless())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with alone.reading(access) as tx:
        assert await everything(tx) == []
    await alone.close()


async def test_a_reading_transaction_sees_one_moment_and_writes_nothing(
    database: Database, access: Access
) -> None:
    async with database.reading(access) as tx:
        assert await everything(tx) == []
        async with database.begin(access) as other:
            await put(other, [new("a")])
        assert await everything(tx) == []
    with pytest.raises(Unavailable):
        async with database.reading(access) as tx:
            await put(tx, [new("b")])


async def test_rows_of_another_tenant_do_not_exist(database: Database, access: Access) -> None:
    async with database.begin(access) as tx:
        await put(tx, [new("a")])
    await database.ensure_tenant(OTHER.tenant)
    async with database.begin(OTHER) as tx:
        assert await everything(tx) == []
        assert await store.read(tx, observation("a")) is None
        assert (await put(tx, [new("a")])).versions[0].number == 1


async def test_the_database_itself_refuses_rows_of_another_tenant(
    database: Database, access: Access
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.begin(access) as tx:
            await tx.connection.execute(
                "INSERT INTO tenant (uuid, page_key) VALUES ($1, '')", OTHER.tenant
            )


async def test_a_connection_that_named_no_tenant_sees_nothing(
    cluster: Cluster, database: Database, access: Access
) -> None:
    async with database.begin(access) as tx:
        await put(tx, [new("a")])
    plain = await asyncpg.connect(cluster.dsn)
    assert await plain.fetchval("SELECT count(*) FROM resource") == 0
    await plain.close()


async def test_interleaved_tenants_on_shared_connections_never_meet(
    cluster: Cluster, database: Database
) -> None:
    shared = await Database.open(cluster.dsn, size=3)
    tenants = [Access(tenant=UUID(int=number)) for number in (1001, 1002)]
    for each in tenants:
        await shared.ensure_tenant(each.tenant)
    few = asyncio.Semaphore(12)  # Who came last of a thousand might wait too long for a connection.

    async def turn(number: int) -> None:
        access = tenants[number % 2]
        try:
            async with few, shared.begin(access) as tx:
                await put(tx, [new(f"{number}")])
                seen = await everything(tx)
                assert all(int(name) % 2 == number % 2 for name in seen)
                if number % 5 == 0:
                    raise Conflict("An error in the middle.")
        except Conflict:
            pass

    await asyncio.gather(*(turn(number) for number in range(1000)))
    for parity, access in enumerate(tenants):
        async with shared.reading(access) as tx:
            kept = {n for n in range(1000) if n % 2 == parity and n % 5}
            assert {int(name) for name in await everything(tx)} == kept
    await shared.close()


async def test_a_tenant_keeps_the_key_it_was_made_with(database: Database, access: Access) -> None:
    keys = set[bytes]()
    for _ in range(2):
        await database.ensure_tenant(LOCAL_TENANT)
        async with database.reading(access) as tx:
            keys.add(await tx.connection.fetchval("SELECT page_key FROM tenant"))
    (key,) = keys
    assert len(key) == 32


async def test_a_tenant_whose_row_was_made_anew_goes_by_its_new_number(
    cluster: Cluster, database: Database
) -> None:
    """Number 1 is that of `local`; after that one was made twice, it is 3."""
    await database.ensure_tenant(OTHER.tenant)
    async with database.reading(OTHER) as tx:
        assert tx.number == 2
    await emptied(cluster)
    for tenant in (LOCAL_TENANT, LOCAL_TENANT, OTHER.tenant):
        await database.ensure_tenant(tenant)
    async with database.reading(OTHER) as tx:
        assert tx.number == 3
        assert await tx.connection.fetchval("SELECT uuid FROM tenant") == OTHER.tenant


async def test_plans_are_made_once_for_keys_and_anew_where_a_transaction_asks_for_it(
    database: Database, access: Access
) -> None:
    names = "plan_cache_mode", "enable_seqscan", "max_parallel_workers_per_gather"

    async def told(tx: Transaction) -> list[str]:
        return [await tx.connection.fetchval(f"SHOW {name}") for name in names]

    for opened in (database.reading(access, by_key=True), database.begin(access)):
        async with opened as tx:
            assert await told(tx) == ["force_generic_plan", "off", "0"]
            for _ in range(2):
                await tx.plan_anew()
                assert await told(tx) == ["force_custom_plan", "on", "0"]
    async with database.reading(access) as tx:
        assert await told(tx) == ["auto", "on", "0"]


async def test_a_ping_names_the_revision_of_the_schema(database: Database) -> None:
    assert await database.ping() == migration.HEAD


async def test_a_database_without_tables_is_not_ready(cluster: Cluster) -> None:
    bare = await Database.open(cluster.maintenance_dsn.replace("/attune?", "/template1?"))
    with pytest.raises(Unavailable, match="migrations"):
        await bare.ping()
    await bare.close()


async def test_behind_a_pooler_nothing_is_left_on_the_connection(
    cluster: Cluster, database: Database, access: Access
) -> None:
    pooled = await Database.open(cluster.dsn, size=1, prepared=False, statement_timeout_ms=1234)
    async with pooled.begin(access) as tx:
        await put(tx, [write("a")])
        await put(tx, [write("a")])
        assert await tx.connection.fetchval("SHOW statement_timeout") == "1234ms"
        assert await tx.connection.fetchval("SHOW jit") == "off"
        left = await tx.connection.fetchval("SELECT count(*) FROM pg_prepared_statements")
        assert left == 0
    async with pooled._acquired() as connection:
        assert await connection.fetchval("SHOW statement_timeout") == "0"
        assert await connection.fetchval("SHOW app.tenant") == ""
        assert await connection.fetchval("SHOW app.tenant_id") == ""
    await pooled.close()


async def test_a_statement_that_takes_too_long_is_unavailable(
    cluster: Cluster, database: Database, access: Access
) -> None:
    hasty = await Database.open(cluster.dsn, statement_timeout_ms=50)
    with pytest.raises(Unavailable):
        async with hasty.begin(access) as tx:
            await tx.connection.execute("SELECT pg_sleep(5)")
    await hasty.close()


async def test_without_a_free_connection_a_request_is_unavailable(
    cluster: Cluster, database: Database, access: Access
) -> None:
    narrow = await Database.open(cluster.dsn, size=1)
    async with narrow.begin(access):
        with pytest.raises(Unavailable):
            async with narrow.begin(access):
                pass
    async with narrow.begin(access) as tx:
        assert await everything(tx) == []
    await narrow.close()


async def test_a_database_that_is_not_there_is_unavailable() -> None:
    with TemporaryDirectory() as nowhere, pytest.raises(Unavailable):
        await Database.open(f"postgresql://attune:x@/attune?host={nowhere}")


async def test_a_cut_connection_is_unavailable_and_the_next_request_is_served(
    cluster: Cluster, database: Database, access: Access
) -> None:
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)

    async def cut_off(tx: Transaction) -> None:
        process = await tx.connection.fetchval("SELECT pg_backend_pid()")
        await maintenance.execute("SELECT pg_terminate_backend($1, 5000)", process)
        await put(tx, [new("a")])

    with pytest.raises(Unavailable):
        await database.run(access, cut_off)
    async with database.begin(access) as tx:
        assert await everything(tx) == []
    await maintenance.close()


@asynccontextmanager
async def passage(cluster: Cluster) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A way to the database that carries nothing while the event is not set."""
    target = Path(parse_qs(urlsplit(cluster.dsn).query)["host"][0]) / ".s.PGSQL.5432"
    through = asyncio.Event()
    through.set()
    tasks = set[asyncio.Task[None]]()

    async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while part := await source.read(65536):
            await through.wait()
            sink.write(part)
        sink.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        source, sink = await asyncio.open_unix_connection(target)
        tasks.add(asyncio.create_task(carry(reader, sink)))
        tasks.add(asyncio.create_task(carry(source, writer)))

    with TemporaryDirectory() as folder:
        server = await asyncio.start_unix_server(accept, Path(folder) / ".s.PGSQL.5432")
        yield cluster.dsn.replace(str(target.parent), folder), through
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_connection_that_fell_silent_is_unavailable_and_given_up(
    cluster: Cluster, database: Database, access: Access
) -> None:
    async with passage(cluster) as (dsn, through):
        far = await Database.open(dsn, size=1, statement_timeout_ms=200)
        async with far.begin(access) as tx:
            await put(tx, [new("a")])
        through.clear()
        with pytest.raises(Unavailable):
            async with far.begin(access) as tx:
                await put(tx, [new("b")])
        through.set()
        async with far.begin(access) as tx:
            assert await everything(tx) == ["a"]
        await far.close()


async def test_a_tenant_is_asked_for_again_when_another_database_stands_behind_the_connection(
    cluster: Cluster, database: Database, access: Access
) -> None:
    """As after a restore: here the tenants have each other's numbers."""
    await database.ensure_tenant(OTHER.tenant)
    async with database.begin(access) as tx:
        await put(tx, [new("a")])
    async with database.begin(access) as tx:
        mine, pids = tx.number, {tx.connection.get_server_pid()}
    async with database.begin(OTHER) as tx:
        others = tx.number
        pids.add(tx.connection.get_server_pid())
    assert {mine, others} == {1, 2}
    owner = await asyncpg.connect(cluster.maintenance_dsn)
    await owner.execute(
        "UPDATE tenant SET uuid = gen_random_uuid() WHERE tenant_id = 2;"
        f"UPDATE tenant SET uuid = '{OTHER.tenant}' WHERE tenant_id = 1;"
        f"UPDATE tenant SET uuid = '{access.tenant}' WHERE tenant_id = 2"
    )
    await owner.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", [*pids])
    await owner.close()
    for _ in range(10):
        with suppress(Unavailable):
            async with database.begin(access) as tx:
                assert tx.number == others
                assert await everything(tx) == []
                break
    else:
        pytest.fail("The database did not come back.")
