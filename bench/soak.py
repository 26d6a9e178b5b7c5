"""A mixed load for as long as wanted, at a fixed share of what the server can do, and whether
anything grew meanwhile: latencies, memory, file handles, connections, dead rows, room per row."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

import orjson

from bench import figures, loading, machine, servers, traffic
from bench.cells import CORES, unwatched
from bench.client import Expected
from bench.course_records import COURSES
from bench.open_client import OpenLoad, OpenOutcome, Stream
from bench.open_load import CONNECTIONS, maximum
from bench.options import Options
from bench.report import LATEST, QUIET
from bench.rounds import LEVELS, Plan, Rounds, rounds
from bench.server import NotMeasurable, Server
from bench.small_set import PATIENTS
from bench.soak_state import State, state
from bench.traffic import POOL, Traffic

Kind = Callable[[int], Traffic]
SHARE = 0.6
"""Of the highest rate of the mixture, as told by a closed run just before."""
MIXTURE = "all of them"
COURSES_A_MINUTE = 70
"""So many patients in therapy that settled creates hardly make one patient's record longer."""
SHARES = {
    "read by id": 0.52,
    "search patient+code": 0.25,
    "create": 0.12,
    "update": 0.08,
    "create, settled": 0.03,
}
"""Of what comes."""
FILE = LATEST.with_name("soak.json")


@dataclass(frozen=True, kw_only=True)
class Window:
    """One stretch of it."""

    at_seconds: float
    answers: int
    p50_ms: Mapping[str, float]
    p99_ms: Mapping[str, float]
    wrong: tuple[str, ...]
    most_waiting: int
    busy: float
    """Share of the machine that was in use."""
    others: float
    """Share of the machine that others than server, database and client used."""
    cpu_ms: Mapping[str, float]
    """Of the server and its database for each answer: what does not depend on who waits."""
    state: State


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One thing that was watched."""

    what: str
    first: float
    """Median of the first third."""
    last: float
    flat: bool


def soak(folder: Path, options: Options) -> int:
    """1 where an answer was wrong or something was not flat."""
    with (
        servers.attune("attune", folder / "soak") as server,
        rounds(Plan(rounds=1, seconds=options.seconds)) as measuring,
    ):
        courses = max(COURSES, round(COURSES_A_MINUTE * options.minutes))
        _fill(server, courses)
        kinds = _kinds(courses)
        rate = SHARE * _capacity(server, measuring, kinds)
        print(f"  {rate:.0f} requests a second for {options.minutes:g} minutes", flush=True)
        windows = list(_windows(server, measuring, kinds, rate, options))
    verdicts = judged(windows)
    wrong = [said for window in windows for said in window.wrong]
    _keep(rate, windows, verdicts)
    _show(windows, verdicts, wrong)
    return 1 if wrong or not all(verdict.flat for verdict in verdicts) else 0


def _fill(server: Server, courses: int) -> None:
    print("  filling", flush=True)
    loading.fill(server, loading.new_patients())
    loading.fill(server, loading.wards(range(PATIENTS)))
    loading.fill_wards(server, range(PATIENTS))
    loading.fill_side_by_side(server, loading.courses, range(courses))
    loading.settle_down(server)


def _kinds(courses: int) -> tuple[Kind, ...]:
    """In the order of their shares."""
    return (
        partial(traffic.reads, PATIENTS),
        partial(traffic.searches, PATIENTS),
        traffic.creates,
        partial(traffic.updates, PATIENTS),
        partial(traffic.expressions, courses),
    )


def _capacity(server: Server, measuring: Rounds, kinds: Sequence[Kind]) -> float:
    """Of the mixture itself: a kind that comes alone is answered for less, since more of it is
    gathered."""
    measuring.measure([[(server, partial(mixture, kinds))]], levels=LEVELS[-1:])
    highest = maximum(server, measuring, MIXTURE)
    if not highest:
        raise NotMeasurable("The mixture had wrong answers even before the soak.")
    return highest


def mixture(kinds: Sequence[Kind], number: int) -> Traffic:
    """All kinds by their shares, shuffled."""
    random = Random(number)  # noqa: S311  (not a secret)
    drawn = [
        request
        for kind, share in zip(kinds, SHARES.values(), strict=True)
        for request in random.choices(kind(number).requests, k=round(share * POOL))
    ]
    random.shuffle(drawn)
    return Traffic(kind=MIXTURE, requests=drawn, expected=Expected(status=None))


def _windows(
    server: Server, measuring: Rounds, kinds: Sequence[Kind], rate: float, options: Options
) -> Iterator[Window]:
    began = time.monotonic()
    number = 0
    while (at := time.monotonic() - began) < 60 * options.minutes:
        outcome = measuring.openly(server, mixed(kinds, rate, options.window_seconds, number))
        window = _window(at, server, outcome)
        print(f"  {_line(window)}", flush=True)
        yield window
        number += 1


def mixed(kinds: Sequence[Kind], rate: float, seconds: float, number: int) -> OpenLoad:
    """What comes in one window, each kind at its share of the rate."""
    streams = tuple(
        _stream(kind(number), share * rate, seconds, seed=len(kinds) * number + place)
        for place, (kind, share) in enumerate(zip(kinds, SHARES.values(), strict=True))
    )
    return OpenLoad(streams=streams, seconds=seconds, connections=CONNECTIONS)


def _stream(asked: Traffic, rate: float, seconds: float, seed: int) -> Stream:
    return Stream(
        kind=asked.kind,
        requests=asked.requests,
        expected=asked.expected,
        due=figures.arrivals(rate, seconds, seed),
    )


def _window(at: float, server: Server, outcome: OpenOutcome) -> Window:
    return Window(
        at_seconds=round(at, 1),
        answers=outcome.answers(),
        p50_ms={kind: outcome.quantile_ms(0.50, kind) for kind in outcome.latencies},
        p99_ms={kind: outcome.quantile_ms(0.99, kind) for kind in outcome.latencies},
        wrong=outcome.wrong,
        most_waiting=outcome.most_waiting,
        busy=outcome.cpu_seconds["machine"] / (CORES * outcome.seconds),
        cpu_ms={
            name: 1000 * outcome.cpu_seconds[name] / max(1, outcome.answers())
            for name in server.watched()
        },
        others=unwatched(outcome.cpu_seconds, outcome.seconds),
        state=state(server),
    )


def judged(windows: list[Window]) -> list[Verdict]:
    """Everything that was watched, and whether its last third was like its first."""
    found = []
    for what, slack, value in _watched():
        values = [value(window) for window in windows]
        first, last = figures.thirds(values)
        flat = figures.was_flat(values, slack=slack)
        found.append(Verdict(what=what, first=first, last=last, flat=flat))
    return found


def _watched() -> Iterator[tuple[str, float, Callable[[Window], float]]]:
    """What, by how much in its own unit it may always rise, and where it stands."""
    for kind in SHARES:
        yield f"p50 ms, {kind}", 0.5, partial(_p50, kind)
        yield f"p99 ms, {kind}", 5.0, partial(_p99, kind)
    for name in ("server", "database"):
        yield f"CPU of the {name} an answer, ms", 0.02, partial(_cpu, name)
    yield "memory of the server, MiB", 10.0, lambda window: window.state.server_mib
    yield "open file handles", 5.0, lambda window: window.state.handles
    yield "connections to PostgreSQL", 3.0, lambda window: window.state.connections
    yield "dead rows to each live one", 0.2, lambda window: window.state.dead_share
    yield "bytes of tables a row", 20.0, lambda window: window.state.table_bytes_each
    yield "bytes of indexes a row", 20.0, lambda window: window.state.index_bytes_each


def _p50(kind: str, window: Window) -> float:
    return window.p50_ms[kind]


def _p99(kind: str, window: Window) -> float:
    return window.p99_ms[kind]


def _cpu(name: str, window: Window) -> float:
    return window.cpu_ms[name]


def _line(window: Window) -> str:
    now = window.state
    p99 = "  ".join(f"{window.p99_ms[kind]:.0f}" for kind in SHARES)
    wrong = f"  WRONG: {window.wrong[0]}" if window.wrong else ""
    return (
        f"{window.at_seconds:7.0f} s {window.answers:7} answers  p99 ms {p99}"
        f"  {now.server_mib:.0f} MiB  {now.handles} handles  {now.connections} connections"
        f"  {now.rows:,} rows  {now.dead:,} dead  busy {window.busy:.0%}"
        f"  CPU {window.cpu_ms['server']:.2f} + {window.cpu_ms['database']:.2f} ms{wrong}"
    )


def _keep(rate: float, windows: list[Window], verdicts: list[Verdict]) -> None:
    FILE.parent.mkdir(exist_ok=True)
    kept = {
        "machine": machine.machine(),
        "rate": rate,
        "mix": SHARES,
        "windows": [asdict(window) for window in windows],
        "verdicts": [asdict(verdict) for verdict in verdicts],
    }
    FILE.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2))


def _show(windows: list[Window], verdicts: list[Verdict], wrong: list[str]) -> None:
    print(f"\n{'':34}{'first third':>13}{'last third':>13}")
    for each in verdicts:
        verdict = "flat" if each.flat else "NOT FLAT"
        print(f"{each.what:34}{each.first:13.2f}{each.last:13.2f}  {verdict}")
    print(
        "\nTables, bytes with their indexes: after the first window and after the last; dead rows"
    )
    for name, last in sorted(windows[-1].state.tables.items()):
        first = windows[0].state.tables.get(name)
        if first is not None:
            print(
                f"{name:20}{first.table_bytes + first.index_bytes:15,}"
                f"{last.table_bytes + last.index_bytes:15,}{last.dead:10,}"
            )
    if median(window.others for window in windows) > QUIET:
        print("\nTHE MACHINE WAS NOT QUIET: latencies are others' doing, too.")
    print(f"\n{len(wrong)} wrong answers{': ' + wrong[0] if wrong else ''}")
