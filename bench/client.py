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
from typing import cast

import uvloop

from bench import processes

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"
LATE_SECONDS = 30.0
"""How long an answer may take before the run counts as failed."""
WARM_UP_SECONDS = 0.8
FEWEST = 20
"""Answers that a run waits for, up to `LONGER` times its length."""
LONGER = 2


@dataclass(frozen=True, kw_only=True)
class Load:
    """What to send where, and what every answer must be."""

    port: int
    requests: Sequence[bytes]
    """Whole requests, sent in turn; from the start again after the last."""
    clients: int
    seconds: float
    warm_up_seconds: float = WARM_UP_SECONDS
    status: int
    entries: int | None = None
    """How many resources every answer must hold; None where it is no Bundle."""
    watched: Mapping[str, int] = field(default_factory=dict)
    """Processes whose CPU time is to be told, with their descendants', by what they are."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came back after the warm-up."""

    answers: int
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
        place = min(len(self.latencies) - 1, int(share * len(self.latencies)))
        return 1000 * self.latencies[place] if self.latencies else float("nan")


class Connection(asyncio.Protocol):
    """One request at a time; the body is complete when it is as long as was said."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._needed = -1
        self._body_from = 0
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("The server closed the connection."))

    def ask(self, request: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        """The status and the body."""
        self._received.clear()
        self._needed = -1
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, part: bytes) -> None:
        self._received += part
        if self._needed < 0:
            self._read_head()
        if 0 <= self._needed <= len(self._received) and self._answer and not self._answer.done():
            status = int(self._received[9:12])
            self._answer.set_result((status, bytes(self._received[self._body_from :])))

    def _read_head(self) -> None:
        end = self._received.find(END_OF_HEAD)
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        at = head.find(LENGTH)
        self._body_from = end + len(END_OF_HEAD)
        length = 0 if at < 0 else int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0])
        self._needed = self._body_from + length

    def close(self) -> None:
        self._transport.close()


def run(load: Load) -> Outcome:
    """For a process of its own."""
    gc.disable()
    return uvloop.run(_run(load))


def request(method: str, target: str, body: bytes = b"") -> bytes:
    """One whole request for a server on this machine."""
    head = (
        f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/fhir+json\r\n"
        "Content-Type: application/fhir+json\r\n"
    )
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class _Tally:
    """What the clients of one run have seen together."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self.start = time.perf_counter() + load.warm_up_seconds
        self._end: float | None = None
        self._before: Mapping[str, float] = {}
        self._used: Mapping[str, float] = {}
        self._latencies: list[float] = []
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
        lasted = time.perf_counter() - self.start
        patience = self._load.seconds * (1 if len(self._latencies) >= FEWEST else LONGER)
        return lasted >= patience

    def answered(self, sent: float, status: int, body: bytes) -> None:
        received, entries = time.perf_counter(), self._load.entries
        if status != self._load.status:
            self.failed(f"{status}: {body[:300]!r}")
        elif entries is not None and body.count(b'"fullUrl"') != entries:
            self.failed(f"not {entries} entries: {body[:200]!r}")
        elif self.start <= received and self._end is None:
            self._latencies.append(received - sent)

    def failed(self, reason: str) -> None:
        self._wrong.append(reason)

    def outcome(self) -> Outcome:
        return Outcome(
            answers=len(self._latencies),
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
    async with asyncio.timeout(load.warm_up_seconds + LONGER * load.seconds + LATE_SECONDS):
        await asyncio.gather(*(_ask(tally, load.port, requests) for _ in range(load.clients)))
    return tally.outcome()


async def _ask(tally: _Tally, port: int, requests: Iterator[bytes]) -> None:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
    try:
        while not tally.over():
            sent = time.perf_counter()
            tally.answered(sent, *await connection.ask(next(requests)))
    except ConnectionError as error:
        tally.failed(str(error))
    finally:
        connection.close()
