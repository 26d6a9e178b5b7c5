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
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import copytree
from statistics import median
from typing import Any

from bench import fairness, loading, report, servers, tokens, traffic
from bench.population import PER_PATIENT
from bench.rounds import CEILING, Plan, Rounds, Target, rounds
from bench.servers import PEER, NotMeasurable, Server

SMALL, LARGE = 20_000 // PER_PATIENT, 500_000 // PER_PATIENT
"""Ward patients."""
OURS, GROWN = "attune", "attune at 500,000"
AS_IT_COMES = f"{PEER} as it comes"
TOKEN, GRANULAR = "with a token", "with a granular token"
STARTS = 3
SECONDS, QUICK_SECONDS = 2.0, 1.5
ON_DISK = "/var/tmp"  # noqa: S108  (ours alone; /tmp may be memory, and what is measured must last)
RATIOS = (
    (TOKEN, OURS),
    (GRANULAR, OURS),
    (OURS, PEER),
    (OURS, AS_IT_COMES),
    (OURS, CEILING),
    (GROWN, OURS),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 Observations only")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, help="of each run, after a warm-up")
    given = parser.parse_args()
    seconds = given.seconds or (QUICK_SECONDS if given.quick else SECONDS)
    began = time.monotonic()
    result: dict[str, Any] = {"machine": report.machine(), "load_before": os.getloadavg()}
    try:
        with (
            tempfile.TemporaryDirectory(prefix="attune-bench-", dir=ON_DISK) as folder,
            rounds(Plan(rounds=given.rounds, seconds=seconds)) as measuring,
        ):
            Path(folder).chmod(0o755)  # PostgreSQL may run as another account
            _run(Path(folder), measuring, result, full=not given.quick)
    except NotMeasurable as reason:
        print(f"No result: {reason}", file=sys.stderr)
        return 1
    result["load_after"] = os.getloadavg()
    result["took_seconds"] = round(time.monotonic() - began)
    report.keep(result, measuring.cells)
    report.show(result, measuring.cells, RATIOS)
    return 0


def _run(folder: Path, measuring: Rounds, result: dict[str, Any], *, full: bool) -> None:
    """`full`: also at 500,000 Observations, and beside the other server as it comes."""
    result["start_seconds"] = _starts(folder)
    with ExitStack() as open_:
        small = open_.enter_context(servers.attune(OURS, folder / "small"))
        result["memory_mib_started"] = small.memory()
        with servers.peer(PEER, folder / "peer", quiet=True) as filling:
            result["load_per_second"] = _filled(small, filling)
        if full:
            copytree(folder / "peer", folder / "as-it-comes")
        peers = [open_.enter_context(servers.peer(PEER, folder / "peer", quiet=True))]
        own = [small]
        if full:
            other = servers.peer(AS_IT_COMES, folder / "as-it-comes", quiet=False)
            peers.append(open_.enter_context(other))
            own.append(open_.enter_context(servers.attune(GROWN, folder / "large")))
            result["bulk_per_second"] = round(_grown(own[1]))
            result["observations_grown"] = fairness.compared(own[1:], LARGE)
            result["bytes_per_observation"] = loading.bytes_on_disk(own[1]) // (LARGE * PER_PATIENT)
        issuer = open_.enter_context(tokens.issuer(folder))
        secured = open_.enter_context(
            servers.attune_with_tokens(TOKEN, small, folder / "secured", issuer)
        )
        asking = [
            replace(secured, name=name, headers=issuer.header(scope))
            for name, scope in ((TOKEN, tokens.WIDE), (GRANULAR, tokens.GRANULAR))
        ]
        result["observations"] = fairness.compared([small, *asking, *peers], SMALL)
        _measured([*own, *asking, *peers], own, measuring, result)


def _measured(
    everyone: list[Server], own: list[Server], measuring: Rounds, result: dict[str, Any]
) -> None:
    result["memory_mib_loaded"] = {server.name: server.memory() for server in everyone}
    searched = [server for server in everyone if server.name != AS_IT_COMES]
    measuring.measure([_reads(everyone), _searches(searched)])
    measuring.measure([_creates(everyone)], ceiling_of=own[0])
    for server in own:
        loading.fill(server, loading.courses())
        loading.settle_down(server)
    measuring.measure([[(server, traffic.expressions) for server in own]])
    result["memory_mib_after"] = {server.name: server.memory() for server in everyone}
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
