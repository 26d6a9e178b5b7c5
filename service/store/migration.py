"""Bringing a database to the schema of this release, one process at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from service.errors import Unavailable

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

HEAD = "0008"
"""The newest revision in alembic/versions."""
SCRIPTS = Path(__file__).parents[2] / "alembic"
CONNECT_SECONDS = 10.0
LOCK = 7_163_591_076
"""Any number, the same in every release."""


async def current_revision(dsn: str) -> str | None:
    """The revision a database stands at; None for one without our tables.

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
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()


async def upgrade(dsn: str) -> None:
    """Nothing to do, and Alembic not even imported, when the database stands at `HEAD`.

    Two at once: one works, the other waits for it and finds nothing left to do.
    """
    if await current_revision(dsn) != HEAD:
        await _locked(dsn, _upgrade)


async def downgrade(dsn: str, revision: str = "base") -> None:
    from alembic import command

    await _locked(dsn, lambda config: command.downgrade(config, revision))


async def check(dsn: str) -> None:
    """Raises, listing them, when the tables declared and those in the database differ."""
    from alembic import command

    await _locked(dsn, command.check)


def _upgrade(config: "Config") -> None:
    from alembic import command

    command.upgrade(config, "head")


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
