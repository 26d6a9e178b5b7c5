"""One HTTP/1.1 connection, by nobody's library: no line in common with any server it measures."""

import asyncio
from dataclasses import dataclass
from typing import cast

END_OF_LINE, END_OF_HEAD = b"\r\n", b"\r\n\r\n"
LENGTH = b"content-length:"
CHUNKED = b"transfer-encoding: chunked"


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a server listens."""

    host: str = "127.0.0.1"
    port: int
    tls: bool = False


class Connection(asyncio.Protocol):
    """One request at a time; the answer is whole when as much is there as its head says."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._body_from = 0
        self._needed = -1
        """Octets of head and body; unknown before the head is there."""
        self._chunk_at = -1
        """Where the next chunk's size begins; below 0 where the head said a length."""
        self._parts = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    @property
    def closed(self) -> bool:
        return self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("The server closed the connection."))

    def ask(self, request: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        """The status and the body."""
        self._received.clear()
        self._body_from, self._needed, self._chunk_at = 0, -1, -1
        self._answer = asyncio.get_running_loop().create_future()
        if self.closed:
            self._answer.set_exception(ConnectionError("The server closed the connection."))
        else:
            self._transport.write(request)
        return self._answer

    def data_received(self, part: bytes) -> None:
        self._received += part
        if not self._body_from:
            self._read_head()
        if self._chunk_at >= 0:
            self._read_chunks()
        if 0 <= self._needed <= len(self._received) and self._answer and not self._answer.done():
            status = int(self._received[9:12])
            whole = self._parts if self._chunk_at >= 0 else self._received[self._body_from :]
            self._answer.set_result((status, bytes(whole)))

    def _read_head(self) -> None:
        end = self._received.find(END_OF_HEAD)
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        self._body_from = end + len(END_OF_HEAD)
        if CHUNKED in head:
            self._chunk_at = self._body_from
            self._parts.clear()
            return
        at = head.find(LENGTH)
        length = 0 if at < 0 else int(head[at + len(LENGTH) :].split(END_OF_LINE, 1)[0])
        self._needed = self._body_from + length

    def _read_chunks(self) -> None:
        """Every chunk that is there whole; of the trailers after the last only the end."""
        while (line := self._received.find(END_OF_LINE, self._chunk_at)) >= 0:
            size = int(self._received[self._chunk_at : line].split(b";", 1)[0], 16)
            start = line + len(END_OF_LINE)
            if size == 0:
                end = self._received.find(END_OF_HEAD, line)
                self._needed = end + len(END_OF_HEAD) if end >= 0 else -1
                return
            if len(self._received) < start + size + len(END_OF_LINE):
                return
            self._parts += self._received[start : start + size]
            self._chunk_at = start + size + len(END_OF_LINE)

    def close(self) -> None:
        self._transport.close()


async def connected(address: Address) -> Connection:
    """A connection of its own."""
    _, connection = await asyncio.get_running_loop().create_connection(
        Connection, address.host, address.port, ssl=address.tls or None
    )
    return connection


def request(method: str, target: str, body: bytes = b"") -> bytes:
    """One whole request for a server on this machine."""
    head = (
        f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/fhir+json\r\n"
        "Content-Type: application/fhir+json\r\n"
    )
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
