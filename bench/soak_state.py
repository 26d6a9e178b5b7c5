"""What a server and its database hold at one moment of a soak."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import uvloop

from bench import processes
from bench.server import Server

TABLES = """
SELECT relname AS name, n_live_tup AS live, n_dead_tup AS dead,
    pg_table_size(relid) AS table_bytes, pg_indexes_size(relid) AS index_bytes
FROM pg_stat_user_tables WHERE schemaname = 'public'
"""
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"


@dataclass(frozen=True, kw_only=True)
class Table:
    """As PostgreSQL counts it."""

    live: int
    dead: int
    table_bytes: int
    index_bytes: int


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything that should not grow by itself."""

    server_mib: float
    handles: int
    """Open files and sockets of the server's process."""
    connections: int
    """To PostgreSQL, besides the one that asks."""
    tables: Mapping[str, Table]

    @property
    def rows(self) -> int:
        return sum(table.live for table in self.tables.values())

    @property
    def dead(self) -> int:
        return sum(table.dead for table in self.tables.values())

    @property
    def dead_share(self) -> float:
        return self.dead / max(1, self.rows)

    @property
    def table_bytes_each(self) -> float:
        return sum(table.table_bytes for table in self.tables.values()) / max(1, self.rows)

    @property
    def index_bytes_each(self) -> float:
        return sum(table.index_bytes for table in self.tables.values()) / max(1, self.rows)


def state(server: Server) -> State:
    connections, tables = uvloop.run(_of_database(server.maintenance_dsn))
    assert server.pid is not None  # noqa: S101  (a server that was started here)
    return State(
        server_mib=processes.resident_mib(server.pid),
        handles=len(list(Path(f"/proc/{server.pid}/fd").iterdir())),
        connections=connections,
        tables=tables,
    )


async def _of_database(dsn: str) -> tuple[int, dict[str, Table]]:
    connection = await asyncpg.connect(dsn)
    others = await connection.fetchval(CONNECTIONS) - 1
    tables = {
        row["name"]: Table(
            live=row["live"],
            dead=row["dead"],
            table_bytes=row["table_bytes"],
            index_bytes=row["index_bytes"],
        )
        for row in await connection.fetch(TABLES)
    }
    await connection.close()
    return others, tables
