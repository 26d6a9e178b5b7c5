"""The server as an operator runs it, in a process of its own, to be stopped, starved and killed."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.store.processes import ROOT, end, family

PATIENCE_SECONDS = 90.0


@dataclass(frozen=True, kw_only=True)
class Served:
    """A server that answers."""

    process: "subprocess.Popen[bytes]"
    url: str
    log: Path

    @property
    def fhir(self) -> str:
        return f"{self.url}/fhir"

    def family(self) -> list[int]:
        """The server, the guardian of its PostgreSQL, the postmaster, and its children."""
        return family(self.process.pid)


def command(data: Path, port: int, *words: str) -> list[str]:
    """`python -m service serve` on a data directory and a port."""
    serve = [sys.executable, "-m", "service", "serve"]
    return [*serve, "--data-dir", str(data), "--port", str(port), *words]


def refused(data: Path, port: int) -> tuple[int, str]:
    """Exit status and last words of a server that is not to start."""
    done = subprocess.run(
        command(data, port),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return done.returncode, done.stderr.strip()


@contextmanager
def starting(data: Path, before: Sequence[str] = (), words: Sequence[str] = ()) -> Iterator[Served]:
    """A server on `data`; `before` is a command that runs it, `words` are told besides. Nothing of
    it stays."""
    port = free_port()
    log = data.with_name(f"{data.name}.log")
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*before, *command(data, port, *words)],
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = Served(process=process, url=f"http://127.0.0.1:{port}", log=log)
    try:
        yield server
    finally:
        end(server.family())
        process.wait()


@contextmanager
def served(data: Path, before: Sequence[str] = (), words: Sequence[str] = ()) -> Iterator[Served]:
    """The same, once it answers."""
    with starting(data, before, words) as server:
        _await_readiness(server)
        yield server


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def ready(server: Served) -> bool:
    try:
        return httpx.get(f"{server.url}/readyz", timeout=PATIENCE_SECONDS).is_success
    except httpx.TransportError:
        return False


def _await_readiness(server: Served) -> None:
    patience = time.monotonic() + PATIENCE_SECONDS
    while not ready(server):
        running = server.process.poll() is None and time.monotonic() < patience
        assert running, f"The server did not start:\n{server.log.read_text()}"
        time.sleep(0.05)


def ordinary_user(name: str) -> list[str]:
    """What runs a command as that user; nothing where we are no root and thus ordinary.

    It keeps the right to pass through closed folders: Python may lie below root's home."""
    if os.geteuid() != 0:
        return []
    kept = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    return ["setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups", *kept]
