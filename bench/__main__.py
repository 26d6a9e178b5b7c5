"""Measure the service, beside another server and beside PostgreSQL alone, on this machine.

    python -m bench [--quick] [--rounds N] [--seconds S]

Without --quick also at 500,000 Observations. Prints a table and writes bench/results/latest.json.
"""

import argparse
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from shutil import copytree
from statistics import median
from typing import Any

from bench import fairness, loading, report, servers, traffic
from bench.population import PER_PATIENT
from bench.rounds import CEILING, Plan, Rounds, Target, rounds
from bench.servers import PEER, NotMeasurable, Server

SMALL, LARGE = 20_000 // PER_PATIENT, 500_000 // PER_PATIENT
"""Ward patients."""
OURS, GROWN = "attune", "attune at 500,000"
AS_IT_COMES = f"{PEER} as it comes"
STARTS = 3
RATIOS = ((OURS, PEER), (OURS, AS_IT_COMES), (OURS, CEILING), (GROWN, OURS))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 Observations only")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.5, help="of each run, after a warm-up")
    given = parser.parse_args()
    plan = Plan(rounds=given.rounds, seconds=given.seconds)
    began = time.monotonic()
    result: dict[str, Any] = {"machine": report.machine(), "load_before": os.getloadavg()}
    try:
        # Not under /tmp where that is memory: what is measured must reach a disk.
        with tempfile.TemporaryDirectory(prefix="attune-bench-", dir="/var/tmp") as folder:
            Path(folder).chmod(0o755)
            with rounds(plan) as measuring:
                _run(Path(folder), measuring, result, large=not given.quick)
    except NotMeasurable as reason:
        print(f"No result: {reason}", file=sys.stderr)
        return 1
    result["load_after"] = os.getloadavg()
    result["took_seconds"] = round(time.monotonic() - began)
    report.keep(result, measuring.cells)
    report.show(result, measuring.cells, RATIOS)
    return 0


def _run(folder: Path, measuring: Rounds, result: dict[str, Any], *, large: bool) -> None:
    result["start_seconds"] = _starts(folder)
    with ExitStack() as open_:
        small = open_.enter_context(servers.attune(OURS, folder / "small"))
        with servers.peer(PEER, folder / "peer", quiet=True) as filling:
            result["load_per_second"] = _filled(small, filling)
        copytree(folder / "peer", folder / "as-it-comes")
        peers = [
            open_.enter_context(servers.peer(PEER, folder / "peer", quiet=True)),
            open_.enter_context(servers.peer(AS_IT_COMES, folder / "as-it-comes", quiet=False)),
        ]
        result["observations"] = fairness.compared([small, *peers], SMALL)
        own = [small]
        if large:
            grown = open_.enter_context(servers.attune(GROWN, folder / "large"))
            result["bulk_per_second"] = round(_grown(grown))
            result["observations_grown"] = fairness.compared([grown], LARGE)
            own.append(grown)
        everyone = [*own, *peers]
        result["memory_mib_before"] = {s.name: s.memory() for s in everyone}
        measuring.measure([_reads(everyone), _searches([*own, peers[0]])])
        measuring.measure([_creates(everyone)], ceiling_of=small)
        for server in own:
            loading.fill(server, loading.courses())
            loading.settle_down(server)
        measuring.measure([[(server, traffic.expressions) for server in own]])
        result["memory_mib_after"] = {s.name: s.memory() for s in everyone}
        result["observations_after"] = {s.name: fairness.observations(s) for s in everyone}


def _filled(small: Server, peer: Server) -> dict[str, int]:
    """The same Bundles to both; vital signs per second."""
    found = {}
    for server in (small, peer):
        loading.send(server, loading.people(SMALL), at_once=1)
        found[server.name] = round(loading.send(server, loading.mixed_vitals(SMALL)))
    loading.settle_down(small)
    return found


def _grown(server: Server) -> float:
    loading.fill(server, loading.people(LARGE))
    speed = loading.fill_wards(server, range(LARGE))
    loading.settle_down(server)
    return speed


def _patients(server: Server) -> int:
    return LARGE if server.name == GROWN else SMALL


def _reads(asked: list[Server]) -> list[Target]:
    return [(server, partial(traffic.reads, _patients(server))) for server in asked]


def _searches(asked: list[Server]) -> list[Target]:
    return [(server, partial(traffic.searches, _patients(server))) for server in asked]


def _creates(asked: list[Server]) -> list[Target]:
    return [(server, traffic.creates) for server in asked]


def _starts(folder: Path) -> dict[str, dict[str, float]]:
    """Seconds to the first answer: in a new folder, and in one that was used."""
    found: dict[str, dict[str, float]] = {}
    ways = ((OURS, servers.attune_start_seconds), (PEER, servers.peer_start_seconds))
    for name, start in ways:
        first = [start(folder / f"start-{name}-{n}") for n in range(STARTS)]
        second = [start(folder / f"start-{name}-0") for _ in range(STARTS)]
        found[name] = {"first": round(median(first), 2), "second": round(median(second), 2)}
    return found


if __name__ == "__main__":
    sys.exit(main())
