"""What somebody has who is paid to get in: a good token, all public keys, and some of their own."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from tests.api.auth.authority import (
    AUDIENCE,
    Json,
    Private,
    b64,
    ec_key,
    jwk,
    keys,
    rsa_key,
    signature,
    unsigned,
)

CANARY = "CANARY-7f3a"
"""In every text that a forger is free to choose; no answer and no line of the log repeats it."""
TENANT, OTHER_TENANT = UUID(int=21), UUID(int=22)
GOOD_HEADER: Mapping[str, Any] = {"alg": "RS256", "typ": "at+jwt", "kid": "first"}
PUBLISHED = keys(
    jwk(rsa_key("first"), "first"),
    jwk(ec_key("elliptic"), "elliptic"),
    jwk(rsa_key("short", 1024), "short"),
    jwk(rsa_key("sealed"), "sealed", use="enc"),
)
"""The keys of the issuer: two that sign, one too short to, one for encryption."""
PUBLISHED_BY_OTHER = keys(jwk(rsa_key("theirs"), "first"), jwk(rsa_key("theirs-too"), "theirs"))
"""Those of the other trusted issuer, one of them under the same name."""
Forged = Mapping[str, str]
"""What is wrong with each -> the token."""

_numbers = count()


@dataclass(frozen=True, kw_only=True)
class Forge:
    """Makes tokens."""

    issuer: str
    other: str
    """The other trusted issuer, of another tenant."""
    listener: str
    """Where the forger waits for the server to call."""

    def claims(self, **changes: Any) -> Json:
        """Those of a good token, which no other token has."""
        now = int(time.time())
        return {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": CANARY,
            "iat": now,
            "exp": now + 3600,
            "scope": "user/*.cruds",
            "clinic": str(TENANT),
            "jti": f"{CANARY}-{next(_numbers)}",
        } | changes

    def token(self, key: Private | None = None, header: Json | None = None, **changes: Any) -> str:
        """A good one but for what is changed."""
        said = {**GOOD_HEADER, **(header or {})}
        return signed(key or rsa_key("first"), unsigned(said, self.claims(**changes)), said)

    def elliptic(self) -> str:
        """A good one with an elliptic signature, which is short."""
        return self.token(ec_key("elliptic"), {"alg": "ES256", "kid": "elliptic"})

    def of_other(self, key: str = "theirs", kid: str = "first", **changes: Any) -> str:
        """Signed with a key of the other issuer."""
        said = {"iss": self.other, "clinic": str(OTHER_TENANT)} | changes
        return self.token(rsa_key(key), {"kid": kid}, **said)

    def raw(self, header: str | bytes | None = None, claims: str | bytes | None = None) -> str:
        """Signed with the issuer's key whatever stands there."""
        given = (
            json.dumps(dict(GOOD_HEADER)) if header is None else header,
            json.dumps(self.claims()) if claims is None else claims,
        )
        text = ".".join(b64(p.encode() if isinstance(p, str) else p) for p in given)
        return signed(rsa_key("first"), text, {})

    def literal(self, name: str, text: str) -> str:
        """A claim whose value is written like that."""
        claims = json.dumps(self.claims(**{name: "HERE"})).replace('"HERE"', text)
        return self.raw(claims=claims)


def signed(key: Private, text: str, header: Mapping[str, Any]) -> str:
    """In the way of `alg` where that is one of the key's, else in the key's usual way."""
    algorithm = header.get("alg")
    elliptic = not hasattr(key, "decrypt")
    usual = "ES256" if elliptic else "RS256"
    known = algorithm in (("ES256", "ES384") if elliptic else ("RS256", "RS384", "RS512"))
    return f"{text}.{b64(signature(key, str(algorithm) if known else usual, text.encode()))}"


Table = Callable[[Forge], Forged]
