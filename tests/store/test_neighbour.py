"""A command finds the database of the server that runs on its data directory, or starts it."""

import asyncio
import signal
from pathlib import Path

import asyncpg
import pytest

from service.store.account import ClusterUnusable
from service.store.cluster import Cluster
from service.store.neighbour import running, shared
from tests.store.processes import await_end, end, family, heard, owner


async def asked(dsn: str, statement: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def ask(dsn: str, statement: str) -> object:
    return asyncio.run(asked(dsn, statement))


def holder(data: Path) -> str:
    """The process that has locked the data directory, as it writes down once it has."""
    lock = data / "owner.lock"
    return lock.read_text().strip() if lock.exists() else ""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_beside_a_server_its_database_is_used_and_left_running(data: Path) -> None:
    with owner(data, "idle") as process:
        dsn = heard(process, "ready ")
        with shared(data) as found:
            assert found.service == dsn
            assert ask(found.service, "SELECT 6 * 7") == 42
        assert ask(dsn, "SELECT 6 * 7") == 42
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0


def test_a_server_that_is_starting_is_waited_for(data: Path) -> None:
    with owner(data, "idle") as process:
        while holder(data) != str(process.pid):
            assert process.poll() is None
        with shared(data) as found:
            assert ask(found.service, "SELECT 6 * 7") == 42
        assert heard(process, "ready ") == found.service


def test_without_a_server_the_database_is_started_and_stopped(data: Path) -> None:
    with shared(data) as found:
        assert running(data) == found
        assert ask(found.service, "SELECT 6 * 7") == 42
        with pytest.raises(ClusterUnusable, match="in use by another server"):
            Cluster(data).start()
    assert running(data) is None


def test_what_a_sudden_end_left_behind_is_no_server(data: Path) -> None:
    """The file that says `ready` is still there."""
    with owner(data, "idle") as process:
        heard(process, "ready ")
        processes = family(process.pid)
        end(reversed(processes))
        await_end(processes)
    assert "ready" in (data / "postgres" / "postmaster.pid").read_text()
    assert running(data) is None
    with shared(data) as found:
        assert ask(found.service, "SELECT 6 * 7") == 42


def test_a_command_that_started_it_gives_it_back_when_it_fails(data: Path) -> None:
    with pytest.raises(KeyboardInterrupt), shared(data):
        raise KeyboardInterrupt
    with Cluster(data) as cluster:
        assert ask(cluster.dsn, "SELECT 1") == 1
