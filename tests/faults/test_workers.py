"""Several processes are one server: to clients, when a part of it dies, and when it ends."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.load import Load, assert_whole
from tests.faults.served import Served, refused, served
from tests.faults.test_stop import PATIENT, all_of, await_refusal, half_sent
from tests.store.processes import PATIENCE_SECONDS, alive, await_end, family

TWO = ("env", "ATTUNE_WORKERS=2")
ESTABLISHED = "01"
Clients = list[httpx.Client]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two processes and the demo clinic."""
    data = tmp_path_factory.mktemp("workers") / "data"
    with served(data, TWO, ("--demo",)) as server:
        await_words(server, "Stop with Ctrl-C.")
        yield server


@pytest.fixture
def clients(clinic: Served) -> Iterator[Clients]:
    """Eight, each on a connection of its own that stays open."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(httpx.Client(base_url=clinic.fhir, timeout=60)) for _ in range(8)
        ]


def await_words(server: Served, words: str) -> None:
    patience = time.monotonic() + PATIENCE_SECONDS
    while words not in server.log.read_text():
        assert time.monotonic() < patience, server.log.read_text()
        time.sleep(0.02)


def workers(server: Served) -> list[int]:
    """The processes that answer."""
    return [process for process in server.family() if b"serve.worker" in command_line(process)]


def command_line(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def held(server: Served) -> list[int]:
    """How many connections each of them has, the fewest first."""
    port = f":{httpx.URL(server.url).port:04X}"
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()]
    ours = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(port) and row[3] == ESTABLISHED}
    return sorted(
        sum(str(file.readlink()) in ours for file in Path(f"/proc/{process}/fd").iterdir())
        for process in workers(server)
    )


def patients(clients: Clients) -> list[str]:
    """Page by page, each asked for by the next client."""
    found, following, turn = list[str](), "/Patient?_count=7", 0
    while following:
        bundle = clients[turn % len(clients)].get(following).raise_for_status().json()
        found += [entry["resource"]["id"] for entry in bundle["entry"]]
        following = {link["relation"]: link["url"] for link in bundle["link"]}.get("next", "")
        turn += 1
    return found


def test_the_demo_is_loaded_once(clinic: Served, clients: Clients) -> None:
    assert clinic.log.read_text().count("Loading the demo clinic") == 1
    found = [patient for patient in patients(clients) if patient.startswith("demo-1-")]
    assert len(found) == len(set(found)) == 40


def test_connections_are_shared_out_evenly(clinic: Served, clients: Clients) -> None:
    for client in clients:
        assert client.get("/metadata").status_code == 200
    assert held(clinic) == [4, 4]
    # Who has fewer gets the next ones.
    for client in clients[::2]:
        client.close()
    patience = time.monotonic() + PATIENCE_SECONDS
    while sum(held(clinic)) > 4:
        assert time.monotonic() < patience
        time.sleep(0.02)
    with ExitStack() as stack:
        for _ in range(4):
            newcomer = stack.enter_context(httpx.Client(base_url=clinic.fhir))
            assert newcomer.get("/metadata").status_code == 200
        assert held(clinic) == [4, 4]


@pytest.mark.parametrize(
    "path",
    [
        "/Patient/demo-1-1",
        "/Patient/demo-1-1/$course",
        "/Observation?patient=demo-1-1&_count=50",
        "/Questionnaire?_count=5&_sort=_id",
    ],
)
def test_every_process_gives_the_same_answer(clients: Clients, path: str) -> None:
    answers = [told(client.get(path).raise_for_status().json()) for client in clients]
    assert answers == [answers[0]] * 8


def told(answer: dict[str, Any]) -> Any:
    """Of a Bundle the resources: links to pages are sealed anew each time."""
    return [entry["resource"] for entry in answer["entry"]] if "entry" in answer else answer


def test_what_one_process_wrote_the_others_know(clients: Clients) -> None:
    writer, *readers = clients
    written = writer.put("/Patient/told", json={"resourceType": "Patient", "id": "told"})
    assert written.status_code == 201
    for reader in readers:
        assert reader.get("/Patient/told").headers["ETag"] == 'W/"1"'


def test_one_of_many_equal_conditional_creates_wins(clients: Clients) -> None:
    known = {"system": "https://clinic.example/id", "value": "once"}
    patient = {"resourceType": "Patient", "identifier": [known]}
    only = {"If-None-Exist": f"identifier={known['system']}|{known['value']}"}
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda c: c.post("/Patient", json=patient, headers=only), clients))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_the_address_is_nobody_elses(
    clinic: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = httpx.URL(clinic.url).port or 0
    monkeypatch.setenv("ATTUNE_WORKERS", "2")
    status, said = refused(tmp_path / "other", port)
    assert status == 1
    assert said.startswith(f"python -m service: Cannot listen on 127.0.0.1 port {port}: ")
    with pytest.raises(OSError, match="in use"):
        socket.create_server(("127.0.0.1", port), reuse_port=True)


def test_a_killed_process_is_replaced_and_the_others_go_on(clinic: Served) -> None:
    """Until its end is known it may still be given a connection, which is lost with it."""
    killed, kept = workers(clinic)
    os.kill(killed, signal.SIGKILL)
    said = f'{{"process": {killed}, "status": -9, "event": "worker.ended", "level": "error"'
    patience = time.monotonic() + PATIENCE_SECONDS
    while said not in clinic.log.read_text():
        assert time.monotonic() < patience, clinic.log.read_text()
        time.sleep(0.01)
    for _ in range(20):
        assert httpx.get(f"{clinic.fhir}/Patient/demo-1-1").status_code == 200
    while not shared_by_two(clinic):
        assert time.monotonic() < patience, clinic.log.read_text()
        time.sleep(0.1)
    assert kept in workers(clinic)
    assert clinic.log.read_text().count(said) == 1


def shared_by_two(server: Served) -> bool:
    with httpx.Client(base_url=server.url) as one, httpx.Client(base_url=server.url) as other:
        assert one.get("/readyz").status_code == other.get("/readyz").status_code == 200
        return held(server) == [1, 1]


async def test_a_stop_and_a_kill_lose_nothing_and_leave_nothing(tmp_path: Path) -> None:
    data, load = tmp_path / "data", Load()
    with served(data, TWO) as server:
        await stopped_under_load(server, load)
    with served(data, TWO) as server:
        await assert_whole(server.fhir, load.acknowledged)
        await killed_under_load(server, load)
    with served(data) as server:
        load.fhir = server.fhir
        await assert_whole(server.fhir, load.acknowledged)
        await load.again()
        await assert_whole(server.fhir, load.acknowledged)


async def under_load(server: Served, load: Load) -> "asyncio.Task[None]":
    load.fhir = server.fhir
    await load.introduce()
    running = asyncio.create_task(load.run(asyncio.Event()))
    await load.reaches(len(load.acknowledged) + 20)
    return running


async def stopped_under_load(server: Served, load: Load) -> None:
    running = await under_load(server, load)
    connection, rest = await asyncio.to_thread(half_sent, server, "PUT", "/Patient/p0", PATIENT)
    processes = server.family()
    server.process.terminate()
    await asyncio.to_thread(await_refusal, server)
    await running
    assert server.process.poll() is None
    connection.sendall(rest)
    answer = await asyncio.to_thread(all_of, connection)
    connection.close()
    assert answer.startswith(b"HTTP/1.1 200"), answer
    assert await asyncio.to_thread(server.process.wait) == 0
    await asyncio.to_thread(await_end, processes)
    assert load.refused == []
    assert "Traceback" not in server.log.read_text()
    assert "failed" not in server.log.read_text()


async def killed_under_load(server: Served, load: Load) -> None:
    """The database ends with the first process, so the others can refuse what they cannot do."""
    running = await under_load(server, load)
    processes = family(server.process.pid)
    assert len(workers(server)) == 2
    server.process.kill()
    await running
    await asyncio.to_thread(await_end, processes[1:])
    assert not any(alive(process) for process in processes[1:])
    assert {answer.status_code for answer in load.refused} <= {503}
