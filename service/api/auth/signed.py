"""A token that is signed: what it says of itself, and whether its issuer said it.

https://www.rfc-editor.org/rfc/rfc7515, with what https://www.rfc-editor.org/rfc/rfc8725 advises.
The header chooses among the issuer's keys and algorithms and decides nothing else: what it says of
keys elsewhere (`jku`, `x5u`, `jwk`, `x5c`) is not looked at.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jwt import PyJWS
from jwt.exceptions import PyJWTError
from jwt.utils import base64url_decode

from service.api.auth.issuers import ALGORITHMS
from service.api.auth.keyring import Keyring
from service.errors import Malformed, Unauthorized
from service.fhir.exact_json import loads

KEY_ID = re.compile(r"[A-Za-z0-9._~=+/-]{1,128}")
TYPES = frozenset({"at+jwt", "application/at+jwt", "jwt"})
"""https://www.rfc-editor.org/rfc/rfc9068#section-2.1, and what issuers said before it."""
JWS = PyJWS(algorithms=ALGORITHMS)


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A token as it was sent; nothing of it is believed yet."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    """Only good for choosing whose keys it is held against."""


def opened(token: str) -> Signed | None:
    """None for a token that is not of this kind, in the one spelling that it has."""
    if token.endswith("="):
        return None  # The library takes padding, which RFC 7515 leaves out.
    try:
        parts = JWS.decode_complete(token, options={"verify_signature": False})
        # The library takes a header that says a name twice.
        header = loads(base64url_decode(token.partition(".")[0]))
        claims = loads(parts["payload"])
    except (PyJWTError, Malformed):
        return None
    if not isinstance(claims, Mapping):
        return None
    return Signed(text=token, header=header, claims=claims)


async def confirmed(signed: Signed, algorithms: frozenset[str], keyring: Keyring) -> Any:
    """The claims, as the issuer made them.

    Raises `Unauthorized`, and `Unavailable` where the issuer's keys cannot be had.
    """
    header = signed.header
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise refused("is signed in a way that its issuer does not use")
    if kid is not None and (not isinstance(kid, str) or KEY_ID.fullmatch(kid) is None):
        raise refused("names a key in a way that no key is named")
    if "crit" in header or "b64" in header:
        raise refused("asks for extensions that are not known here")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in TYPES:
        raise refused("is a token of another kind")
    key = await keyring.key(kid, algorithm)
    try:
        parts = JWS.decode_complete(signed.text, key.public, algorithms=[algorithm])
    except PyJWTError:
        raise refused("is not signed by its issuer") from None
    return loads(parts["payload"])


def refused(why: str) -> Unauthorized:
    """A token that grants nothing."""
    return Unauthorized(f"The access token {why}.", fault="invalid_token")
