"""What processes use, as Linux says it in /proc: CPU seconds and memory."""

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MEBIBYTE = 1024


def cpu_seconds(root: int) -> float:
    """User and system time of a process and of all that descend or descended from it."""
    found = map(_stat, family(root))
    return sum(sum(map(int, fields[11:15])) for fields in found if fields) / TICKS


def cpu_now(watched: Mapping[str, int]) -> dict[str, float]:
    """CPU seconds so far: of what is watched, of this process as `client`, and of the `machine`."""
    used = {name: cpu_seconds(root) for name, root in watched.items()}
    return used | {"client": time.process_time(), "machine": busy_seconds()}


def family(root: int) -> tuple[int, ...]:
    """A process and everything that descends from it."""
    parents = {
        int(entry.name): int(fields[1])
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and (fields := _stat(int(entry.name)))
    }
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return tuple(found)


def resident_mib(pid: int) -> float:
    return _kibibytes(Path(f"/proc/{pid}/status"), "VmRSS:") / MEBIBYTE


def proportional_mib(pids: Iterable[int]) -> float:
    """Memory with every shared page counted once among those that share it."""
    return sum(_kibibytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") for pid in pids) / MEBIBYTE


def busy_seconds() -> float:
    """CPU time of everything on the machine since it started."""
    user, nice, system, _, _, irq, softirq = map(int, _first_line("/proc/stat").split()[1:8])
    return (user + nice + system + irq + softirq) / TICKS


def cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "unknown")


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name; empty where the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _kibibytes(file: Path, name: str) -> int:
    try:
        lines = file.read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


def _first_line(path: str) -> str:
    return Path(path).read_text().partition("\n")[0]
