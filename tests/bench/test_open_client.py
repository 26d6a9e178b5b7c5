"""Open load on a server that can be made to stop: what waits is charged from when it was due."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import cast

from bench.client import Expected
from bench.connection import Address, request
from bench.open_client import OpenLoad, OpenOutcome, Stream, measured
from bench.open_load import sample

PAUSE = 0.4
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
REFUSAL = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
Answering = Callable[[int], tuple[float, bytes]]
"""By the number of the request: how long to wait before the answer, and the answer."""


class Speaker(asyncio.Protocol):
    """One connection of a server that answers one request after the other, as one process does."""

    def __init__(self, turn: asyncio.Lock, count: Iterator[int], with_: Answering) -> None:
        self._turn, self._count, self._with = turn, count, with_
        self._tasks = set[asyncio.Task[None]]()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, _: bytes) -> None:
        self._tasks.add(asyncio.create_task(self._answer()))

    async def _answer(self) -> None:
        async with self._turn:
            wait, answer = self._with(next(self._count))
            await asyncio.sleep(wait)
        self._transport.write(answer)
        if b"Bye" in answer:
            self._transport.close()


@asynccontextmanager
async def answering(with_: Answering) -> AsyncIterator[Address]:
    turn, count = asyncio.Lock(), iter(range(1_000_000))
    server = await asyncio.get_running_loop().create_server(
        lambda: Speaker(turn, count, with_), "127.0.0.1", 0
    )
    async with server:
        yield Address(port=server.sockets[0].getsockname()[1])
        await asyncio.sleep(0.05)  # until the ends of the connections have arrived


def load(address: Address, *, due: tuple[float, ...], connections: int = 4) -> OpenLoad:
    stream = Stream(kind="read", requests=[request("GET", "/fhir/x")], expected=Expected(), due=due)
    return OpenLoad(streams=(stream,), seconds=max(due), connections=connections, address=address)


def stops_at_the_first(number: int) -> tuple[float, bytes]:
    return (PAUSE if number == 0 else 0.0), ANSWER


async def run(with_: Answering, due: tuple[float, ...], connections: int = 4) -> OpenOutcome:
    async with answering(with_) as address:
        return await measured(load(address, due=due, connections=connections))


async def test_everybody_who_came_while_the_server_stopped_is_charged_with_the_wait() -> None:
    # Ten come in the first 0.2 s; the server stops for 0.4 s at the first. Whoever came at t waits
    # until 0.4, so 0.4 - t at the least. A closed client would have noted one slow answer only.
    due = tuple(0.02 * n for n in range(10))
    outcome = await run(stops_at_the_first, due)
    assert outcome.wrong == ()
    assert outcome.answers() == 10
    least = sorted(PAUSE - at for at in due)
    for waited, at_least in zip(outcome.latencies["read"], least, strict=True):
        assert waited >= at_least - 0.005
    assert outcome.quantile_ms(0.5) > 1000 * (PAUSE - 0.12)


async def test_who_finds_no_free_connection_is_counted_as_waiting() -> None:
    outcome = await run(stops_at_the_first, (0.0, 0.01, 0.02, 0.03, 0.04), connections=2)
    assert outcome.most_waiting == 3
    assert outcome.answers() == 5
    assert outcome.latencies["read"][0] > PAUSE - 0.05


async def test_a_connection_that_the_server_ended_while_idle_is_made_anew() -> None:
    closing = ANSWER.replace(b"OK", b"Bye")
    outcome = await run(lambda n: (0.0, closing if n == 0 else ANSWER), (0.0, 0.2), connections=1)
    assert outcome.wrong == ()
    assert outcome.answers() == 2


async def test_what_comes_in_the_warm_up_is_answered_and_not_counted() -> None:
    async with answering(lambda _: (0.0, ANSWER)) as address:
        warm = load(address, due=(0.0, 0.01, 0.05, 0.06))
        outcome = await measured(
            OpenLoad(
                streams=warm.streams,
                seconds=warm.seconds,
                warm_up_seconds=0.05,
                connections=2,
                address=address,
            )
        )
    assert (outcome.due, outcome.answers(), outcome.accepted) == (2, 2, 4)


async def test_a_wrong_answer_is_no_latency_and_makes_the_run_invalid() -> None:
    outcome = await run(lambda n: (0.0, REFUSAL if n == 1 else ANSWER), (0.0, 0.02, 0.04))
    assert outcome.answers() == 2
    assert outcome.wrong[0].startswith("503")


async def test_answers_long_after_the_last_arrival_tell_that_the_server_did_not_follow() -> None:
    wanted = (0.0, 0.05, 0.1)
    async with answering(lambda _: (0.1, ANSWER)) as address:
        asked = load(address, due=wanted)
        outcome = await measured(asked)
    # Three answers of 0.1 s one after the other end at 0.3 s; the last came at 0.1 s: 0.2 / 0.1.
    assert 1.9 < sample(outcome, asked).overtime < 3.0
