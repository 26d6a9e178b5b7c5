"""Bringing a database to the schema of this release, one process at a time."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from service.errors import Unavailable
from service.store.roles import Addresses, grants, privileges, quoted, role_of

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

HEAD = "0011"
"""The newest revision in alembic/versions."""
SCRIPTS = Path(__file__).parents[2] / "alembic"
CONNECT_SECONDS = 10.0
NEEDED = ("alembic.command", "sqlalchemy.dialects.postgresql.asyncpg", "sqlalchemy.ext.asyncio")
LOCK = 7_163_591_076
"""Any number, the same in every release."""
OWNS = "SELECT true FROM pg_tables WHERE schemaname = 'public' AND tableowner = :role LIMIT 1"
NOT_ALLOWED = "42501"
NOT_ITS_OWNER = (
    "The database's schema has to be brought up to date, and the role that was named may not do it:"
    " let ATTUNE_MIGRATION_URL name the role that owns the tables (a member of the one that owned"
    " them before), or run `python -m service migrate` so."
)


def load() -> None:
    """Import what an upgrade needs, for those who have time before it."""
    for module in NEEDED:
        import_module(module)
    privileges()


async def current_revision(dsn: str) -> str | None:
    """The revision a database stands at; None for one without our tables, or with tables that
    are not open to this role.

    Raises `Unavailable`, saying why, where there is no database to ask.
    """
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = str(error) or type(error).__name__
        raise Unavailable(f"The database cannot be opened: {reason}.") from error
    try:
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return revision
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        return None
    finally:
        await connection.close()


async def upgrade(at: Addresses) -> None:
    """Nothing to do, and Alembic not even imported, when the database stands at `HEAD`.

    Two at once: one works, the other waits for it and finds nothing left to do. Where the owner is
    somebody else than the service, the service is given what it needs. Raises `Unavailable` where
    the owner may not do it.
    """
    if await current_revision(at.service) == HEAD:
        return
    role = None if at.owner == at.service else await role_of(at.service)
    try:
        await _locked(at.owner, partial(_upgrade, role=role))
    except Exception as error:
        if getattr(getattr(error, "orig", None), "sqlstate", None) == NOT_ALLOWED:
            raise Unavailable(NOT_ITS_OWNER) from error
        raise


async def downgrade(dsn: str, revision: str = "base") -> None:
    from alembic import command

    await _locked(dsn, lambda config: command.downgrade(config, revision))


async def check(dsn: str) -> None:
    """Raises, listing them, when the tables declared and those in the database differ."""
    from alembic import command

    await _locked(dsn, command.check)


def _upgrade(config: "Config", role: str | None) -> None:
    """`role` is the service's, where it is not the owner's."""
    from sqlalchemy import text

    from alembic import command

    connection: Connection = config.attributes["connection"]
    if role is not None and connection.scalar(text(OWNS), {"role": role}):
        connection.execute(text(f"REASSIGN OWNED BY {quoted(role)} TO CURRENT_USER"))
    command.upgrade(config, "head")
    for statement in () if role is None else grants(role):
        connection.execute(text(statement))


async def _locked(dsn: str, work: Callable[["Config"], None]) -> None:
    """`work` in one transaction, which holds the lock to its end."""
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    engine = create_async_engine(_for_sqlalchemy(dsn), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            # A migration that waits longer for a table would hold up every request behind it.
            await connection.execute(text("SET LOCAL lock_timeout = '3s'"))
            await connection.run_sync(lambda bound: work(_config(bound)))
    finally:
        await engine.dispose()


def _config(connection: "Connection") -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _for_sqlalchemy(dsn: str) -> str:
    return "postgresql+asyncpg://" + dsn.split("://", 1)[1]
