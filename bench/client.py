"""A closed-loop HTTP/1.1 client that shares no code with any server it measures.

Each of N clients keeps one connection and sends its next request when the last answer is there.
It runs in a process of its own, so that its CPU time can be told from the server's, and notes what
the others use in just the time that it measures.
"""

import asyncio
import gc
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import uvloop

from bench import processes
from bench.connection import Address, connected
from bench.figures import quantile

LATE_SECONDS = 60.0
"""How long an answer may take before the run counts as failed."""
WARM_UP_SECONDS = 0.8
FEWEST = 20
"""Answers that a run waits for, up to `LONGER` times its length."""
LONGER = 2


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What every answer to a kind of request must be."""

    status: int | None = 200
    """None: any that says that it was done."""
    entries: tuple[int, int] | None = None
    """How few and how many resources a Bundle may hold; None where it is no Bundle of them."""
    holds: bytes = b""
    """What the body must contain."""

    def fault(self, status: int, body: bytes) -> str | None:
        """What is wrong with an answer; None where nothing is."""
        if status != self.status and not (self.status is None and 200 <= status < 300):
            return f"{status}: {body[:300]!r}"
        if self.holds not in body:
            return f"no {self.holds!r}: {body[:300]!r}"
        if self.entries is not None:
            found = body.count(b'"fullUrl"')
            if not self.entries[0] <= found <= self.entries[1]:
                return f"{found} entries instead of {self.entries}: {body[:200]!r}"
        return None


@dataclass(frozen=True, kw_only=True)
class Load:
    """What to send where, and what every answer must be."""

    address: Address
    requests: Sequence[bytes]
    """Whole requests, sent in turn; from the start again after the last."""
    clients: int
    seconds: float
    warm_up_seconds: float = WARM_UP_SECONDS
    most: int | None = None
    """Answers after which a run is over before its time."""
    expected: Expected
    watched: Mapping[str, int] = field(default_factory=dict)
    """Processes whose CPU time is to be told, with their descendants', by what they are."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came back after the warm-up."""

    answers: int
    accepted: int
    """All right answers, those of the warm-up and the last ones included."""
    seconds: float
    """How long it took."""
    latencies: tuple[float, ...]
    """Seconds from the first byte sent to the last received, sorted."""
    wrong: tuple[str, ...]
    """The first few answers that were not as expected, those of the warm-up included."""
    cpu_seconds: Mapping[str, float]
    """Used after the warm-up by what was watched, by this `client`, and by the whole `machine`."""

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds

    def quantile_ms(self, share: float) -> float:
        """The latency that `share` of the answers did not pass."""
        return 1000 * quantile(self.latencies, share)


def run(load: Load) -> Outcome:
    """For a process of its own."""
    gc.disable()
    return uvloop.run(_run(load))


class _Tally:
    """What the clients of one run have seen together."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self.start = time.perf_counter() + load.warm_up_seconds
        self._end: float | None = None
        self._before: Mapping[str, float] = {}
        self._used: Mapping[str, float] = {}
        self._latencies: list[float] = []
        self._accepted = 0
        self._wrong: list[str] = []

    def begin(self) -> None:
        """After the warm-up."""
        self._before = processes.cpu_now(self._load.watched)

    def over(self) -> bool:
        """Whether nothing is to be sent any more; the first to ask then notes what was used."""
        if self._end is None and (self._wrong or self._enough()):
            self._end = time.perf_counter()
            now = processes.cpu_now(self._load.watched)
            self._used = {name: now[name] - before for name, before in self._before.items()}
        return self._end is not None

    def _enough(self) -> bool:
        if self._load.most is not None and len(self._latencies) >= self._load.most:
            return True
        lasted = time.perf_counter() - self.start
        patience = self._load.seconds * (1 if len(self._latencies) >= FEWEST else LONGER)
        return lasted >= patience

    def answered(self, sent: float, status: int, body: bytes) -> None:
        received = time.perf_counter()
        fault = self._load.expected.fault(status, body)
        if fault is not None:
            self.failed(fault)
            return
        self._accepted += 1
        if self.start <= received and self._end is None:
            self._latencies.append(received - sent)

    def failed(self, reason: str) -> None:
        self._wrong.append(reason)

    def outcome(self) -> Outcome:
        return Outcome(
            answers=len(self._latencies),
            accepted=self._accepted,
            seconds=(self._end or 0.0) - self.start,
            latencies=tuple(sorted(self._latencies)),
            wrong=tuple(self._wrong[:3]),
            cpu_seconds=self._used,
        )


async def _run(load: Load) -> Outcome:
    tally = _Tally(load)
    requests = cycle(load.requests)
    loop = asyncio.get_running_loop()
    loop.call_later(load.warm_up_seconds, tally.begin)
    whole = load.warm_up_seconds + LONGER * load.seconds
    try:
        async with asyncio.timeout(whole + LATE_SECONDS):
            clients = (_ask(tally, load.address, requests) for _ in range(load.clients))
            await asyncio.gather(*clients)
    except TimeoutError:
        tally.failed(f"An answer took more than {LATE_SECONDS:.0f} s.")
    return tally.outcome()


async def _ask(tally: _Tally, address: Address, requests: Iterator[bytes]) -> None:
    connection = await connected(address)
    try:
        while not tally.over():
            sent = time.perf_counter()
            tally.answered(sent, *await connection.ask(next(requests)))
    except ConnectionError as error:
        tally.failed(str(error))
    finally:
        connection.close()
