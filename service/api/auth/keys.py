"""The public keys of an issuer. https://www.rfc-editor.org/rfc/rfc7517

A set that could not come from a sound issuer is refused whole, so that it never takes the place of
the last good one; a key that is only of no use here is passed over.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

from service.errors import Malformed
from service.fhir.exact_json import loads

MOST = 100
"""Keys of one set."""
RSA_BITS = range(2048, 8193)
RSA_ALGORITHMS = frozenset({"RS256", "RS384"})
CURVES = {"P-256": "ES256", "P-384": "ES384"}
"""https://www.rfc-editor.org/rfc/rfc7518#section-3.4: each curve has its one algorithm."""


class Poisoned(Exception):
    """A set of keys that is not to be used; the message says why in a few words."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key that signatures are held against."""

    id: str | None
    algorithms: frozenset[str]
    public: RSAPublicKey | EllipticCurvePublicKey


def key_set(body: bytes) -> tuple[Key, ...]:
    """Raises `Poisoned`."""
    try:
        said = loads(body)
    except Malformed:
        raise Poisoned("no JSON") from None
    listed = said.get("keys") if isinstance(said, Mapping) else None
    if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed):
        raise Poisoned("no set of keys")
    if len(listed) > MOST:
        raise Poisoned("too many keys")
    if any(each.get("kty") == "oct" for each in listed):
        raise Poisoned("a symmetric key")
    keys = tuple(_usable(listed))
    if not keys:
        raise Poisoned("no usable key")
    if max(Counter(key.id for key in keys).values()) > 1:
        raise Poisoned("two keys under one kid")
    return keys


def chosen(keys: Sequence[Key], kid: str | None, algorithm: str) -> Key | None:
    """The key of that name; a token that names none is the work of the only one that fits."""
    fitting = [
        key for key in keys if algorithm in key.algorithms and (kid is None or key.id == kid)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _usable(listed: Sequence[Mapping[str, Any]]) -> Iterator[Key]:
    for jwk in listed:
        try:
            key = _key(jwk)
        except (PyJWTError, KeyError, TypeError, ValueError):
            continue
        if key is not None:
            yield key


def _key(jwk: Mapping[str, Any]) -> Key | None:
    """None for what signs nothing that is believed here, and for a secret that got out."""
    kid = jwk.get("kid")
    signs = jwk.get("use", "sig") == "sig" and "verify" in jwk.get("key_ops", ["verify"])
    if not signs or not isinstance(kid, str | None):
        return None
    public = _public(dict(jwk))
    if isinstance(public, RSAPublicKey) and public.key_size in RSA_BITS:
        algorithms = RSA_ALGORITHMS
    elif isinstance(public, EllipticCurvePublicKey) and jwk.get("crv") in CURVES:
        algorithms = frozenset({CURVES[jwk["crv"]]})
    else:
        return None
    if "alg" in jwk:
        algorithms &= {jwk["alg"]}
    return Key(id=kid, algorithms=algorithms, public=public) if algorithms else None


def _public(jwk: dict[str, Any]) -> object:
    match jwk.get("kty"):
        case "RSA":
            return RSAAlgorithm.from_jwk(jwk)
        case "EC":
            return ECAlgorithm.from_jwk(jwk)
    return None
