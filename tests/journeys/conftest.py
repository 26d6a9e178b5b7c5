"""A real server, started as an operator starts it, on a data directory of its own."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.journeys import weekly

START_SECONDS = 90
"""After so long without an answer the server will not start any more."""


@dataclass(frozen=True, kw_only=True)
class Server:
    url: str

    @property
    def fhir(self) -> str:
        return f"{self.url}/fhir"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("journeys") / "server.log"
    data = tmp_path_factory.mktemp("journeys-data")
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "service", "serve",
                "--host", "127.0.0.1", "--port", str(port), "--data-dir", str(data),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    started = Server(url=f"http://127.0.0.1:{port}")
    try:
        wait_until_ready(started, process, log)
        yield started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def record(server: Server) -> None:
    """The course of `weekly` stands."""
    weekly.load(server.fhir)


@pytest.fixture
def fhir(server: Server) -> Iterator[httpx.Client]:
    """Speaks to the FHIR base with paths such as `Patient/1`."""
    with httpx.Client(
        base_url=server.fhir + "/",
        headers={"Accept": "application/fhir+json", "Content-Type": "application/fhir+json"},
        timeout=120,
    ) as client:
        yield client


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_until_ready(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{server.url}/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"The server did not start:\n{log.read_text()}")
