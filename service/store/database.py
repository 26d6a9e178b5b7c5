"""The door to PostgreSQL: a pool of connections, and transactions that belong to one tenant."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self, TypeVar
from uuid import UUID

import asyncpg
import structlog

from service.errors import Unavailable
from service.fhir.access import Access
from service.store.failures import unavailable, worth_repeating
from service.store.roles import bypassing

T = TypeVar("T")
log = structlog.get_logger()

ACQUIRE_SECONDS = 4.0
"""How long a request waits for a free connection before it is answered with 503."""
GRACE_SECONDS = 0.5
"""How much longer than the server we wait for a statement that the server itself gives up."""
PING_SECONDS = 2.0
BY_KEY = "SET LOCAL plan_cache_mode = force_generic_plan;SET LOCAL enable_seqscan = off"
WRITING = f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;{BY_KEY}"
"""Statements of a write find rows by their keys, few or many: one plan does for all of them, made
once for a connection and good for tables that grow. So it is with searches of one record; others
ask for plans of their own, see `Transaction.plan_anew`."""
ANEW = "SET LOCAL plan_cache_mode = force_custom_plan;SET LOCAL enable_seqscan = on"
NUMBER = "SELECT tenant_id FROM tenant WHERE uuid = $1"
READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """Statements of one caller; rows of other tenants do not exist in it."""

    connection: asyncpg.Connection
    tenant: UUID
    number: int | None
    """What the tenant is called in the tables; None for one that has no row yet."""
    access: Access
    closing: list[str] = field(default_factory=list)
    """Statements that go with the COMMIT, in one message: it is done only if they are."""
    told: set[str] = field(default_factory=set)
    """Settings that it was given since it began."""

    async def plan_anew(self) -> None:
        """From here on statements are planned for the values that they come with, each time."""
        if ANEW not in self.told:
            await self.connection.execute(ANEW)
            self.told.add(ANEW)


class Database:
    """Open it once per process."""

    def __init__(self, pool: asyncpg.Pool, size: int, begin: str, numbers: dict[UUID, int]) -> None:
        """`size` is the pool's without the connection that is `aside`; `begin` opens a transaction;
        see `open`."""
        self._pool = pool
        self._turns = asyncio.Semaphore(size)
        self._begin = begin
        self._numbers = numbers

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        size: int = 10,
        statement_timeout_ms: int = 4000,
        prepared: bool = True,
    ) -> Self:
        """One connection more than `size` may be opened, for `aside`. `prepared=False` where a
        transaction pooler stands between: it keeps neither prepared statements nor session
        settings."""
        settings = _settings(statement_timeout_ms)
        numbers = dict[UUID, int]()

        async def opened(_: Any) -> None:
            """Behind a new connection another database may stand, restored with other numbers."""
            numbers.clear()

        local = "".join(f"SET LOCAL {name} = '{value}';" for name, value in settings.items())
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=1,
                max_size=size + 1,
                timeout=ACQUIRE_SECONDS,
                command_timeout=statement_timeout_ms / 1000 + GRACE_SECONDS,
                statement_cache_size=200 if prepared else 0,
                server_settings=dict(settings) if prepared else None,
                init=opened,
                reset=_nothing_to_reset,
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise unavailable(error) or error from error
        return cls(pool, size, "" if prepared else local, numbers)

    async def close(self) -> None:
        """Let running statements end, then close every connection."""
        try:
            async with asyncio.timeout(ACQUIRE_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def ping(self) -> str:
        """The revision of the database's schema; raises `Unavailable`."""
        try:
            async with asyncio.timeout(PING_SECONDS), self._acquired() as connection:
                return str(await connection.fetchval("SELECT version_num FROM alembic_version"))
        except asyncpg.UndefinedTableError as error:
            raise Unavailable("The database has no tables yet: run the migrations.") from error
        except Exception as error:
            raise unavailable(error) or error from error

    @asynccontextmanager
    async def begin(self, access: Access) -> AsyncIterator[Transaction]:
        """A transaction that reads and writes, committed unless the block raises.

        A failing database raises `Unavailable`; after a failure during commit it is unknown
        whether the transaction was committed, as it is for every client that lost its answer.
        """
        async with self._transaction(access, WRITING) as tx:
            yield tx

    @asynccontextmanager
    async def reading(self, access: Access, *, by_key: bool = False) -> AsyncIterator[Transaction]:
        """A transaction that only reads, all its statements from one snapshot; `by_key` where
        those find rows by their keys, as those of a write do."""
        async with self._transaction(access, f"{READING};{BY_KEY}" if by_key else READING) as tx:
            yield tx

    async def run(
        self, access: Access, work: Callable[[Transaction], Awaitable[T]], *, attempts: int = 3
    ) -> T:
        """`work` in a transaction of its own, done again after a deadlock: transactions that touch
        the same rows in opposite order must not show a client that they met."""
        while True:
            attempts -= 1
            try:
                async with self.begin(access) as tx:
                    return await work(tx)
            except Unavailable as error:
                if attempts <= 0 or error.__cause__ is None or not worth_repeating(error.__cause__):
                    raise
            await asyncio.sleep(random.uniform(0.001, 0.02))  # noqa: S311  (not a secret)

    async def bypassing(self) -> str | None:
        """The name of the service's role, if row-level security does not bind it."""
        async with self._acquired() as connection:
            return await bypassing(connection)

    async def aside(self, statements: Mapping[UUID, str]) -> None:
        """A statement for each of several tenants, in one transaction and one message, on a
        connection that never waits for those of requests; by one caller at a time. A refusal of the
        database is raised as it came."""
        parts = [WRITING, *filter(None, [self._begin.rstrip(";")])]
        for tenant, statement in statements.items():
            parts += [_of_tenant(tenant, self._numbers.get(tenant)), statement]
        try:
            async with asyncio.timeout(ACQUIRE_SECONDS) as waiting:
                connection = await self._pool.acquire()
                waiting.reschedule(None)
                try:
                    await connection.execute(";".join((*parts, "COMMIT")))
                except BaseException:
                    await _roll_back(connection)
                    raise
                finally:
                    await self._pool.release(connection)
        except asyncpg.PostgresError:
            raise
        except Exception as error:
            raise unavailable(error) or error from error

    async def ensure_tenant(self, tenant: UUID) -> None:
        """The tenant's row, with a new key for its page cursors, unless it is there."""
        self._numbers.pop(tenant, None)
        async with self.begin(Access(tenant=tenant)) as tx:
            await tx.connection.execute(
                "INSERT INTO tenant (uuid, page_key) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                tenant,
                secrets.token_bytes(32),
            )

    @asynccontextmanager
    async def _transaction(self, access: Access, begin: str) -> AsyncIterator[Transaction]:
        try:
            async with self._acquired() as connection:
                number = self._numbers.get(access.tenant)
                named = _of_tenant(access.tenant, number)
                await connection.execute(f"{begin};{named};{self._begin}")
                try:
                    tx = Transaction(
                        connection=connection,
                        tenant=access.tenant,
                        number=number or await self._looked_up(connection, access.tenant),
                        access=access,
                    )
                    yield tx
                    await _commit(tx)
                except BaseException:
                    await _roll_back(connection)
                    raise
        except Exception as error:
            raise unavailable(error) or error from error

    async def _looked_up(self, connection: asyncpg.Connection, tenant: UUID) -> int | None:
        """The number of a tenant, which never changes in a database."""
        number: int | None = await connection.fetchval(NUMBER, tenant)
        if number is not None:
            self._numbers[tenant] = number
            await connection.execute(_of_tenant(tenant, number))
        return number

    @asynccontextmanager
    async def _acquired(self) -> AsyncIterator[asyncpg.Connection]:
        """First come, first served: the pool alone lets newcomers overtake those who wait."""
        async with asyncio.timeout(ACQUIRE_SECONDS) as waiting, self._turns:
            connection = await self._pool.acquire()
            waiting.reschedule(None)
            try:
                yield connection
            finally:
                await self._pool.release(connection)


async def page_key(tx: Transaction) -> bytes:
    """What the tenant's page cursors are sealed with."""
    key: bytes = await tx.connection.fetchval(
        "SELECT page_key FROM tenant WHERE tenant_id = $1", tx.number
    )
    return key


@lru_cache(maxsize=1024)
def _of_tenant(tenant: UUID, number: int | None = None) -> str:
    """Neither a UUID nor a number can carry SQL; without a number there are no rows but those that
    bear the UUID."""
    numbered = "''" if number is None else f"{number:d}"
    return f"SET LOCAL app.tenant = '{UUID(str(tenant))}';SET LOCAL app.tenant_id = {numbered}"


def _settings(statement_timeout_ms: int) -> Mapping[str, str]:
    return {
        "statement_timeout": str(statement_timeout_ms),
        "lock_timeout": str(statement_timeout_ms),
        "idle_in_transaction_session_timeout": str(10 * statement_timeout_ms),
        # To compile and to start helpers takes longer than statements here run.
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
    }


async def _commit(tx: Transaction) -> None:
    """Raises `Unavailable` where what goes with it cannot be done: then nothing is."""
    try:
        await tx.connection.execute(";".join((*tx.closing, "COMMIT")))
    except asyncpg.PostgresError as error:
        if not tx.closing:
            raise
        raise unrecorded(error) from error


def unrecorded(error: asyncpg.PostgresError) -> Unavailable:
    """What is said where an access cannot be written down; logged."""
    log.error("audit.failed", sqlstate=error.sqlstate)
    return unavailable(error) or Unavailable(
        "The access cannot be recorded, so it is refused; try again in a moment."
    )


async def _roll_back(connection: asyncpg.Connection) -> None:
    """Leave no open transaction behind; a connection that cannot do it is given up."""
    try:
        await connection.execute("ROLLBACK", timeout=1.0)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        _give_up(connection)
    except asyncio.CancelledError:
        _give_up(connection)
        raise


def _give_up(connection: asyncpg.Connection) -> None:
    """The driver may have closed it already, and what went wrong first is what is to be said."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


async def _nothing_to_reset(connection: Any) -> None:
    """Everything is set per transaction, so a connection comes back as it went."""
