"""Two roles of the database: one owns the tables and migrates them, the other is the service's.

The service's owns nothing and bypasses nothing, so that row-level security binds it whatever it
says. https://www.postgresql.org/docs/current/ddl-rowsecurity.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import asyncpg

from service.errors import Unavailable

BYPASSING = """
SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)
"""
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
LESS: Mapping[str, str] = MappingProxyType(
    {
        "alembic_version": "SELECT",
        "audit": "SELECT, INSERT, DELETE",
        "audit_seal": "SELECT, INSERT, UPDATE (dropped)",
    }
)
"""What the service may do with tables that it may not do everything with; triggers narrow it
further: only rows whose time is over go."""


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the database is: as its service reaches it, and as the owner of its tables does."""

    service: str
    owner: str


def privileges() -> Mapping[str, str]:
    """Of every table."""
    from sqlmodel import SQLModel

    import service.store.audit_tables
    import service.store.derivation_tables
    import service.store.index_tables
    import service.store.tables  # noqa: F401  (all declare tables on SQLModel.metadata)

    return {**dict.fromkeys(SQLModel.metadata.tables, EVERYTHING), **LESS}


def grants(role: str) -> tuple[str, ...]:
    """What makes a role the service's, run by the owner; however often, they leave the same."""
    name = quoted(role)
    tables = privileges()
    return (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        *(f"REVOKE ALL ON {table} FROM {name}" for table in tables),
        *(f"GRANT {allowed} ON {table} TO {name}" for table, allowed in tables.items()),
    )


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


async def role_of(dsn: str) -> str:
    """Who one is at an address."""
    connection = await asyncpg.connect(dsn)
    try:
        return str(await connection.fetchval("SELECT current_user"))
    finally:
        await connection.close()


async def bypassing(connection: asyncpg.Connection) -> str | None:
    """The name of the connection's role, if row-level security does not bind it."""
    name: str | None = await connection.fetchval(BYPASSING)
    return name


def unbound(role: str) -> Unavailable:
    """What is said of such a role where several tenants are to be served."""
    return Unavailable(
        f"The database role {role} passes by row-level security, so PostgreSQL would not keep the"
        " tenants apart: let ATTUNE_DATABASE_URL name a role without SUPERUSER and BYPASSRLS, and"
        " ATTUNE_MIGRATION_URL the one that owns the tables."
    )
