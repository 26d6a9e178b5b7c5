"""Requests that come at a fixed rate, at shares of what the server could do at the most."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.cells import unwatched
from bench.figures import arrivals
from bench.open_client import OpenLoad, OpenOutcome, Stream
from bench.rounds import LEVELS, Rounds
from bench.server import Server
from bench.traffic import Traffic

SHARES = (0.5, 0.8)
"""Of the highest rate of the closed runs."""
CONNECTIONS = 128
WARM_UP_SECONDS = 0.5
OVERTIME = 0.1
"""Share of a run that the last answers may take beyond it, where the server followed."""


@dataclass(frozen=True, kw_only=True)
class OpenSample:
    """One run."""

    per_second: float
    """Answered."""
    p50_ms: float
    p99_ms: float
    most_waiting: int
    """Requests at a time that found no free connection."""
    overtime: float
    """How long after the last arrival the last answer came, as a share of the run."""
    client_late_ms: tuple[float, float]
    cpu_ms: Mapping[str, float]
    others: float
    wrong: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OpenCell:
    """All runs of one kind at one share, by round."""

    kind: str
    share: float
    rate: float
    """Arrivals a second."""
    samples: list[OpenSample] = field(default_factory=list)

    @property
    def fault(self) -> str | None:
        """Why its figures count for nothing; None where they do."""
        return next((sample.wrong[0] for sample in self.samples if sample.wrong), None)

    def kept_up(self) -> bool:
        return median(sample.overtime for sample in self.samples) <= OVERTIME


def measure(
    server: Server,
    measuring: Rounds,
    kinds: Sequence[Callable[[int], Traffic]],
    *,
    seconds: float,
) -> list[OpenCell]:
    """Each kind at each share; kinds without a right closed run are left out."""
    found = []
    for kind in kinds:
        most = maximum(server, measuring, kind(0).kind)
        for share in SHARES if most else ():
            cell = OpenCell(kind=kind(0).kind, share=share, rate=share * most)
            for number in range(measuring.plan.rounds):
                load = one_kind(kind(number), cell.rate, seconds, seed=number)
                cell.samples.append(sample(measuring.openly(server, load), load))
            found.append(cell)
            print(f"  {server.name:24} {cell.kind:34} {_said(cell)}", flush=True)
    return found


def maximum(server: Server, measuring: Rounds, kind: str) -> float:
    """The highest of the closed runs' medians; 0 where there is none."""
    held = [measuring.cells.get((server.name, kind, clients)) for clients in (*LEVELS, 1)]
    return max((median(c.rates()) for c in held if c is not None and not c.fault), default=0.0)


def one_kind(traffic: Traffic, rate: float, seconds: float, seed: int) -> OpenLoad:
    """Poisson arrivals of one kind."""
    whole = WARM_UP_SECONDS + seconds
    stream = Stream(
        kind=traffic.kind,
        requests=traffic.requests,
        expected=traffic.expected,
        due=arrivals(rate, whole, seed),
    )
    return OpenLoad(
        streams=(stream,),
        seconds=whole,
        warm_up_seconds=WARM_UP_SECONDS,
        connections=CONNECTIONS,
    )


def sample(outcome: OpenOutcome, load: OpenLoad) -> OpenSample:
    used = {name: cpu for name, cpu in outcome.cpu_seconds.items() if name != "machine"}
    answers, seconds = max(1, outcome.answers()), max(outcome.seconds, 1e-9)
    planned = load.seconds - load.warm_up_seconds
    return OpenSample(
        per_second=outcome.answers() / seconds,
        p50_ms=outcome.quantile_ms(0.50),
        p99_ms=outcome.quantile_ms(0.99),
        most_waiting=outcome.most_waiting,
        overtime=max(0.0, seconds - planned) / planned,
        client_late_ms=(1000 * outcome.client_late[0], 1000 * outcome.client_late[1]),
        cpu_ms={name: 1000 * cpu / answers for name, cpu in used.items()},
        others=unwatched(outcome.cpu_seconds, seconds),
        wrong=outcome.wrong,
    )


def _said(cell: OpenCell) -> str:
    if cell.fault:
        return f"INVALID: {cell.fault}"
    p50, p99 = (median(getattr(s, name) for s in cell.samples) for name in ("p50_ms", "p99_ms"))
    kept = "" if cell.kept_up() else "  did not keep up"
    return f"{cell.share:.0%} {cell.rate:8.0f}/s  p50 {p50:8.2f} ms  p99 {p99:8.2f} ms{kept}"
