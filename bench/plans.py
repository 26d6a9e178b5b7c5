"""The plans of slow statements, as PostgreSQL's auto_explain writes them into the cluster's log.

https://www.postgresql.org/docs/18/auto-explain.html
"""

import re
from dataclasses import dataclass
from pathlib import Path

SLOW_MS = 5
SETTINGS = {
    "auto_explain.log_min_duration": f"{SLOW_MS}ms",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    # To look at the clock for every row would make slow what is measured.
    "auto_explain.log_timing": "off",
}
BEGINS = re.compile(r"LOG:  duration: (?P<ms>[0-9.]+) ms  plan:$")
QUERY = "Query Text:"


@dataclass(frozen=True, kw_only=True)
class Slow:
    """One statement that took long."""

    ms: float
    plan: tuple[str, ...]
    """The nodes with their indentation, without the statement."""


class Plans:
    """What is written into a log from now on."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read = log.stat().st_size

    def slowest(self) -> Slow | None:
        """Of those written since this was last asked; None where none was slow."""
        with self._log.open("rb") as written:
            written.seek(self._read)
            text = written.read()
        self._read += len(text)
        return max(found(text.decode(errors="replace")), key=lambda slow: slow.ms, default=None)


def found(log: str) -> list[Slow]:
    """Every plan in a log: lines that go on begin with a tab."""
    slow = list[Slow]()
    ms, lines = None, list[str]()
    for line in (*log.splitlines(), ""):
        if ms is not None and line.startswith("\t"):
            lines.append(line[1:])
            continue
        if ms is not None:
            slow.append(Slow(ms=ms, plan=_nodes(lines)))
        match = BEGINS.search(line)
        ms, lines = (float(match["ms"]), []) if match else (None, [])
    return slow


def _nodes(lines: list[str]) -> tuple[str, ...]:
    """The statement comes first, on as many lines as it has; the first node says its cost."""
    first = next((n for n, line in enumerate(lines) if "  (cost=" in line), len(lines))
    return tuple(lines[first:])
