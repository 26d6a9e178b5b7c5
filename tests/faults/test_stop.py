"""A server that is told to stop finishes what it was asked, and leaves nothing running."""

import json
import signal
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.load import transaction
from tests.faults.served import Served, ready, served, starting
from tests.store.processes import await_end

PATIENT = {"resourceType": "Patient", "id": "p0"}


def half_sent(
    server: Served, method: str, path: str, resource: dict[str, Any]
) -> tuple[socket.socket, bytes]:
    """A request of which the server has the first half, and the rest of it."""
    body = json.dumps(resource).encode()
    head = (
        f"{method} /fhir{path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\n"
        f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", httpx.URL(server.url).port or 0), 60)
    connection.sendall(head.encode() + body[:10])
    assert connection.recv(100).startswith(b"HTTP/1.1 100")
    return connection, body[10:]


def all_of(connection: socket.socket) -> bytes:
    """Until the server closes."""
    parts = list[bytes]()
    with connection:
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_finished_before_the_server_stops(
    tmp_path: Path, told: signal.Signals
) -> None:
    data = tmp_path / "data"
    with served(data) as server:
        processes = server.family()
        connection, rest = half_sent(server, "PUT", "/Patient/p0", PATIENT)
        server.process.send_signal(told)
        await_refusal(server)
        assert server.process.poll() is None
        connection.sendall(rest)
        answer = all_of(connection)
        assert answer.startswith(b"HTTP/1.1 201"), answer
        assert server.process.wait() == 0
        await_end(processes)
        assert "request.failed" not in server.log.read_text()
    with served(data) as server:
        assert httpx.get(f"{server.fhir}/Patient/p0").json()["id"] == "p0"


def await_refusal(server: Served) -> None:
    """Until it takes no new connection."""
    while True:
        try:
            httpx.get(f"{server.url}/livez")
        except httpx.TransportError:
            return


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_server_told_to_stop_while_it_starts_stops(tmp_path: Path, told: signal.Signals) -> None:
    data = tmp_path / "data"
    with starting(data) as server:
        while not (data / "postgres.password").exists():
            time.sleep(0.001)
        processes = server.family()
        server.process.send_signal(told)
        assert server.process.wait() == 0, server.log.read_text()
        await_end(processes)
        assert "Traceback" not in server.log.read_text()
    with served(data) as server:
        assert ready(server)


def test_transactions_under_way_are_finished_too(tmp_path: Path) -> None:
    """Of one patient, so that each waits for those before."""
    with served(tmp_path / "data") as server:
        httpx.put(f"{server.fhir}/Patient/p0", json=PATIENT).raise_for_status()
        begun = [half_sent(server, "POST", "", transaction(n)) for n in range(0, 32, 4)]
        for connection, rest in begun:
            connection.sendall(rest)
        server.process.terminate()
        answers = [all_of(connection) for connection, _ in begun]
        assert server.process.wait() == 0
    assert [answer[:12] for answer in answers] == [b"HTTP/1.1 200"] * 8
