"""A small authorization server on a real port, and tokens as good or bad as a test wants them.

Signatures are made with `cryptography` alone, so that the library which checks them has no say.
"""

import asyncio
import json
import re
from base64 import b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.outbound.scripted import whole_request

Json = dict[str, Any]
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

NOW = 1_800_000_000.0
"""What the clock says at first: 2027-01-15."""
AUDIENCE = "https://clinic.example/fhir"
CURVES: Mapping[str, tuple[str, ec.EllipticCurve, int]] = {
    "ES256": ("P-256", ec.SECP256R1(), 32),
    "ES384": ("P-384", ec.SECP384R1(), 48),
    "ES512": ("P-521", ec.SECP521R1(), 66),
}
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


def b64(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The same for the same name, as long as the tests run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(name: str, algorithm: str = "ES256") -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(CURVES[algorithm][1])


def jwk(key: Private, kid: str | None = None, **said: Any) -> Json:
    """The public half."""
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        made: Json = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
    else:
        place = key.public_key().public_numbers()
        curve, _, size = next(c for c in CURVES.values() if c[1].name == key.curve.name)
        x, y = (b64(each.to_bytes(size, "big")) for each in (place.x, place.y))
        made = {"kty": "EC", "crv": curve, "x": x, "y": y}
    return made | ({} if kid is None else {"kid": kid}) | said


def keys(*listed: Json) -> bytes:
    return json.dumps({"keys": listed}).encode()


def signature(key: Private, algorithm: str, text: bytes) -> bytes:
    digest = HASHES[algorithm[2:]]
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(text, padding.PKCS1v15(), digest)
    size = (key.curve.key_size + 7) // 8
    r, s = decode_dss_signature(key.sign(text, ec.ECDSA(digest)))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def unsigned(header: Json, claims: Any) -> str:
    """Everything but the signature."""
    return ".".join(b64(json.dumps(part).encode()) for part in (header, claims))


def token(key: Private, header: Json, claims: Any) -> str:
    """Signed with `key` in the way of `alg`, or of RS256 where that names no such way."""
    text = unsigned(header, claims)
    algorithm = header.get("alg")
    known = algorithm if isinstance(algorithm, str) and algorithm[2:] in HASHES else "RS256"
    return f"{text}.{b64(signature(key, known, text.encode()))}"


def without(claims: Json, *names: str) -> Json:
    return {name: value for name, value in claims.items() if name not in names}


@dataclass(kw_only=True)
class Clock:
    """Goes when a test says so."""

    time: float = NOW

    def __call__(self) -> float:
        return self.time


@dataclass(kw_only=True)
class Authority:
    """What it answers is what a test sets."""

    url: str = ""
    published: bytes = b"{}"
    """The body of `/keys`."""
    status: int = 200
    about: Mapping[str, Json] = field(default_factory=dict)
    """What `/introspect` says of a token; of others that they are not active."""
    says: bytes | None = None
    """What `/introspect` says whatever is asked, in place of that."""
    asked: Counter[str] = field(default_factory=Counter)
    """How often each path was asked for."""
    credentials: list[str] = field(default_factory=list)
    pause: float = 0.0

    def claims(self, **changes: Any) -> Json:
        """Those of a good token."""
        return {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "therapist-1",
            "iat": int(NOW),
            "exp": int(NOW) + 600,
            "scope": "user/*.cruds",
        } | changes

    def token(self, key: Private | None = None, header: Json | None = None, **changes: Any) -> str:
        """A good one but for what is changed."""
        return token(
            key or rsa_key("first"),
            {"alg": "RS256", "typ": "at+jwt", "kid": "first"} | (header or {}),
            self.claims(**changes),
        )

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request of one connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head, _, body = (await whole_request(reader)).partition("\r\n\r\n")
            path = head.split(" ")[1]
            self.asked[path] += 1
            await asyncio.sleep(self.pause)
            status, said = 404, b"{}"
            if path == "/keys":
                status, said = self.status, self.published
            elif path == "/introspect":
                status, said = self.status, self._introspected(head, body)
            length = f"Content-Length: {len(said)}"
            writer.write(f"HTTP/1.1 {status} x\r\n{length}\r\n\r\n".encode() + said)
            await writer.drain()

    def _introspected(self, head: str, body: str) -> bytes:
        (given,) = re.findall(r"\r\nAuthorization: Basic (\S+)", head)
        self.credentials.append(b64decode(given).decode())
        if self.says is not None:
            return self.says
        shown = dict(parse_qsl(body))["token"]
        return json.dumps(self.about.get(shown, {"active": False})).encode()


@asynccontextmanager
async def authority(published: bytes | None = None) -> AsyncIterator[Authority]:
    """Listening on a free port of this machine; it publishes the key `first` unless told else. What
    it has not answered at the end stays without an answer."""
    stands = Authority(published=published or keys(jwk(rsa_key("first"), "first")))
    answering = set["asyncio.Task[None]"]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        answering.add(task)
        try:
            with suppress(asyncio.CancelledError):
                await stands.answer(reader, writer)
        finally:
            answering.discard(task)
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    stands.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield stands
    finally:
        server.close()
        for task in tuple(answering):
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
