"""A server killed in the middle of a load loses nothing it acknowledged and keeps nothing half."""

import asyncio
import subprocess
import sys
from pathlib import Path

from tests.faults.load import Load, assert_whole
from tests.faults.served import Served, served
from tests.store.processes import ROOT, await_end

MOMENTS = ((7, 0.003), (31, 0.011), (58, 0.007))
"""Of the kills: acknowledged transactions, and seconds after the last of them."""


async def kill_under_load(server: Served, load: Load, transactions: int, seconds: float) -> None:
    """After so many acknowledged transactions, in the middle of the next ones."""
    running = asyncio.create_task(load.run(asyncio.Event()))
    await load.reaches(len(load.acknowledged) + transactions)
    await asyncio.sleep(seconds)
    processes = server.family()
    server.process.kill()
    await running
    await asyncio.to_thread(await_end, processes[1:])


async def test_a_killed_server_leaves_whole_transactions_and_no_process(tmp_path: Path) -> None:
    data, load = tmp_path / "data", Load()
    for transactions, seconds in MOMENTS:
        with served(data) as server:
            load.fhir = server.fhir
            await load.introduce()
            await assert_whole(server.fhir, load.acknowledged)
            await kill_under_load(server, load, transactions, seconds)
    with served(data) as server:
        load.fhir = server.fhir
        await assert_whole(server.fhir, load.acknowledged)
        await load.again()
        await assert_whole(server.fhir, load.acknowledged)
        server.process.terminate()
        assert server.process.wait() == 0
    assert load.refused == []
    assert anew(data).endswith("; 0 of them changed.")


def anew(data: Path) -> str:
    """What the command says that reads and derives every record again."""
    done = subprocess.run(
        [sys.executable, "-m", "service", "rederive", "--data-dir", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
