"""Deriving every patient anew beside a server that serves: killed, interrupted, and let be."""

import asyncio
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from service.store.neighbour import running
from tests.commands.terminal import Terminal
from tests.faults.load import Load, assert_whole
from tests.faults.served import Served, served
from tests.store.processes import ROOT

PEOPLE = 300
"""Patients with two totals each, beside those of the load."""
TOGETHER = 100
STATEMENT_SECONDS = 5.0
"""The default of ATTUNE_STATEMENT_TIMEOUT_SECONDS."""
PATIENCE_SECONDS = 60.0


def people(first: int) -> dict[str, Any]:
    """A transaction with the next so many of them."""
    total = {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]}
    resources: list[dict[str, Any]] = []
    for number in range(first, first + TOGETHER):
        name = f"q{number}"
        resources.append({"resourceType": "Patient", "id": name})
        resources += [
            {
                "resourceType": "Observation",
                "id": f"{name}-{week}",
                "status": "final",
                "code": total,
                "subject": {"reference": f"Patient/{name}"},
                "effectiveDateTime": f"2026-05-{week:02}",
                "valueQuantity": {"value": number % 20 + week % 2},
            }
            for week in (1, 8)
        ]
    entries = [
        {"resource": r, "request": {"method": "PUT", "url": f"{r['resourceType']}/{r['id']}"}}
        for r in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("anew") / "data"


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Served]:
    with served(data) as started:
        for first in range(0, PEOPLE, TOGETHER):
            httpx.post(started.fhir, json=people(first), timeout=60).raise_for_status()
        yield started


def command(data: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "service", "rederive", "--data-dir", str(data), *words]


def start(data: Path, *words: str, stderr: int = subprocess.PIPE) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(data, *words), cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True
    )


def in_database(data: Path, statement: str) -> Any:
    """As the service's own role, beside the server."""

    async def asked() -> Any:
        found = running(data)
        assert found is not None
        connection = await asyncpg.connect(found.service)
        try:
            await connection.execute("SET app.tenant_id = 1")
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(asked())


def forget(data: Path) -> None:
    """What the rules last wrote: every finding is then written anew."""
    in_database(data, "DELETE FROM rederivation")
    in_database(data, "DELETE FROM derived")


def await_place(data: Path, patients: int) -> None:
    patience = time.monotonic() + PATIENCE_SECONDS
    while (in_database(data, "SELECT done FROM rederivation") or 0) < patients:
        assert time.monotonic() < patience
        time.sleep(0.01)


def test_a_killed_run_goes_on_where_it_was(data: Path, server: Served) -> None:
    forget(data)
    with start(data) as process:
        await_place(data, 40)
        process.kill()
    done = in_database(data, "SELECT done FROM rederivation")
    assert 40 <= done < PEOPLE
    finished = subprocess.run(
        command(data), cwd=ROOT, capture_output=True, text=True, check=True, timeout=600
    )
    assert finished.stdout == f"{PEOPLE} patients derived anew; {PEOPLE} of them changed.\n"
    assert f"Going on after {done} patients.\n" in finished.stderr
    assert f"{PEOPLE} of {PEOPLE} patients (100 %)" in finished.stderr


def test_ctrl_c_ends_a_run_with_a_sentence_and_the_bar_is_drawn(data: Path, server: Served) -> None:
    forget(data)
    with Terminal() as terminal, start(data, stderr=terminal.theirs) as process:
        await_place(data, 40)
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
    said = terminal.said
    assert re.search(rf"\[#+\.+\] \d+ of {PEOPLE} patients \(\d+ %\), .* a second, .* left", said)
    assert re.search(
        rf"\r\nInterrupted after \d+ of {PEOPLE} patients: run it again to go on from there.\r\n$",
        said,
    )
    assert "Traceback" not in said


async def test_writes_go_on_beside_a_run(data: Path, server: Served) -> None:
    """None fails, and none waits longer than a statement may take."""
    await asyncio.to_thread(forget, data)
    load, waited = Load(fhir=server.fhir), list[float]()
    await load.introduce()

    async def watch(client: httpx.AsyncClient, enough: asyncio.Event) -> None:
        """The patients whom the run is about, written and read meanwhile."""
        number = 0
        while not enough.is_set():
            number = (number + 7) % PEOPLE
            began = time.monotonic()
            body = {"resourceType": "Observation", "id": f"q{number}-more", "status": "final",
                    "subject": {"reference": f"Patient/q{number}"},
                    "code": {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]},
                    "effectiveDateTime": "2026-05-15",
                    "valueQuantity": {"value": number % 27}}  # fmt: skip
            answer = await client.put(f"/Observation/q{number}-more", json=body)
            assert answer.is_success, answer.text
            read = await client.get(f"/Observation?patient=q{number}")
            assert read.is_success, read.text
            waited.append(time.monotonic() - began)

    enough = asyncio.Event()
    async with (
        httpx.AsyncClient(base_url=server.fhir, timeout=60) as client,
        asyncio.TaskGroup() as together,
    ):
        together.create_task(load.run(enough))
        together.create_task(watch(client, enough))
        process = await asyncio.create_subprocess_exec(
            *command(data), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        said, errors = await process.communicate()
        enough.set()
    assert process.returncode == 0, errors
    assert re.fullmatch(rb"30[0-9] patients derived anew; \d+ of them changed.\n", said)
    assert load.refused == []
    assert len(waited) > 10
    assert max(waited) < STATEMENT_SECONDS
    await assert_whole(server.fhir, load.acknowledged)


def test_a_server_that_starts_says_that_a_run_is_due(tmp_path: Path) -> None:
    """Courses were told apart by 180 days; by six the two totals of a patient belong to two."""
    mine = tmp_path / "data"
    with served(mine) as first:
        httpx.post(first.fhir, json=people(0), timeout=60).raise_for_status()
        assert "derivation.due" not in first.log.read_text()
        first.process.terminate()
        assert first.process.wait() == 0
    setting = "ATTUNE_COURSE_GAP_DAYS=6"
    for due in (True, False):
        with served(mine, ("env", setting)) as second:
            assert second.log.read_text().count("derivation.due") == 1
            if due:
                subprocess.run(["env", setting, *command(mine)], cwd=ROOT, check=True)
            second.process.terminate()
            assert second.process.wait() == 0
