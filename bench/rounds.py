"""Measuring in rounds: in each, every server gets the same kind of request, one after the other, so
that whatever else the machine does falls on all of them."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bench import asking, ceiling, open_client
from bench.cells import Cell, Key, sample
from bench.client import WARM_UP_SECONDS, Load, Outcome, run
from bench.figures import spread
from bench.open_client import OpenLoad, OpenOutcome
from bench.server import Server
from bench.traffic import Traffic

LEVELS = (8, 32)
"""Clients at once."""
CEILING = "PostgreSQL alone"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How often and how long."""

    rounds: int
    seconds: float
    warm_up_seconds: float = WARM_UP_SECONDS
    most: int | None = None
    """Answers after which a run is over before its time."""


Target = tuple[Server, Callable[[int], Traffic]]
"""A server and the requests for it, by the number of the round."""


class Rounds:
    """Keeps the processes of the clients, and every sample."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.cells: dict[Key, Cell] = {}
        spawn = multiprocessing.get_context("spawn")
        self._workers = ProcessPoolExecutor(ceiling.PROCESSES, mp_context=spawn)

    def close(self) -> None:
        self._workers.shutdown()

    def measure(
        self,
        kinds: Sequence[Sequence[Target]],
        *,
        levels: Sequence[int] = LEVELS,
        plan: Plan | None = None,
        ceiling_of: Server | None = None,
    ) -> None:
        """Each of `kinds` is one kind of request with everyone who answers it; `ceiling_of` is the
        server beside whose rows those of PostgreSQL alone are written."""
        plan = plan or self.plan
        measured = dict[Key, None]()
        for number in range(plan.rounds):
            for targets in kinds:
                for clients in levels:
                    # Nobody always comes first.
                    turned = [*targets[number % len(targets) :], *targets[: number % len(targets)]]
                    for server, traffic in turned:
                        asked = traffic(number)
                        found = self.once(server, asked, clients, plan)
                        measured[self._keep(server.name, asked.kind, clients, found)] = None
                    if ceiling_of is not None:
                        kind = targets[0][1](number).kind
                        found = self._ceiling(ceiling_of, clients, number)
                        measured[self._keep(CEILING, kind, clients, found)] = None
        for key in measured:
            _say(self.cells[key])

    def once(self, server: Server, traffic: Traffic, clients: int, plan: Plan) -> Outcome:
        """One run, in a process of its own."""
        load = Load(
            address=server.address,
            requests=[server.asked(request) for request in traffic.requests],
            clients=clients,
            seconds=plan.seconds,
            warm_up_seconds=plan.warm_up_seconds,
            most=plan.most,
            expected=traffic.expected,
            watched=server.watched(),
        )
        outcome = self._workers.submit(run, load).result()
        if outcome.wrong:
            asking.come_to_rest(server)
        return outcome

    def openly(self, server: Server, load: OpenLoad) -> OpenOutcome:
        """One run in which requests come when they are due, in a process of its own."""
        asked = tuple(
            replace(stream, requests=tuple(map(server.asked, stream.requests)))
            for stream in load.streams
        )
        whole = replace(load, address=server.address, streams=asked, watched=server.watched())
        outcome = self._workers.submit(open_client.run, whole).result()
        if outcome.wrong:
            asking.come_to_rest(server)
        return outcome

    def _ceiling(self, server: Server, clients: int, number: int) -> Outcome:
        return ceiling.measure(
            self._workers, server, clients=clients, seconds=self.plan.seconds, seed=10 * number
        )

    def _keep(self, server: str, kind: str, clients: int, outcome: Outcome) -> Key:
        key = (server, kind, clients)
        kept = self.cells.setdefault(key, Cell(server=server, kind=kind, clients=clients))
        kept.samples.append(sample(outcome))
        return key


def _say(cell: Cell) -> None:
    said = f"INVALID: {cell.fault}" if cell.fault else f"{spread(cell.rates()):>22}/s"
    times = f"p50 {cell.p50_ms():8.2f} ms  p99 {cell.p99_ms():8.2f} ms"
    print(f"  {cell.server:24} {cell.kind:34} {cell.clients:3} {said}  {times}", flush=True)


@contextmanager
def rounds(plan: Plan) -> Iterator[Rounds]:
    measuring = Rounds(plan)
    try:
        yield measuring
    finally:
        measuring.close()
