"""A server killed in the middle of a load loses nothing it acknowledged and keeps nothing half."""

import asyncio
import subprocess
import sys
from pathlib import Path
from random import Random

from tests.faults.load import Load, assert_whole
from tests.faults.served import Served, served
from tests.store.processes import ROOT, await_end

KILLS = 3


async def kill_under_load(server: Served, load: Load, random: Random) -> None:
    """After some acknowledged transactions, at some moment of the next ones."""
    wanted = len(load.acknowledged) + random.randint(5, 60)
    running = asyncio.create_task(load.run(asyncio.Event()))
    while len(load.acknowledged) < wanted:
        await asyncio.sleep(0.001)
    await asyncio.sleep(random.uniform(0, 0.02))
    processes = server.family()
    server.process.kill()
    await running
    await asyncio.to_thread(await_end, processes[1:])


async def test_a_killed_server_leaves_whole_transactions_and_no_process(tmp_path: Path) -> None:
    data, random = tmp_path / "data", Random(2)
    load = Load(fhir="")
    for kill in range(KILLS):
        with served(data) as server:
            load.fhir = server.fhir
            if kill == 0:
                await load.introduce()
            await assert_whole(server.fhir, load.acknowledged)
            await kill_under_load(server, load, random)
            assert server.process.wait() != 0
    with served(data) as server:
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
