"""A real server on this machine that says what a test tells it to, and counts who came."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Say = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(kw_only=True)
class Scripted:
    """Where it listens and what it was asked."""

    port: int
    requests: list[str] = field(default_factory=list)
    """Head and body of each, as sent."""
    connections: int = 0


def saying(text: str, status: str = "200 OK", *headers: str) -> Say:
    """One whole answer."""

    async def say(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(text.encode())}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + text.encode())

    return say


@asynccontextmanager
async def scripted(
    say: Say, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Scripted]:
    """Listening on a free port for as long as this is open."""
    stands = Scripted(port=0)
    tasks = set[asyncio.Task[None]]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        stands.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                stands.requests.append(await whole_request(reader))
                await say(writer)
                await writer.drain()
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(answer, host, 0, ssl=tls)
    stands.port = server.sockets[0].getsockname()[1]
    try:
        yield stands
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def whole_request(reader: asyncio.StreamReader) -> str:
    """Head and body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = next(
        (line.split(":")[1] for line in head.lower().splitlines() if "content-length" in line), "0"
    )
    return head + (await reader.readexactly(int(length))).decode()


def names(*answers: Sequence[str]) -> tuple[Callable[[str, int], Awaitable[Sequence[str]]], list]:
    """A resolver that gives these answers in turn, then the last one, and what it was asked."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return resolve, asked


def certified(folder: Path, *hosts: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's side for the names, and a client's side that believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(h) for h in hosts]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    place = folder / "server.pem"
    place.write_bytes(
        pem
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(place)
    return serving, ssl.create_default_context(cadata=pem.decode())
