"""An open-loop client: requests come when they are due, whether or not earlier ones are answered.

Latency counts from when a request was due and not from when it could be sent, so that a server
that stops for a while is charged with everybody who waited, and not with one request alone.
"""

import asyncio
import gc
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import uvloop

from bench import processes
from bench.client import LATE_SECONDS, Expected
from bench.connection import Address, Connection, connected
from bench.figures import quantile

SWITCH_SECONDS = 0.0002
"""How long the thread that looks at the clock may have to wait for the loop."""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """Requests of one kind, and when they come."""

    kind: str
    requests: Sequence[bytes]
    expected: Expected
    due: Sequence[float]
    """Seconds from the start of the run, in order."""


@dataclass(frozen=True, kw_only=True)
class OpenLoad:
    """What is to come where and when."""

    streams: tuple[Stream, ...]
    seconds: float
    """How long requests come, the warm-up included."""
    warm_up_seconds: float = 0.0
    connections: int
    """At once at the most; whoever finds none free waits, and the time counts."""
    address: Address = field(default_factory=lambda: Address(port=0))
    watched: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OpenOutcome:
    """What came of the requests that were due after the warm-up."""

    due: int
    seconds: float
    """From the end of the warm-up to the last answer."""
    latencies: Mapping[str, tuple[float, ...]]
    """By kind, seconds from when a request was due to its last octet, sorted."""
    accepted: int
    """All right answers, those of the warm-up included."""
    errors: int
    wrong: tuple[str, ...]
    """The first few of them."""
    most_waiting: int
    """Requests at a time that found no free connection."""
    client_late: tuple[float, float]
    """Seconds, median and 99th percentile, by which this client itself was late where a connection
    was free: what it adds to the latencies."""
    cpu_seconds: Mapping[str, float]

    def answers(self) -> int:
        return sum(map(len, self.latencies.values()))

    def quantile_ms(self, share: float, kind: str | None = None) -> float:
        """Of one kind, or of all together."""
        if kind is not None:
            return 1000 * quantile(self.latencies[kind], share)
        return 1000 * quantile(sorted(x for each in self.latencies.values() for x in each), share)


def run(load: OpenLoad) -> OpenOutcome:
    """For a process of its own."""
    gc.disable()
    return uvloop.run(measured(load))


@dataclass(frozen=True, kw_only=True)
class _Arrival:
    due: float
    stream: Stream
    request: bytes
    counted: bool


class _Desk:
    """Hands what is due to whoever is free, in the order in which it came."""

    def __init__(self, load: OpenLoad) -> None:
        self.waiting: deque[_Arrival] = deque()
        self.most_waiting = 0
        self.wrong: list[str] = []
        self.latencies: dict[str, list[float]] = {stream.kind: [] for stream in load.streams}
        self.late: list[float] = []
        self.accepted = 0
        self.last = 0.0
        self._address = load.address
        self._free: deque[Connection] = deque()
        self._under_way: set[asyncio.Task[None]] = set()

    async def open(self, connections: int) -> None:
        for _ in range(connections):
            self._free.append(await connected(self._address))

    def came(self, arrival: _Arrival) -> None:
        if not self._free:
            self.waiting.append(arrival)
            self.most_waiting = max(self.most_waiting, len(self.waiting))
            return
        if arrival.counted:
            self.late.append(time.perf_counter() - arrival.due)
        task = asyncio.create_task(self._serve(self._free.popleft(), arrival))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _serve(self, connection: Connection, arrival: _Arrival) -> None:
        """This arrival, and after it whoever waits."""
        try:
            while True:
                if connection.closed:  # a server may end what nobody used for a while
                    connection = await connected(self._address)
                self._answered(arrival, *await connection.ask(arrival.request))
                if not self.waiting:
                    break
                arrival = self.waiting.popleft()
        except OSError as error:
            self.wrong.append(str(error))
        else:
            self._free.append(connection)

    def _answered(self, arrival: _Arrival, status: int, body: bytes) -> None:
        self.last = time.perf_counter()
        fault = arrival.stream.expected.fault(status, body)
        if fault is not None:
            self.wrong.append(fault)
            return
        self.accepted += 1
        if arrival.counted:
            self.latencies[arrival.stream.kind].append(self.last - arrival.due)

    async def finish(self) -> None:
        """Until everything that came is answered."""
        while self._under_way:
            await asyncio.wait(self._under_way)
        if self.waiting:
            self.wrong.append(f"{len(self.waiting)} requests found no connection any more.")
        for connection in self._free:
            connection.close()


async def measured(load: OpenLoad) -> OpenOutcome:
    """The run itself."""
    desk = _Desk(load)
    await desk.open(load.connections)
    began = time.perf_counter()
    counted_from = began + load.warm_up_seconds
    watch = asyncio.create_task(_cpu_from(load, counted_from))
    try:
        async with asyncio.timeout(load.seconds + LATE_SECONDS):
            await _send(desk, _in_order(load, began, counted_from))
            await desk.finish()
    except TimeoutError:
        desk.wrong.append(f"Not everything was answered {LATE_SECONDS:.0f} s after the last came.")
    before = await watch
    now = processes.cpu_now(load.watched)
    late = sorted(desk.late)
    return OpenOutcome(
        due=sum(at >= load.warm_up_seconds for stream in load.streams for at in stream.due),
        seconds=max(desk.last, counted_from) - counted_from,
        latencies={kind: tuple(sorted(found)) for kind, found in desk.latencies.items()},
        accepted=desk.accepted,
        errors=len(desk.wrong),
        wrong=tuple(desk.wrong[:3]),
        most_waiting=desk.most_waiting,
        client_late=(quantile(late, 0.50), quantile(late, 0.99)),
        cpu_seconds={name: now[name] - used for name, used in before.items()},
    )


def _in_order(load: OpenLoad, began: float, counted_from: float) -> list[_Arrival]:
    found: list[_Arrival] = []
    for stream in load.streams:
        requests: Iterator[bytes] = cycle(stream.requests)
        found += (
            _Arrival(
                due=began + at,
                stream=stream,
                request=next(requests),
                counted=began + at >= counted_from,
            )
            for at in stream.due
        )
    return sorted(found, key=lambda arrival: arrival.due)


async def _send(desk: _Desk, arrivals: Sequence[_Arrival]) -> None:
    """A thread looks at the clock: the loop's own has milliseconds, and to ask it again and again
    would take the CPU that the server needs."""
    loop = asyncio.get_running_loop()

    def announce() -> None:
        for arrival in arrivals:
            if (early := arrival.due - time.perf_counter()) > 0:
                time.sleep(early)
            loop.call_soon_threadsafe(desk.came, arrival)

    sys.setswitchinterval(SWITCH_SECONDS)
    await loop.run_in_executor(None, announce)


async def _cpu_from(load: OpenLoad, moment: float) -> dict[str, float]:
    await asyncio.sleep(moment - time.perf_counter())
    return processes.cpu_now(load.watched)
