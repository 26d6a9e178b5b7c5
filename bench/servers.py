"""The servers that are measured, each a process of its own on a free port of this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.connection import Address
from bench.server import NotMeasurable, Server
from bench.tokens import Issuer
from service.store.cluster import Cluster

ROOT = Path(__file__).parents[1]
PEER_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
OURS, PEER, HTTP = "attune", "sekmet-fhir", "HTTP alone"
WORKERS = 2
SEVERAL = f"attune, {WORKERS} processes"
PATIENCE_SECONDS = 60.0
ROOM = {"max_connections": "200"}
"""For several servers and the clients of PostgreSQL alone on one database."""
PEER_SETTINGS = """
host: 127.0.0.1
port: {port}
base_url: http://127.0.0.1:{port}/fhir
data_dir: {data}
"""
QUIET = """
log_inbound: false
simulator: {enabled: false}
"""
"""What its documentation advises for load: no log of requests, no simulated hospital."""


@contextmanager
def attune(name: str, folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """The service on a PostgreSQL that is started here as the service itself would start it, with
    server settings beside those."""
    with Cluster(folder, ROOM | dict(settings or {})) as cluster:
        port = free_port()
        database = {
            "ATTUNE_DATABASE_URL": cluster.dsn,
            "ATTUNE_MIGRATION_URL": cluster.maintenance_dsn,
        }
        with _running(_attune_command(folder, port), folder, database) as pid:
            await_answer(port)
            yield Server(
                name=name,
                address=Address(port=port),
                pid=pid,
                postmaster=_postmaster(folder),
                dsn=cluster.dsn,
                maintenance_dsn=cluster.maintenance_dsn,
            )


@contextmanager
def attune_with_tokens(name: str, beside: Server, folder: Path, issuer: Issuer) -> Iterator[Server]:
    """A second process on the database of a server, which asks for tokens; without one yet."""
    port = free_port()
    settings = {
        "ATTUNE_DATABASE_URL": beside.dsn,
        "ATTUNE_ISSUERS": str(issuer.file),
        "ATTUNE_ALLOW_LOOPBACK_OUTBOUND": "1",
        # One client asks more here than any site would let it.
        "ATTUNE_REQUESTS_PER_SECOND": "1000000",
        "ATTUNE_REQUESTS_AT_ONCE": "1000000",
    }
    with _running(_attune_command(folder, port), folder, settings) as pid:
        await_answer(port)
        yield replace(beside, name=name, address=Address(port=port), pid=pid)


def knows_workers() -> bool:
    """Whether `serve` can be told how many processes are to answer."""
    command = [sys.executable, "-m", "service", "serve", "--help"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    return "--workers" in said.stdout


@contextmanager
def attune_of_several(name: str, beside: Server, folder: Path, workers: int) -> Iterator[Server]:
    """Several processes that share a port, on the database of a server."""
    port = free_port()
    command = [*_attune_command(folder, port), "--workers", str(workers)]
    settings = {
        "ATTUNE_DATABASE_URL": beside.dsn,
        "ATTUNE_MIGRATION_URL": beside.maintenance_dsn,
    }
    with _running(command, folder, settings) as pid:
        await_answer(port)
        yield replace(beside, name=name, address=Address(port=port), pid=pid)


@contextmanager
def peer(name: str, folder: Path, *, quiet: bool) -> Iterator[Server]:
    """sekmet-fhir in its own environment, as it comes or as quiet as its documentation advises."""
    port = free_port()
    with _running(_peer_command(folder, port, quiet=quiet), folder, {}) as pid:
        await_answer(port)
        yield Server(name=name, address=Address(port=port), pid=pid)


@contextmanager
def http_alone(folder: Path) -> Iterator[Server]:
    """A process that answers with one body at once; see `bench.http_alone`."""
    port = free_port()
    with _running([sys.executable, "-m", "bench.http_alone", str(port)], folder, {}) as pid:
        await_answer(port)
        yield Server(name=HTTP, address=Address(port=port), pid=pid)


def attune_start_seconds(folder: Path) -> float:
    """From the command to the first answer, embedded PostgreSQL included."""
    port = free_port()
    return _start_seconds(_attune_command(folder, port), folder, port)


def peer_start_seconds(folder: Path) -> float:
    port = free_port()
    return _start_seconds(_peer_command(folder, port, quiet=True), folder, port)


def _start_seconds(command: list[str], folder: Path, port: int) -> float:
    began = time.perf_counter()
    with _running(command, folder, {}):
        await_answer(port)
        return time.perf_counter() - began


def _attune_command(folder: Path, port: int) -> list[str]:
    where = ["--data-dir", str(folder), "--port", str(port)]
    return [sys.executable, "-m", "service", "serve", *where]


def _peer_command(folder: Path, port: int, *, quiet: bool) -> list[str]:
    if not PEER_PYTHON.exists():
        raise NotMeasurable(f"{PEER} is not installed: run `make bench`, or leave it out.")
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "settings.yaml"
    settings.write_text(PEER_SETTINGS.format(port=port, data=folder) + (QUIET if quiet else ""))
    return [str(PEER_PYTHON.with_name("sekmet")), "serve", "--config", str(settings)]


@contextmanager
def _running(command: list[str], folder: Path, settings: Mapping[str, str]) -> Iterator[int]:
    """The process id; the process is ended with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {k: v for k, v in os.environ.items() if not k.startswith(("ATTUNE_", "SEKMET_"))}
    with (folder / "server.log").open("ab") as log:
        running = subprocess.Popen(  # noqa: S603  (our own command)
            command, cwd=ROOT, stdout=log, stderr=log, env=own | dict(settings)
        )
    try:
        yield running.pid
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def await_answer(port: int) -> None:
    """Until the server answers what it can do."""
    patience = time.monotonic() + PATIENCE_SECONDS
    question = b"GET /fhir/metadata HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    while time.monotonic() < patience:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall(question)
                if connection.recv(64).startswith(b"HTTP/1.1 200"):
                    return
        except OSError:
            pass
        time.sleep(0.005)
    raise NotMeasurable(f"No server answers on port {port}.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _postmaster(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
