"""Starting, watching and killing the processes of a server in tests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0


@contextmanager
def owner(data: Path, task: str, before: Sequence[str] = ()) -> Iterator["subprocess.Popen[str]"]:
    """`tests.store.owner` in a process group of its own; `before` is a command that runs it."""
    process = subprocess.Popen(
        [*before, sys.executable, "-m", "tests.store.owner", str(data), task],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end(family(process.pid))
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def heard(process: "subprocess.Popen[str]", beginning: str) -> str:
    """The rest of the next line that begins so; fails with what was said instead."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith(beginning), line
    return line.removeprefix(beginning).strip()


def family(process: int) -> list[int]:
    """A process and its descendants, the oldest first."""
    found = [process]
    for parent in found:
        found += _children(parent)
    return found


def running(data: Path) -> list[int]:
    """The guardian of a data directory, its PostgreSQL, and what that started."""
    postmaster = (data / "postgres" / "postmaster.pid").read_text().split()[0]
    guardian = Path(f"/proc/{postmaster}/stat").read_text().rpartition(")")[2].split()[1]
    return family(int(guardian))


def _children(parent: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{parent}/task").iterdir())
        return [int(word) for t in threads for word in (t / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def end(processes: Iterable[int]) -> None:
    """Kill -9, without a chance to tidy up."""
    for process in processes:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def await_end(processes: Sequence[int]) -> None:
    """Fails where one of them is still there after a long time."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while left := [process for process in processes if alive(process)]:
        assert time.monotonic() < patience, left
        time.sleep(0.02)
