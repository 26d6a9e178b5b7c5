"""A server's process and its PostgreSQL, to be interrupted and killed by tests.

    python tests/store/owner.py DATA idle      prints `ready DSN` and waits
    python tests/store/owner.py DATA write     prints every id whose storing was acknowledged
    python tests/store/owner.py DATA once      starts, answers one query, stops

Ctrl-C is answered as a server does: finish, say so, stop.
"""

import asyncio
import sys
import time
from pathlib import Path
from uuid import uuid4

import asyncpg

from service.fhir.access import LOCAL_TENANT, Access
from service.store import migration
from service.store.account import ClusterUnusable
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.roles import Addresses
from service.store.write import put
from tests.store.written import new

TOGETHER = 5
"""Resources of one transaction; their ids share a beginning."""
WRITERS = 4


def say(line: str) -> None:
    print(line, flush=True)


async def one_query(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    say(f"answer {await connection.fetchval('SELECT 6 * 7')}")
    await connection.close()


async def write_forever(database: Database) -> None:
    while True:
        group = uuid4().hex
        async with database.begin(Access()) as tx:
            await put(tx, [new(f"{group}-{number}") for number in range(TOGETHER)])
        say(f"stored {group}")


async def load(at: Addresses) -> None:
    await migration.upgrade(at)
    database = await Database.open(at.service)
    await database.ensure_tenant(LOCAL_TENANT)
    await asyncio.gather(*(write_forever(database) for _ in range(WRITERS)))


def main() -> int:
    data, task = Path(sys.argv[1]), sys.argv[2]
    try:
        with Cluster(data) as cluster:
            try:
                say(f"ready {cluster.dsn}")
                if task == "write":
                    asyncio.run(load(cluster.addresses))
                while task == "idle":
                    time.sleep(60)
            except KeyboardInterrupt:
                say("interrupted")
            asyncio.run(one_query(cluster.dsn))
        say("stopped")
    except ClusterUnusable as refusal:
        say(f"refused {refusal}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
