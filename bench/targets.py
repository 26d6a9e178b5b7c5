"""What was asked of the service, and whether this run met it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.cells import Cell, Cells
from bench.ladder import MOST_GROWTH, Growth, name
from bench.rounds import CEILING, LEVELS
from bench.servers import OURS, PEER, SEVERAL

MET, NOT_MET, PENDING, UNMEASURED = "met", "not met", "pending", "not measured"
GIGA_RUNG = 2_000_000
FROM_RUNG = 20_000
"""Where growth is counted from."""
Result = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    what: str
    wanted: str
    measured: str
    verdict: str
    share: float | None = None
    """The measured value as a multiple of what was wanted, where more is better, and its inverse
    where less is; None where there is no single number."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the rows are made of."""

    cells: Cells
    result: Result
    growths: Sequence[Growth]
    rungs: Sequence[int]

    def cell(self, kind: str, clients: int, server: str = OURS) -> Cell | None:
        return self.cells.get((server, kind, clients))


def table(run: Run) -> list[Row]:
    return [row for make in ROWS for row in make(run)]


def at_least(what: str, found: float | None, wanted: float, said: str, digits: int = 0) -> Row:
    """A row where more is better; `said` is the unit."""
    return _row(what, found, wanted, f"at least {wanted:,g}{said}", said, digits, more=True)


def at_most(what: str, found: float | None, wanted: float, said: str, digits: int = 0) -> Row:
    """A row where less is better."""
    return _row(what, found, wanted, f"at most {wanted:,g}{said}", said, digits, more=False)


def _row(
    what: str,
    found: float | None,
    wanted: float,
    asked: str,
    unit: str,
    digits: int,
    *,
    more: bool,
) -> Row:
    if found is None:
        return Row(what=what, wanted=asked, measured="", verdict=UNMEASURED)
    met = found >= wanted if more else found <= wanted
    share = found / wanted if more else (wanted / found if found > 0 else None)
    return Row(
        what=what,
        wanted=asked,
        measured=f"{found:,.{digits}f}{unit}",
        verdict=MET if met else NOT_MET,
        share=share,
    )


def rate(*cells: Cell | None) -> float | None:
    """The best of the cells' medians; None where there is no right one."""
    return max(
        (median(c.rates()) for c in cells if c is not None and c.fault is None), default=None
    )


def ratio(above: Cell | None, below: Cell | None) -> float | None:
    """The median, round by round."""
    if above is None or below is None or above.fault or below.fault:
        return None
    return median(a / b for a, b in zip(above.rates(), below.rates(), strict=True))


def _p99(cell: Cell | None) -> float | None:
    return cell.p99_ms() if cell is not None and cell.fault is None else None


def _both(run: Run, kind: str, server: str = OURS) -> float | None:
    return rate(*(run.cell(kind, clients, server) for clients in LEVELS))


def _creates(run: Run) -> Iterator[Row]:
    many = run.cell("create", LEVELS[-1])
    alone = run.cell("create", LEVELS[-1], CEILING)
    yield at_least("create that no definition reads", _both(run, "create"), 1500, "/s")
    yield at_least("create, to PostgreSQL alone", ratio(many, alone), 0.5, "", 2)
    yield at_most(f"create, p99 at {LEVELS[-1]} clients", _p99(many), 60, " ms")
    yield at_least("create, gathered into groups", _both(run, "create"), 3000, "/s")


def _settled(run: Run) -> Iterator[Row]:
    what = "create of an episode, 20 sessions, settled"
    yield at_least(what, _both(run, "create, settled"), 300, "/s")
    sessions = _both(run, "transaction of a session")
    yield at_least("transaction of a PHQ-9 and 12 Observations, settled", sessions, 100, "/s")


def _large(run: Run) -> Iterator[Row]:
    """Where the largest size was not filled, the largest that was stands in brackets."""
    if not run.rungs:
        return
    last = run.rungs[-1]
    at = name(last)
    here = f"at {last:,}" + ("" if last >= GIGA_RUNG else f", not {GIGA_RUNG:,}")
    search = "search patient+code"
    yield at_least(f"read by id, {here}", _both(run, "read by id", at), 3000, "/s")
    yield at_least(f"search of 20 bodies, {here}", _both(run, search, at), 1000, "/s")
    quiet = _p99(run.cell(search, LEVELS[0], at))
    yield at_most(f"search of 20 bodies, p99 at {LEVELS[0]} clients, {here}", quiet, 30, " ms")


def _load(run: Run) -> Iterator[Row]:
    found = rate(run.cell("transaction of 100", 4))
    found = None if found is None else 100 * found
    yield at_least("load by transactions of 100", found, 6000, " observations/s")


def _several(run: Run) -> Iterator[Row]:
    """The same rates by several processes, where the service has them."""
    if not any(server == SEVERAL for server, _, _ in run.cells):
        return
    for what, kind, wanted in (
        ("create", "create", 1500),
        ("create of an episode, settled", "create, settled", 300),
        ("transaction of a session, settled", "transaction of a session", 100),
    ):
        yield at_least(f"{what}, {SEVERAL}", _both(run, kind, SEVERAL), wanted, "/s")
    found = rate(run.cell("transaction of 100", 4, SEVERAL))
    found = None if found is None else 100 * found
    yield at_least(f"load by transactions, {SEVERAL}", found, 6000, " observations/s")


def _growth(run: Run) -> Iterator[Row]:
    since = [place for place, rung in enumerate(run.rungs) if rung >= FROM_RUNG]
    grown = [
        (each.p50_ms[-1] / each.p50_ms[since[0]], each) for each in run.growths if len(since) > 1
    ]
    for what, chosen in (
        ("", grown),
        (", answers that do not grow", [g for g in grown if not g[1].grows]),
    ):
        worst = max(chosen, key=lambda pair: pair[0], default=None)
        said = "" if worst is None else f", worst of {len(chosen)}: {worst[1].shape}"
        last = run.rungs[-1] if len(since) > 1 else GIGA_RUNG
        span = f"from {FROM_RUNG:,} to {last:,}"
        found = None if worst is None else worst[0]
        yield at_most(f"growth of p50 {span}{what}{said}", found, MOST_GROWTH, "", 2)


def _histories(run: Run) -> Iterator[Row]:
    found = {cost["patient"]: cost for cost in run.result.get("histories", ())}
    long = found.get("500 sessions")
    for what, part in (
        ("settled create", "settled_ms"),
        ("live $course after a write", "first_course_ms"),
        ("live $course again", "course_ms"),
    ):
        value = None if long is None else long[part][0]
        yield at_most(f"{what}, 500 sessions, p50", value, 50, " ms", 1)


def _crowds(run: Run) -> Iterator[Row]:
    for what, part in (
        ("64 writers on one patient: errors and lost records", "one_patient"),
        ("1,000 patients at once: errors and lost records", "many_patients"),
    ):
        runs = run.result.get(part)
        found = None
        if runs:
            found = sum(each["errors"] + each["lost"] for each in runs)
        yield at_most(what, found, 0, "")


def _pending(_: Run) -> Iterator[Row]:
    for what, wanted in (
        ("a measure over 100,000 courses", "at most 2 s, memory flat"),
        ("$export of 1,000,000 Observations", "at least 20,000/s, memory flat"),
    ):
        yield Row(what=what, wanted=wanted, measured="", verdict=PENDING)


def _process(run: Run) -> Iterator[Row]:
    starts = run.result.get("start_seconds", {}).get(OURS, {})
    memory = run.result.get("memory_mib_after", {}).get(OURS, {}).get("server")
    yield at_most("start, used folder", starts.get("second"), 2, " s", 1)
    yield at_most("start, new folder", starts.get("first"), 2, " s", 1)
    yield at_most("memory of one process after all runs", memory, 190, " MiB")  # 200 MB


def _disk(run: Run) -> Iterator[Row]:
    found = run.result.get("bytes_per_observation")
    yield at_most("disk per observation, all indexes", found, 1434, " B")


def _beside(run: Run) -> Iterator[Row]:
    for kind in ("create", "read by id", "search patient+code"):
        found = [ratio(run.cell(kind, n), run.cell(kind, n, PEER)) for n in LEVELS]
        right = [each for each in found if each is not None]
        yield at_least(f"{kind}, to {PEER}", min(right, default=None), 8, " times", 1)


ROWS: tuple[Callable[[Run], Iterator[Row]], ...] = (
    _creates,
    _settled,
    _large,
    _load,
    _several,
    _growth,
    _histories,
    _crowds,
    _pending,
    _process,
    _disk,
    _beside,
)
