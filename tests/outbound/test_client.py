"""28 and 29: what is not called, and how much and how long of an answer is taken."""

import asyncio
import gzip
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import pytest

from service.outbound.client import (
    AnswerTooLarge,
    NotAllowed,
    Outbound,
    OutboundError,
    Unreachable,
)
from tests.outbound.scripted import certified, names, saying, scripted

NEAR = Outbound(allow_loopback=True)


async def unasked(host: str, port: int) -> list[str]:
    raise AssertionError("No name is looked up for what is refused at sight.")


AT_SIGHT = (
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/",
    "https://0x7f.1/", "https://0177.0.0.1/", "https://017700000001/", "https://127.0.0.1./",
    "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://[::1]/",
    "https://[::]/", "https://0.0.0.0/", "https://0/", "https://169.254.169.254/latest/meta-data",
    "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.0.1/", "https://100.64.0.1/",
    "https://[::ffff:127.0.0.1]/", "https://[::ffff:a9fe:a9fe]/", "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/", "https://[fe80::1%25lo]/", "https://[fd00:ec2::254]/",
    "https://①②⑦.0.0.1/", "https://１２７.0.0.1/", "https://127。0。0。1/",
    "http://issuer.example/", "ftp://issuer.example/", "file:///etc/passwd", "gopher://a.example/",
    "unix:/run/postgres", "data:,x", "//issuer.example/", "issuer.example", "", "https://",
    "https:///path", "https://issuer.example:22/", "https://issuer.example:5432/",
    "https://issuer.example:80/", "https://issuer.example:0/", "https://issuer.example:99999/",
    "https://user@issuer.example/", "https://user:secret@issuer.example/",
    "https://issuer.example@127.0.0.1/", "https://issuer.example\\@127.0.0.1/",
    "https://127.0.0.1\\@issuer.example/",
    "https://issuer .example/", "https://issuer.example\r\nHost: x/", "https://issuer..example/",
    "https://" + "a" * 64 + ".example/", "https://" + "a." * 40 + "example/", "https://[::1/",
)  # fmt: skip


@pytest.mark.parametrize("url", AT_SIGHT)
async def test_28_what_is_not_called_is_refused_before_a_name_is_looked_up(url: str) -> None:
    with pytest.raises(NotAllowed):
        await Outbound(resolve=unasked).exchange("GET", url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "::1", "169.254.169.254", "10.1.2.3", "172.20.0.1", "192.168.7.7",
        "100.100.100.200", "224.0.0.1", "240.0.0.1", "fe80::1%lo", "fd00::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
async def test_28_a_name_that_stands_for_an_address_within_is_not_called(address: str) -> None:
    resolve, asked = names([address])
    with pytest.raises(NotAllowed):
        await Outbound(resolve=resolve).exchange("GET", "https://issuer.example/keys")
    assert asked == ["issuer.example"]


async def test_28_one_address_within_among_public_ones_is_enough_to_call_none() -> None:
    resolve, _ = names(["9.9.9.9", "127.0.0.1"])
    with pytest.raises(NotAllowed):
        await Outbound(resolve=resolve).exchange("GET", "https://issuer.example/keys")


INTRANET = (IPv4Network("10.20.0.0/16"), IPv6Network("fd00:1::/64"))


@pytest.mark.parametrize(
    "address",
    [
        "10.21.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "fd00:2::1",
        "64:ff9b::a14:1",
        "::ffff:10.20.0.1",
    ],
)
async def test_28_a_network_that_is_opened_opens_no_other(address: str) -> None:
    """The last two carry 10.20.0.1 in an address of the sixth version."""
    resolve, _ = names([address])
    with pytest.raises(NotAllowed):
        await Outbound(networks=INTRANET, resolve=resolve).exchange("GET", "https://a.example/")


@pytest.mark.parametrize("host", ["10.20.255.254", "[fd00:1::9]", "9.9.9.9"])
def test_28_addresses_of_a_network_that_is_opened_are_called_by_https(host: str) -> None:
    outbound = Outbound(networks=INTRANET)
    assert outbound.examined(f"https://{host}:8443/keys").host == host.strip("[]")
    for url in (f"http://{host}/", f"https://{host}:5432/", f"https://user@{host}/"):
        with pytest.raises(NotAllowed):
            outbound.examined(url)


@pytest.mark.parametrize(
    "url", ["http://issuer.example/", "http://9.9.9.9/", "https://10.0.0.1/", "http://[fd00::1]/"]
)
async def test_28_the_setting_for_development_opens_this_machine_and_nothing_else(
    url: str,
) -> None:
    with pytest.raises(NotAllowed):
        await Outbound(allow_loopback=True, resolve=unasked).exchange("GET", url)


async def test_28_the_setting_for_development_does_not_open_names_of_other_machines() -> None:
    resolve, _ = names(["10.0.0.1"])
    with pytest.raises(NotAllowed):
        await Outbound(allow_loopback=True, resolve=resolve).exchange("GET", "http://localhost/")


async def test_28_a_name_is_looked_up_once_and_the_connection_goes_where_it_was_checked(
    tmp_path: Path,
) -> None:
    serving, trusting = certified(tmp_path, "issuer.example")
    async with (
        scripted(saying("first"), tls=serving) as first,
        scripted(saying("second"), host="::1", tls=serving) as second,
    ):
        resolve, asked = names(["127.0.0.1"], ["::1"])
        outbound = Outbound(
            allow_loopback=True,
            resolve=resolve,
            trust=lambda: trusting,
            ports=frozenset({first.port}),
        )
        answer = await outbound.exchange("GET", f"https://issuer.example:{first.port}/keys")
    assert answer.body == b"first"
    assert asked == ["issuer.example"]
    assert (first.connections, second.connections) == (1, 0)
    assert f"\r\nHost: issuer.example:{first.port}\r\n" in first.requests[0]


async def test_28_a_name_that_turns_inward_later_is_refused_then() -> None:
    resolve, _ = names(["127.0.0.1"], ["10.0.0.1"])
    async with scripted(saying("{}")) as server:
        outbound = Outbound(allow_loopback=True, resolve=resolve)
        url = f"http://localhost:{server.port}/"
        assert (await outbound.exchange("GET", url)).status == 200
        with pytest.raises(NotAllowed):
            await outbound.exchange("GET", url)
    assert server.connections == 1


async def test_28_a_certificate_for_another_name_ends_the_call(tmp_path: Path) -> None:
    serving, trusting = certified(tmp_path, "other.example", "127.0.0.1")
    resolve, _ = names(["127.0.0.1"])
    async with scripted(saying("secret"), tls=serving) as server:
        outbound = Outbound(
            allow_loopback=True,
            resolve=resolve,
            trust=lambda: trusting,
            ports=frozenset({server.port}),
        )
        for host in ("issuer.example", "127.0.0.1"):
            with pytest.raises(Unreachable):
                await outbound.exchange("GET", f"https://{host}:{server.port}/")
        assert (
            await outbound.exchange("GET", f"https://other.example:{server.port}/")
        ).body == b"secret"
    assert len(server.requests) == 1


async def test_28_a_certificate_that_nobody_vouches_for_ends_the_call(tmp_path: Path) -> None:
    serving, _ = certified(tmp_path, "issuer.example")
    resolve, _ = names(["127.0.0.1"])
    async with scripted(saying("secret"), tls=serving) as server:
        outbound = Outbound(allow_loopback=True, resolve=resolve, ports=frozenset({server.port}))
        with pytest.raises(Unreachable):
            await outbound.exchange("GET", f"https://issuer.example:{server.port}/")
    assert server.requests == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Again", "308 For ever"])
async def test_28_a_redirect_is_an_answer_and_is_not_followed(status: str) -> None:
    async with scripted(saying("")) as other:
        there = f"Location: http://127.0.0.1:{other.port}/"
        async with scripted(saying("", status, there)) as server:
            answer = await NEAR.exchange("GET", f"http://127.0.0.1:{server.port}/")
    assert answer.status == int(status[:3])
    assert other.connections == 0


async def test_28_proxies_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scripted(saying("proxy")) as proxy, scripted(saying("server")) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        answer = await NEAR.exchange("GET", f"http://127.0.0.1:{server.port}/")
    assert answer.body == b"server"
    assert proxy.connections == 0


async def test_a_cookie_that_was_given_does_not_come_back() -> None:
    async with scripted(saying("", "200 OK", "Set-Cookie: id=1; Path=/")) as server:
        for _ in range(2):
            await NEAR.exchange("GET", f"http://127.0.0.1:{server.port}/")
    assert len(server.requests) == 2
    assert all("cookie" not in request.lower() for request in server.requests)


async def test_this_machine_is_called_by_its_addresses_of_both_kinds() -> None:
    for host, written in (("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")):
        async with scripted(saying("here"), host=host) as server:
            answer = await NEAR.exchange("GET", f"http://{written}:{server.port}/a?b=c#d")
        assert answer.body == b"here"
        assert server.requests[0].startswith("GET /a?b=c HTTP/1.1\r\n")
        assert f"\r\nHost: {written}:{server.port}\r\n" in server.requests[0]


async def test_an_address_that_takes_no_connection_is_passed_over() -> None:
    resolve, _ = names(["::1", "127.0.0.1"])
    async with scripted(saying("here")) as server:
        answer = await Outbound(allow_loopback=True, resolve=resolve).exchange(
            "GET", f"http://localhost:{server.port}/"
        )
    assert answer.body == b"here"


async def test_what_is_sent_arrives() -> None:
    async with scripted(saying("", "204 No Content", "X-Seen: yes")) as server:
        answer = await NEAR.exchange(
            "POST",
            f"http://127.0.0.1:{server.port}/hook",
            headers={"Content-Type": "application/json", "X-Signature": "abc"},
            content=b'{"a":1}',
        )
    assert (answer.status, answer.headers["x-seen"]) == (204, "yes")
    assert server.requests[0].startswith("POST /hook HTTP/1.1\r\n")
    assert "X-Signature: abc\r\n" in server.requests[0]
    assert server.requests[0].endswith('{"a":1}')


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(1600):
        writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        await writer.drain()
    writer.write(b"0\r\n\r\n")


async def test_29_an_answer_of_100_mb_is_cut_off_at_the_limit() -> None:
    async with scripted(endless) as server:
        with pytest.raises(AnswerTooLarge):
            await NEAR.exchange("GET", f"http://127.0.0.1:{server.port}/")


async def test_29_an_answer_is_taken_up_to_its_limit_and_not_a_byte_beyond() -> None:
    async with scripted(saying("x" * 65_536)) as server:
        url = f"http://127.0.0.1:{server.port}/"
        assert len((await NEAR.exchange("GET", url)).body) == 65_536
        with pytest.raises(AnswerTooLarge):
            await NEAR.exchange("GET", url, limit=65_535)


async def late(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3)
    await saying("at last")(writer)


async def dripping_head(writer: asyncio.StreamWriter) -> None:
    await _dripped(writer, b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20 + b"Content-Length: 0\r\n\r\n")


async def dripping_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 150\r\n\r\n")
    await _dripped(writer, b"x" * 150)


async def _dripped(writer: asyncio.StreamWriter, text: bytes) -> None:
    """Whole in the end, after three seconds."""
    for octet in text:
        writer.write(bytes([octet]))
        await writer.drain()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("say", [late, dripping_head, dripping_body])
async def test_29_who_answers_slowly_or_drop_by_drop_is_given_up(say: object) -> None:
    async with scripted(say) as server:  # type: ignore[arg-type]
        outbound = Outbound(allow_loopback=True, seconds=0.3)
        with pytest.raises(Unreachable, match="gave no whole answer"):
            await outbound.exchange("GET", f"http://127.0.0.1:{server.port}/")


async def test_29_a_name_that_is_slow_to_resolve_is_given_up() -> None:
    async def slow(host: str, port: int) -> list[str]:
        await asyncio.sleep(60)
        return []

    with pytest.raises(Unreachable):
        await Outbound(resolve=slow, seconds=0.1).exchange("GET", "https://issuer.example/")


def test_29_the_limits_are_those_that_are_promised() -> None:
    assert Outbound().seconds == 5
    assert not Outbound().allow_loopback


async def bomb(writer: asyncio.StreamWriter) -> None:
    body = gzip.compress(b"0" * 10_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)


async def test_29_a_compressed_answer_is_not_unpacked() -> None:
    async with scripted(bomb) as server:
        with pytest.raises(Unreachable):
            await NEAR.exchange("GET", f"http://127.0.0.1:{server.port}/", limit=10**8)
    assert "Accept-Encoding: identity" in server.requests[0]


async def broken(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")


async def nonsense(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")


async def long_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 10_000_000 + b"\r\n\r\n")


@pytest.mark.parametrize("say", [broken, nonsense, long_headers])
async def test_29_what_is_no_whole_answer_is_none(say: object) -> None:
    async with scripted(say) as server:  # type: ignore[arg-type]
        with pytest.raises(Unreachable):
            await NEAR.exchange("GET", f"http://127.0.0.1:{server.port}/")


async def test_where_nobody_listens_or_the_name_is_unknown_the_call_fails_in_one_sentence() -> None:
    async with scripted(saying("")) as server:
        gone = server.port
    resolve, _ = names([])
    for outbound, url in (
        (NEAR, f"http://127.0.0.1:{gone}/?secret"),
        (Outbound(resolve=resolve), "https://issuer.example/secret"),
    ):
        with pytest.raises(OutboundError) as raised:
            await outbound.exchange("GET", url)
        assert "secret" not in str(raised.value)
        assert str(raised.value).endswith(".")
