"""Measuring in rounds: in each, every server gets the same kind of request, one after the other, so
that whatever else the machine does falls on all of them."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench import ceiling
from bench.client import Load, Outcome, run
from bench.servers import NotMeasurable, Server
from bench.traffic import Traffic

LEVELS = (8, 32)
"""Clients at once."""
CEILING = "PostgreSQL alone"
CORES = os.cpu_count() or 1


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One run of one kind of request against one server."""

    per_second: float
    p50_ms: float
    p99_ms: float
    answers: int
    cpu_ms: dict[str, float]
    """Milliseconds of CPU per answer: of the server, its database and the client."""
    others: float
    """Share of the machine that neither of these used."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """All runs of one kind of request against one server, by round."""

    server: str
    kind: str
    clients: int
    samples: list[Sample] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How often and how long."""

    rounds: int
    seconds: float


Target = tuple[Server, Callable[[int], Traffic]]
"""A server and the requests for it, by the number of the round."""


class Rounds:
    """Keeps the processes of the clients, and every sample."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.cells: dict[tuple[str, str, int], Cell] = {}
        spawn = multiprocessing.get_context("spawn")
        self._workers = ProcessPoolExecutor(ceiling.PROCESSES, mp_context=spawn)

    def close(self) -> None:
        self._workers.shutdown()

    def measure(self, kinds: Sequence[Sequence[Target]], ceiling_of: Server | None = None) -> None:
        """Each of `kinds` is one kind of request with everyone who answers it; `ceiling_of` is the
        server beside whose rows those of PostgreSQL alone are written."""
        for number in range(self.plan.rounds):
            for targets in kinds:
                for clients in LEVELS:
                    # Nobody always comes first.
                    turned = [*targets[number % len(targets) :], *targets[: number % len(targets)]]
                    for server, traffic in turned:
                        self._against(server, traffic(number), clients)
                    if ceiling_of is not None:
                        self._ceiling(ceiling_of, targets[0][1](number).kind, clients, number)

    def _against(self, server: Server, traffic: Traffic, clients: int) -> None:
        load = Load(
            port=server.port,
            requests=[server.asked(request) for request in traffic.requests],
            clients=clients,
            seconds=self.plan.seconds,
            status=traffic.status,
            entries=traffic.entries,
            watched=server.watched(),
        )
        outcome = self._workers.submit(run, load).result()
        if outcome.wrong or not outcome.answers:
            said = outcome.wrong[0] if outcome.wrong else "none in time"
            raise NotMeasurable(f"{server.name} gave a wrong answer to '{traffic.kind}': {said}")
        self._keep(server.name, traffic.kind, clients, outcome)

    def _ceiling(self, server: Server, kind: str, clients: int, number: int) -> None:
        outcome = ceiling.measure(
            self._workers, server, clients=clients, seconds=self.plan.seconds, seed=10 * number
        )
        self._keep(CEILING, kind, clients, outcome)

    def _keep(self, server: str, kind: str, clients: int, outcome: Outcome) -> None:
        used = dict(outcome.cpu_seconds)
        machine = used.pop("machine")
        sample = Sample(
            per_second=outcome.per_second,
            p50_ms=outcome.quantile_ms(0.50),
            p99_ms=outcome.quantile_ms(0.99),
            answers=outcome.answers,
            cpu_ms={name: 1000 * seconds / outcome.answers for name, seconds in used.items()},
            others=max(0.0, machine - sum(used.values())) / (CORES * outcome.seconds),
        )
        key = (server, kind, clients)
        self.cells.setdefault(key, Cell(server=server, kind=kind, clients=clients)).samples.append(
            sample
        )
        print(f"  {server:24} {kind:20} {clients:3} clients {sample.per_second:8.0f}/s", flush=True)


@contextmanager
def rounds(plan: Plan) -> Iterator[Rounds]:
    measuring = Rounds(plan)
    try:
        yield measuring
    finally:
        measuring.close()
