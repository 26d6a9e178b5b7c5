"""Everything that is measured at 20,000 Observations, beside other servers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from shutil import copytree
from typing import Any

from bench import (
    crowds,
    fairness,
    histories,
    loading,
    named_peer,
    open_load,
    servers,
    tokens,
    traffic,
)
from bench.options import Options
from bench.population import PER_PATIENT
from bench.rounds import Rounds, Target
from bench.server import Server
from bench.servers import OURS, PEER, SEVERAL, WORKERS
from bench.traffic import Traffic

PATIENTS = 20_000 // PER_PATIENT
"""Ward patients."""
AS_IT_COMES = f"{PEER} as it comes"
TOKEN, GRANULAR = "with a token", "with a granular token"
LOADERS = (4,)
"""Clients that send transactions of 100."""
Result = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Present:
    """The servers that hold the same records."""

    small: Server
    several: tuple[Server, ...]
    """Our own with several processes, where it can."""
    asking: tuple[Server, ...]
    """Our own, asked with tokens."""
    peers: tuple[Server, ...]
    """Others."""
    http: Server
    """Holds nothing; what HTTP alone can do."""

    @property
    def everyone(self) -> list[Server]:
        return [self.small, *self.several, *self.asking, *self.peers]

    @property
    def own(self) -> list[Server]:
        return [self.small, *self.several]


def run(folder: Path, measuring: Rounds, options: Options, result: Result) -> None:
    with _present(folder, options, result) as present:
        result["observations"] = fairness.compared(present.everyone, PATIENTS)
        result["memory_mib_loaded"] = {s.name: s.memory() for s in present.everyone}
        if options.wants("closed") or options.wants("open"):
            _closed(present, measuring)
        if options.wants("therapy"):
            _therapy(present, measuring, result)
        if options.wants("open"):
            kinds: list[Callable[[int], Traffic]] = [reads, searches, traffic.creates]
            if options.wants("therapy"):
                kinds.append(settled)
            found = open_load.measure(present.small, measuring, kinds, seconds=options.open_seconds)
            result["open"] = [asdict(cell) for cell in found]
        if options.wants("closed"):
            # Last, since it makes the tables grow most.
            loaded = [server for server in present.everyone if server not in present.asking]
            measuring.measure([_each(loaded, traffic.loads)], levels=LOADERS)
        result["memory_mib_after"] = {s.name: s.memory() for s in present.everyone}
        result["observations_after"] = {s.name: fairness.observations(s) for s in present.everyone}


reads = partial(traffic.reads, PATIENTS)
searches = partial(traffic.searches, PATIENTS)
settled = partial(traffic.expressions, crowds.PATIENTS)
sessions = partial(traffic.sessions, crowds.PATIENTS)


@contextmanager
def _present(folder: Path, options: Options, result: Result) -> Iterator[Present]:
    """Filled with the same Bundles."""
    with ExitStack() as open_:
        small = open_.enter_context(servers.attune(OURS, folder / "small"))
        result["memory_mib_started"] = small.memory()
        people, vitals = _records()
        loading.send(small, people, at_once=1)
        speeds = {OURS: loading.send(small, vitals)}
        peers = [] if options.alone else list(_peers(open_, folder, options, speeds))
        if options.peer:
            named = named_peer.named(
                options.peer, headers=options.peer_headers, pid=options.peer_pid
            )
            result["peer"] = named.name
            speeds[named.name] = named_peer.fill(named, people, vitals)
            peers.append(named)
        result["load_per_second"] = {name: round(speed) for name, speed in speeds.items()}
        loading.settle_down(small)
        yield Present(
            small=small,
            several=tuple(_several(open_, folder, small)),
            asking=tuple(_asking(open_, folder, small, options)),
            peers=tuple(peers),
            http=open_.enter_context(servers.http_alone(folder / "http")),
        )


def _records() -> tuple[list[Any], list[Any]]:
    people = [*loading.wards(range(PATIENTS)), *loading.new_patients()]
    return people, list(loading.mixed_vitals(PATIENTS))


def _peers(
    open_: ExitStack, folder: Path, options: Options, speeds: dict[str, float]
) -> Iterator[Server]:
    people, vitals = _records()
    with servers.peer(PEER, folder / "peer", quiet=True) as filling:
        loading.send(filling, people, at_once=1)
        speeds[PEER] = loading.send(filling, vitals)
    if options.full:
        copytree(folder / "peer", folder / "as-it-comes")
        other = servers.peer(AS_IT_COMES, folder / "as-it-comes", quiet=False)
        yield open_.enter_context(other)
    yield open_.enter_context(servers.peer(PEER, folder / "peer", quiet=True))


def _several(open_: ExitStack, folder: Path, small: Server) -> Iterator[Server]:
    if servers.knows_workers():
        beside = servers.attune_of_several(SEVERAL, small, folder / "several", WORKERS)
        yield open_.enter_context(beside)


def _asking(open_: ExitStack, folder: Path, small: Server, options: Options) -> Iterator[Server]:
    issuer = open_.enter_context(tokens.issuer(folder))
    secured = open_.enter_context(
        servers.attune_with_tokens(TOKEN, small, folder / "secured", issuer)
    )
    scopes = ((TOKEN, tokens.WIDE), (GRANULAR, tokens.GRANULAR))
    for name, scope in scopes if options.full else scopes[:1]:
        yield replace(secured, name=name, headers=issuer.header(scope))


def _closed(present: Present, measuring: Rounds) -> None:
    searched = [server for server in present.everyone if server.name != AS_IT_COMES]
    asked = [*present.everyone, present.http]
    measuring.measure([_each(asked, reads), _each(searched, searches)])
    measuring.measure([_each(present.everyone, traffic.creates)], ceiling_of=present.small)


def _therapy(present: Present, measuring: Rounds, result: Result) -> None:
    small = present.small
    loading.fill_side_by_side(small, loading.courses, range(crowds.PATIENTS))
    loading.settle_down(small)
    measuring.measure([_each(present.own, settled), _each(present.own, sessions)])
    result["one_patient"] = _crowds(crowds.on_one_patient(small, measuring))
    result["many_patients"] = _crowds(crowds.of_many_patients(small, measuring))
    histories.measure(small, measuring)
    found = histories.costs(small, measuring.cells)
    result["histories"] = [asdict(cost) for cost in found]
    result["ms_per_session"] = histories.ms_per_session({cost.patient: cost for cost in found})


def _crowds(found: list[crowds.Crowd]) -> list[Result]:
    return [asdict(crowd) | {"fault": crowd.fault} for crowd in found]


def _each(asked: list[Server], kind: Any) -> list[Target]:
    return [(server, kind) for server in asked]
