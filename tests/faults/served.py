"""The server as an operator runs it, in a process of its own, to be stopped, starved and killed."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from tests.store.processes import ROOT, end, family

PATIENCE_SECONDS = 90.0
ADDRESS = re.compile(rb"^FHIR base +(http://\S+)/fhir$", re.MULTILINE)
"""Said of a server when it answers. Each takes a free port by itself: one that was found free
before would be anybody's meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """A server that answers at `url`."""

    process: "subprocess.Popen[bytes]"
    log: Path
    began: int
    """Where its part of the log begins."""
    url: str = ""

    @property
    def fhir(self) -> str:
        return f"{self.url}/fhir"

    def family(self) -> list[int]:
        """The server, the guardian of its PostgreSQL, the postmaster, and its children."""
        return family(self.process.pid)


def command(data: Path, *words: str, port: int = 0) -> list[str]:
    """`python -m service serve` on a data directory and a port; 0 is one that is free."""
    serve = [sys.executable, "-m", "service", "serve"]
    return [*serve, "--data-dir", str(data), "--port", str(port), *words]


def refused(data: Path, port: int = 0) -> tuple[int, str]:
    """Exit status and last words of a server that is not to start."""
    done = subprocess.run(
        command(data, port=port),
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
    log = data.with_name(f"{data.name}.log")
    with log.open("ab") as output:
        began = output.tell()
        process = subprocess.Popen(
            [*before, *command(data, *words)],
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = Served(process=process, log=log, began=began)
    try:
        yield server
    finally:
        end(server.family())
        process.wait()


@contextmanager
def served(data: Path, before: Sequence[str] = (), words: Sequence[str] = ()) -> Iterator[Served]:
    """The same, once it answers."""
    with starting(data, before, words) as server:
        yield replace(server, url=_address(server))


def ready(server: Served) -> bool:
    try:
        return httpx.get(f"{server.url}/readyz", timeout=PATIENCE_SECONDS).is_success
    except httpx.TransportError:
        return False


def _address(server: Served) -> str:
    """Where it says that it answers."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while not (said := ADDRESS.search(server.log.read_bytes()[server.began :])):
        running = server.process.poll() is None and time.monotonic() < patience
        assert running, f"The server did not start:\n{server.log.read_text()}"
        time.sleep(0.02)
    return said[1].decode()


def ordinary_user(name: str) -> list[str]:
    """What runs a command as that user; nothing where we are no root and thus ordinary.

    It keeps the right to pass through closed folders: Python may lie below root's home."""
    if os.geteuid() != 0:
        return []
    kept = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    return ["setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups", *kept]
