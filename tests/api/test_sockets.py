"""What only a real server on a real socket shows: lengths, chunks, and clients that go away."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from service.api.connection import LONGEST_HEAD
from service.commands.serve import listening, running
from service.fhir.exact_json import loads
from service.fhir.validation import validate
from service.settings import Settings
from service.store.cluster import Cluster
from tests.door import emptied

LIMIT = 4096
PATIENT = b'{"resourceType":"Patient","active":true}'


@pytest.fixture
async def port(cluster: Cluster) -> AsyncIterator[int]:
    await emptied(cluster)
    settings = Settings(body_limit_bytes=LIMIT, public_url="http://clinic.test/fhir")
    with listening("127.0.0.1", 0) as listener:
        async with running(settings, cluster.addresses, listener):
            yield listener.getsockname()[1]


async def spoken(port: int, *parts: bytes, hang_up: bool = False) -> bytes:
    """All that the server says to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        if hang_up:
            return b""
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"{method} /fhir{path} HTTP/1.1", "Host: clinic.test", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def sized(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


def read(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body


async def test_what_is_created_is_answered_with_its_length(port: int) -> None:
    said = await spoken(port, request("POST", "/Patient", sized(PATIENT), body=PATIENT))
    status, headers, body = read(said)
    assert status == 201
    assert headers["content-length"] == str(len(body))
    assert "server" not in headers


async def test_head_says_the_length_and_sends_nothing(port: int) -> None:
    for path in ("/metadata", "/Patient", "/Patient/none", "/Banana", "/metadata?_pretty=true"):
        got = read(await spoken(port, request("GET", path)))
        head = read(await spoken(port, request("HEAD", path)))
        assert head[0] == got[0]
        assert head[1]["content-length"] == str(len(got[2])) != "0"
        assert head[2] == b""


async def test_no_length_is_said_where_there_is_no_body(port: int) -> None:
    status, headers, body = read(await spoken(port, request("DELETE", "/Patient/none")))
    assert (status, body) == (204, b"")
    assert "content-length" not in headers
    assert "content-type" not in headers


async def test_18_chunks_over_the_limit_are_refused_before_the_last(port: int) -> None:
    head = request("POST", "/Patient", "Transfer-Encoding: chunked")
    chunk = b"400\r\n" + b" " * 0x400 + b"\r\n"
    status, _, body = read(await spoken(port, head, *[chunk] * 5))
    assert status == 413
    assert b"4096 bytes" in body


async def test_chunks_within_the_limit_are_one_body(port: int) -> None:
    head = request("POST", "/Patient", "Transfer-Encoding: chunked")
    chunks = [b"%x\r\n" % len(part) + part + b"\r\n" for part in (PATIENT[:10], PATIENT[10:], b"")]
    assert read(await spoken(port, head, *chunks))[0] == 201


async def test_18_an_announced_length_over_the_limit_is_refused_at_once(port: int) -> None:
    head = request("POST", "/Patient", "Content-Length: 1000000000")
    assert read(await spoken(port, head))[0] == 413


@pytest.mark.parametrize("length", ["-1", "x", "1, 2", "99999999999999999999999999"])
async def test_18_a_length_that_is_none_stores_nothing(port: int, length: str) -> None:
    head = request("POST", "/Patient", f"Content-Length: {length}", body=PATIENT)
    said = await spoken(port, head)
    assert not said or read(said)[0] in (400, 413)
    assert b'"total":0' in await spoken(port, request("GET", "/Patient"))


async def test_18_a_body_shorter_than_its_length_stores_nothing(port: int) -> None:
    await spoken(
        port, request("POST", "/Patient", "Content-Length: 100", body=PATIENT), hang_up=True
    )
    assert b'"total":0' in await spoken(port, request("GET", "/Patient"))


async def test_a_body_longer_than_its_length_is_cut_there(port: int) -> None:
    said = await spoken(port, request("POST", "/Patient", "Content-Length: 20", body=PATIENT))
    assert read(said)[0] == 400
    assert b'"total":0' in await spoken(port, request("GET", "/Patient"))


async def test_18_two_lengths_smuggle_nothing_in(port: int) -> None:
    smuggled = request("POST", "/Patient", sized(PATIENT), body=PATIENT)
    head = request("POST", "/Patient", "Content-Length: 4", "Transfer-Encoding: chunked")
    said = await spoken(port, head.replace(b"close", b"keep-alive"), b"0\r\n\r\n", smuggled)
    assert said.count(b"HTTP/1.1") <= 1
    assert b'"total":0' in await spoken(port, request("GET", "/Patient"))


async def test_an_address_in_raw_bytes_is_not_guessed_at(port: int) -> None:
    for encoding in ("utf-8", "latin-1"):
        line = "GET /fhir/Patient?family=é HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert read(await spoken(port, line.encode(encoding)))[0] == 400


def outcome(answer: bytes) -> tuple[int, str]:
    """Its status and the one issue's code; it is all that was said."""
    status, headers, body = read(answer)
    assert headers["content-type"] == "application/fhir+json; charset=utf-8"
    assert headers["connection"] == "close"
    assert headers["content-length"] == str(len(body))
    said = loads(body)
    assert said["resourceType"] == "OperationOutcome"
    assert validate(said) == ()
    (issue,) = said["issue"]
    return status, issue["code"]


@pytest.mark.parametrize("part", [b"a" * 4096, b"x\r\nA: " * 500, b"b: c\r\n" * 500])
async def test_a_head_without_an_end_is_refused_while_it_is_sent(port: int, part: bytes) -> None:
    """In the address, in one header, and in as many as there come."""
    for begun in (b"GET /fhir/Patient?x=", b"GET /fhir/Patient HTTP/1.1\r\nHost: x\r\nA: "):
        if begun.endswith(b"=") and b"\n" in part:
            continue
        said = await spoken(port, begun, *[part] * (LONGEST_HEAD // len(part) + 2))
        assert outcome(said) == (431, "too-long")
    assert b'"total":0' in await spoken(port, request("GET", "/Patient"))


async def test_whoever_goes_on_sending_a_head_is_told_and_cut_off(port: int) -> None:
    """A megabyte more, of which nothing is kept."""
    begun = b"GET /fhir/Patient HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
    said = await spoken(port, begun, *[b"a" * 65_536] * 20)
    assert outcome(said) == (431, "too-long")


async def test_a_head_of_almost_that_length_is_read(port: int) -> None:
    """Also several on one connection, which are not counted together."""
    long = f"X-Long: {'a' * (LONGEST_HEAD - 200)}"
    kept = request("GET", "/Patient", long).replace(b"close", b"keep-alive")
    said = await spoken(port, kept, kept, request("GET", "/Patient", long))
    assert said.count(b"HTTP/1.1 200 OK") == 3


async def test_trailers_without_an_end_are_cut_off_and_nothing_is_stored(port: int) -> None:
    head = request("POST", "/Patient", "Transfer-Encoding: chunked")
    body = b"%x\r\n" % len(PATIENT) + PATIENT + b"\r\n0\r\n"
    assert await spoken(port, head, body, *[b"A: b\r\n" * 4096] * 40) == b""
    assert b'"total":0' in await spoken(port, request("GET", "/Patient"))


async def test_a_body_in_small_chunks_is_no_head(port: int) -> None:
    """Of 3,900 octets with 30 for the framing of each: 140 kB in all."""
    head = request("POST", "/Patient", "Transfer-Encoding: chunked")
    filled = PATIENT + b" " * (3_900 - len(PATIENT))
    chunks = [b"1;" + b"x" * 30 + b"\r\n%c\r\n" % octet for octet in filled]
    assert read(await spoken(port, head, b"".join(chunks), b"0\r\n\r\n"))[0] == 201


async def test_what_is_no_http_is_answered_with_an_outcome(port: int) -> None:
    for sent in (
        b"\x16\x03\x01\x02\x00",
        b"GET\r\n\r\n",
        b"GET /fhir/Patient HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \x00a\r\n\r\n",
        b"GET /fhir/Patient HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer a\r\n\r\n",
    ):
        assert outcome(await spoken(port, sent)) == (400, "invalid")
