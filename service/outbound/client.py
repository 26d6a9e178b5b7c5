"""The one guarded HTTP client: whatever the service asks of another server goes through here.

The host is resolved once, every address that it has is held against what may be called, and the
connection goes to an address that was checked, whatever the name stands for a moment later. Only
https is spoken, no redirect is followed, and neither proxies nor cookies nor compression are known.

    OutboundError
    +-- NotAllowed          the address is none that is called
    +-- Unreachable         no whole answer came in time
    +-- AnswerTooLarge      the answer is longer than its limit
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from socket import SOCK_STREAM
from types import MappingProxyType

import httpx

from service.outbound.addresses import Address, Network, is_loopback, is_public, written_as

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host and a port to every address that the host has."""

SECONDS = 5.0
"""From the first look at the name to the last byte of the answer."""
LIMIT = 64 * 1024
"""Bytes of an answer, unless whoever asks sets another."""
PORTS = frozenset({443, 8443})
DEFAULT_PORTS = MappingProxyType({"http": 80, "https": 443})
NOTHING: Mapping[str, str] = MappingProxyType({})


class OutboundError(Exception):
    """A call that brought no answer; its message is one sentence and holds no content."""


class NotAllowed(OutboundError):
    """The service does not call this address."""


class Unreachable(OutboundError):
    """No whole answer came in time."""


class AnswerTooLarge(OutboundError):
    """More was sent than was to be taken."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What another server said; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def resolved(host: str, port: int) -> Sequence[str]:
    """As this machine resolves names."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    return tuple(str(place[0]) for *_, place in found)


@cache
def usual_trust() -> ssl.SSLContext:
    """`SSL_CERT_FILE` or `SSL_CERT_DIR` where they are set, else the usual authorities."""
    return httpx.create_ssl_context()


@dataclass(frozen=True, kw_only=True)
class Outbound:
    """How other servers may be called."""

    allow_loopback: bool = False
    """For development: this machine may be called too, by http and on every port."""
    networks: Sequence[Network] = ()
    """May be called as the public internet may."""
    seconds: float = SECONDS
    ports: frozenset[int] = PORTS
    resolve: Resolve = resolved
    trust: Callable[[], ssl.SSLContext] = field(default=usual_trust, repr=False)
    """Which certificates are believed."""

    def examined(self, url: str) -> httpx.URL:
        """Raises `NotAllowed` for what can be told from the URL alone."""
        try:
            target = httpx.URL(url)
            literal = written_as(_host(target))
        except (httpx.InvalidURL, ValueError):
            raise NotAllowed("This is no URL with a host in its usual form.") from None
        if target.scheme not in DEFAULT_PORTS or target.userinfo:
            raise NotAllowed("Only https URLs without a user are called.")
        near = _host(target) == "localhost" or (literal is not None and is_loopback(literal))
        if near and self.allow_loopback:
            return target
        self._refuse_other_doors(target)
        if near or (literal is not None and not self._calls(literal)):
            raise NotAllowed("The address is not one of the public internet.")
        return target

    async def exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] = NOTHING,
        content: bytes | None = None,
        limit: int = LIMIT,
    ) -> Answer:
        """The whole answer, whatever its status.

        Raises `OutboundError`; after `Unreachable` and `AnswerTooLarge` the other server may have
        done what it was asked to do.
        """
        target = self.examined(url)
        host = _host(target)
        try:
            async with asyncio.timeout(self.seconds):
                addresses = await self._addresses(target)
                requests = [
                    self._request(address, target, method, headers, content)
                    for address in addresses
                ]
                return await self._first_answer(requests, limit)
        except TimeoutError:
            raise Unreachable(f"{host} gave no whole answer in {self.seconds:g} s.") from None
        except httpx.HTTPError as error:
            kind = type(error).__name__
            raise Unreachable(f"The call of {host} failed ({kind}).") from error

    async def _addresses(self, target: httpx.URL) -> Sequence[Address]:
        """Either each of the host's addresses may be called, or none is."""
        host = _host(target)
        try:
            found = await self.resolve(host, _port(target))
        except (OSError, UnicodeError):
            found = ()
        addresses = tuple(dict.fromkeys(ip_address(text) for text in found))
        if not addresses:
            raise Unreachable(f"The name {host} does not resolve.")
        for address in addresses:
            if not (is_loopback(address) and self.allow_loopback):
                self._refuse_other_doors(target)
                if not self._calls(address):
                    raise NotAllowed(f"{host} stands for an address that is not called.")
        return addresses

    def _calls(self, address: Address) -> bool:
        return is_public(address) or any(address in network for network in self.networks)

    def _refuse_other_doors(self, target: httpx.URL) -> None:
        if target.scheme != "https":
            raise NotAllowed("Only https URLs are called.")
        if _port(target) not in self.ports:
            ports = " and ".join(str(port) for port in sorted(self.ports))
            raise NotAllowed(f"Only the ports {ports} are called.")

    def _request(
        self,
        address: Address,
        target: httpx.URL,
        method: str,
        headers: Mapping[str, str],
        content: bytes | None,
    ) -> httpx.Request:
        """To the address; the name is still what Host header and certificate are about."""
        said = {"User-Agent": "attune", "Accept-Encoding": "identity", **headers}
        patience = {"connect": self.seconds / 2, "read": None, "write": None, "pool": None}
        return httpx.Request(
            method,
            target.copy_with(host=str(address), fragment=None),
            headers={**said, "Host": target.netloc.decode("ascii"), "Connection": "close"},
            content=content,
            extensions={"sni_hostname": _host(target), "timeout": patience},
        )

    async def _first_answer(self, requests: Sequence[httpx.Request], limit: int) -> Answer:
        """That of the first address which takes a connection."""
        for request in requests[:-1]:
            try:
                return await self._answer(request, limit)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._answer(requests[-1], limit)

    async def _answer(self, request: httpx.Request, limit: int) -> Answer:
        """Over a connection of its own, which was made for this name and serves no other."""
        async with httpx.AsyncHTTPTransport(verify=self.trust(), trust_env=False) as transport:
            response = await transport.handle_async_request(request)
            try:
                body = await _body(response, limit)
            finally:
                await response.aclose()
        return Answer(status=response.status_code, headers=dict(response.headers), body=body)


def _host(target: httpx.URL) -> str:
    """As it goes over the wire."""
    return target.raw_host.decode("ascii")


def _port(target: httpx.URL) -> int:
    return DEFAULT_PORTS[target.scheme] if target.port is None else target.port


async def _body(response: httpx.Response, limit: int) -> bytes:
    """As it came: what claims to be compressed was not asked for."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise Unreachable("The answer is compressed, which was not asked for.")
    parts, size = list[bytes](), 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > limit:
            raise AnswerTooLarge(f"The answer is longer than {limit} bytes.")
        parts.append(part)
    return b"".join(parts)
