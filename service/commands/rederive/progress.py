"""How far a long run has come: one line that is rewritten on a terminal, now and then a line
elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self, TextIO

BETWEEN_DRAWINGS = 0.2
BETWEEN_LINES = 30.0
"""Seconds."""
WIDTH = 30
"""Of the bar, in characters."""


@dataclass(kw_only=True)
class Progress:
    """Told how many are done, of how many; rate and time left are those of this run."""

    stream: TextIO
    clock: Callable[[], float]
    """Seconds from any beginning."""
    _began: tuple[float, int] | None = field(default=None, init=False)
    """When this run was first heard of, and how many were done by then."""
    _last: float = field(default=float("-inf"), init=False)

    def tell(self, done: int, total: int) -> None:
        now = self.clock()
        if self._began is None:
            self._began = (now, done)
        drawn = self.stream.isatty()
        pause = BETWEEN_DRAWINGS if drawn else BETWEEN_LINES
        if now - self._last < pause and done < total:
            return
        self._last = now
        said = said_of(done, total, seconds=now - self._began[0], before=self._began[1])
        if drawn:
            self.stream.write(f"\r\x1b[K{bar(done, total)} {said}")
        else:
            self.stream.write(f"{said}\n")
        self.stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Whatever is written next begins on a line of its own."""
        if self._began is not None and self.stream.isatty():
            self.stream.write("\n")
            self.stream.flush()


def bar(done: int, total: int) -> str:
    full = WIDTH if total == 0 else WIDTH * done // total
    return f"[{'#' * full}{'.' * (WIDTH - full)}]"


def said_of(done: int, total: int, *, seconds: float, before: int) -> str:
    """`400 of 1,000 patients (40 %), 80 a second, 8 s left`."""
    share = 100 if total == 0 else 100 * done // total
    text = f"{done:,} of {total:,} patients ({share} %)"
    rate = (done - before) / seconds if seconds > 0 else 0.0
    if rate == 0:
        return text
    return f"{text}, {rate:.3g} a second, {span((total - done) / rate)} left"


def span(seconds: float) -> str:
    """`8 s`, `2 min 5 s`, `3 h 20 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60} min"
