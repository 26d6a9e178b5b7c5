"""Answers as they come over a wire: in pieces, with a length, or in chunks."""

import asyncio

import pytest

from bench.client import Expected
from bench.connection import Connection

WHOLE = b'HTTP/1.1 201 Created\r\nContent-Length: 11\r\nETag: W/"1"\r\n\r\n{"id":"ab"}'
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'5;x=1\r\n{"a":\r\n2\r\n1}\r\n0\r\nTrailer: t\r\n\r\n'
)


class Wire(asyncio.Transport):
    """Takes what is sent."""

    def write(self, _: bytes | bytearray | memoryview) -> None:
        """To nobody."""

    def is_closing(self) -> bool:
        return False


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@pytest.mark.parametrize(
    ("sent", "expected"),
    [(WHOLE, (201, b'{"id":"ab"}')), (CHUNKED, (200, b'{"a":1}'))],
)
async def test_an_answer_is_whole_in_whatever_pieces_it_comes(
    sent: bytes, expected: tuple[int, bytes], size: int
) -> None:
    connection = Connection()
    connection.connection_made(Wire())
    for _ in range(2):  # a second answer finds nothing of the first
        answer = connection.ask(b"GET / HTTP/1.1\r\n\r\n")
        for start in range(0, len(sent), size):
            assert not answer.done()
            connection.data_received(sent[start : start + size])
        assert answer.result() == expected


async def test_a_connection_that_ends_before_the_answer_says_so() -> None:
    connection = Connection()
    connection.connection_made(Wire())
    answer = connection.ask(b"GET / HTTP/1.1\r\n\r\n")
    connection.data_received(WHOLE[:30])
    connection.connection_lost(None)
    with pytest.raises(ConnectionError):
        await answer


PAGE = b'{"entry":[{"fullUrl":"1"},{"fullUrl":"2"}],"total":2}'


@pytest.mark.parametrize(
    ("expected", "status", "said"),
    [
        (Expected(entries=(2, 2)), 200, None),
        (Expected(entries=(1, 20)), 200, None),
        (Expected(holds=b'"total"'), 200, None),
        (Expected(), 404, "404: "),
        (Expected(status=None), 201, None),
        (Expected(status=None), 304, "304: "),
        (Expected(entries=(20, 20)), 200, "2 entries instead of (20, 20)"),
        (Expected(holds=b'"next"'), 200, "no b'\"next\"'"),
    ],
)
def test_an_answer_is_held_against_what_was_expected(
    expected: Expected, status: int, said: str | None
) -> None:
    fault = expected.fault(status, PAGE)
    assert fault is None if said is None else fault is not None and fault.startswith(said)
