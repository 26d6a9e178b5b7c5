"""The whole measurement, in its order: starts, the small set, the ladder."""

import os
import time
from functools import partial
from pathlib import Path
from statistics import median

from bench import ladder, machine, picture, report, servers, small_set, targets, traffic
from bench.ladder import Rung
from bench.options import Options
from bench.rounds import CEILING, Plan, Rounds, rounds
from bench.servers import HTTP, OURS, PEER, SEVERAL
from bench.small_set import AS_IT_COMES, GRANULAR, TOKEN, Result
from bench.targets import Run

STARTS = 3


def run(folder: Path, options: Options) -> int:
    """Prints the tables and writes the files; 1 where any answer was wrong."""
    began = time.monotonic()
    result: Result = {"machine": machine.machine(), "load_before": os.getloadavg()}
    plan = Plan(
        rounds=options.rounds,
        seconds=options.seconds,
        warm_up_seconds=options.warm_up_seconds,
    )
    with rounds(plan) as measuring:
        if options.wants("starts"):
            result["start_seconds"] = _starts(folder, alone=options.alone)
        if any(map(options.wants, ("closed", "therapy", "open"))):
            small_set.run(folder, measuring, options, result)
        rungs = _ladder(folder, measuring, options, result) if options.wants("ladder") else []
    result["load_after"] = os.getloadavg()
    result["took_seconds"] = round(time.monotonic() - began)
    done = Run(
        cells=measuring.cells,
        result=result,
        growths=ladder.growths(measuring.cells, rungs),
        rungs=rungs,
    )
    rows = targets.table(done)
    report.keep(done, rows)
    report.PICTURE.write_text(picture.picture(done, rows))
    report.show(done, _ratios(result, rungs))
    return 1 if report.invalid(done) else 0


def _ratios(result: Result, rungs: list[int]) -> list[report.Ratio]:
    """What is beside what."""
    found = [(TOKEN, OURS), (GRANULAR, OURS), (SEVERAL, OURS), (OURS, CEILING), (SEVERAL, CEILING)]
    found += [(OURS, PEER), (SEVERAL, PEER), (OURS, AS_IT_COMES), (OURS, HTTP), (HTTP, PEER)]
    if "peer" in result:
        found += [(OURS, result["peer"]), (SEVERAL, result["peer"])]
    return found + [(ladder.name(rung), OURS) for rung in rungs[-1:]]


def _ladder(folder: Path, measuring: Rounds, options: Options, result: Result) -> list[int]:
    """The sizes that were measured; the closed runs once more at the last."""
    climbed: list[Rung] = []
    with ladder.climbed(folder / "ladder") as up:
        for size in options.rungs:
            print(f"  filling up to {size:,} Observations", flush=True)
            climbed.append(up.climb(size))
            ladder.measure(climbed[-1], measuring, seconds=options.ladder_seconds)
        last = climbed[-1]
        kinds = [
            [(last.server, kind)]
            for kind in (
                partial(traffic.reads, last.scope.patients),
                partial(traffic.searches, last.scope.patients),
                traffic.creates,
            )
        ]
        measuring.measure(kinds)
        result["memory_mib_ladder"] = last.server.memory()
    result["bulk_per_second"] = round(last.filled_per_second)
    result["bytes_per_observation"] = last.bytes_each
    return [rung.observations for rung in climbed]


def _starts(folder: Path, *, alone: bool) -> dict[str, dict[str, float]]:
    """Seconds to the first answer: in a new folder, and in one that was used."""
    found: dict[str, dict[str, float]] = {}
    ways = ((OURS, servers.attune_start_seconds), (PEER, servers.peer_start_seconds))
    for name, start in ways[:1] if alone else ways:
        first = [start(folder / f"start-{name}-{n}") for n in range(STARTS)]
        second = [start(folder / f"start-{name}-0") for _ in range(STARTS)]
        found[name] = {"first": round(median(first), 2), "second": round(median(second), 2)}
    return found
