"""2, 3, 4, 5 and 8: tokens whose header lies about the key, the algorithm or the kind of token."""

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256, sha384, sha512
from itertools import product
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.api.auth.authority import b64, ec_key, jwk, rsa_key, unsigned
from tests.faults.forgery import CANARY, GOOD_HEADER, PUBLISHED, Forge, Forged, signed

DIGESTS = {"HS256": sha256, "HS384": sha384, "HS512": sha512}
SPELLINGS = ["".join(letters) for letters in product("nN", "oO", "nN", "eE")]
UNSIGNED: list[Any] = [
    *SPELLINGS, "none ", " none", "none\x00", "n\u043ene", "", None, 0, False, [], ["none"], {},
    {"alg": "none"}, "HS256", "NULL", CANARY,
]  # fmt: skip
NAMES: dict[str, Any] = {
    "a path": "../../../../../../dev/null",
    "a path of Windows": "..\\..\\..\\windows\\win.ini",
    "a path to the key": "/proc/self/environ",
    "a query": "x' UNION SELECT 'secret' --",
    "a query that drops": "first'; DROP TABLE resource; --",
    "a query that sleeps": "first' OR pg_sleep(30) --",
    "a command": "first; sleep 30 | $(sleep 30) `sleep 30`",
    "a template": "{{7*7}}${7*7}%s%n",
    "a URL of metadata": "http://169.254.169.254/latest/meta-data/",
    "an octet of zero": "first\x00",
    "zeros alone": "\x00" * 64,
    "a line of its own": "first\r\nX-Injected: yes",
    "as much as fits": "k" * 11_000,
    "a megabyte": "k" * 1_000_000,
    "with a space before": " first",
    "with a space after": "first ",
    "in capitals": "FIRST",
    "in letters that look alike": "f\u0456rst",
    "a smile": "\U0001f600",
    "half a pair": "\ud83d",
    "nothing": "",
    "null": None,
    "a number": 1,
    "a truth": True,
    "a list": ["first"],
    "an object": {"kid": "first"},
    "the key's": jwk(rsa_key("first"), "first"),
    "not there": CANARY,
    "for encryption": "sealed",
    "too short": "short",
}


def unsigned_ones(forge: Forge) -> Forged:
    """`alg` that promises no signature, with none, with any, and with one of another token."""
    made = {}
    good = forge.token().rpartition(".")[2]
    for algorithm in UNSIGNED:
        for header in ({"alg": algorithm, "kid": "first"}, {"alg": algorithm}):
            text = unsigned(header, forge.claims())
            for kind, ending in (("no", "."), ("any", ".AAAA"), ("another", f".{good}")):
                made[f"{header} and {kind} signature"] = text + ending
            made[f"{header} and two parts"] = text
    made["no alg"] = unsigned({"kid": "first"}, forge.claims()) + "."
    made["no header"] = unsigned({}, forge.claims()) + "."
    return made


def public_secrets() -> Iterator[tuple[str, bytes]]:
    """Everything that everybody may know of the keys, as the secret that an HMAC is made with."""
    for name, key in (("RSA", rsa_key("first")), ("elliptic", ec_key("elliptic"))):
        public = key.public_key()
        kinds = [("SPKI", PublicFormat.SubjectPublicKeyInfo)]
        if name == "RSA":
            kinds.append(("PKCS1", PublicFormat.PKCS1))
        for kind, form in kinds:
            pem = public.public_bytes(Encoding.PEM, form)
            yield f"{name} {kind} PEM", pem
            yield f"{name} {kind} PEM without the last newline", pem.strip()
            yield f"{name} {kind} PEM with other newlines", pem.replace(b"\n", b"\r\n")
            yield f"{name} {kind} PEM of one line", pem.replace(b"\n", b"")
            der = public.public_bytes(Encoding.DER, form)
            yield f"{name} {kind} DER", der
            yield f"{name} {kind} DER in base 64", b64encode(der)
        yield f"{name} SSH", public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        published = next(k for k in json.loads(PUBLISHED)["keys"] if k["kty"][0] == name[0].upper())
        for form in ({}, {"sort_keys": True}, {"separators": (",", ":")}, {"indent": 2}):
            yield f"{name} JWK {form}", json.dumps(published, **form).encode()
        yield f"{name} number", str(published.get("n", published.get("x"))).encode()
    yield "the set", PUBLISHED
    yield "nothing", b""
    yield "a zero", b"\x00"
    yield "the kid", b"first"
    yield "secret", b"secret"


def shared_secrets(forge: Forge) -> Forged:
    made = {}
    for name, secret in public_secrets():
        for algorithm, digest in DIGESTS.items():
            for said in (algorithm, "RS256"):
                text = unsigned({**GOOD_HEADER, "alg": said}, forge.claims())
                made[f"{algorithm} with {name}, called {said}"] = mac(text, secret, digest)
    return made


def mac(text: str, secret: bytes, digest: Any = sha256) -> str:
    return f"{text}.{b64(hmac.new(secret, text.encode(), digest).digest())}"


def key_names(forge: Forge) -> Forged:
    """`kid` of every kind, signed by the forger, with what the named file or row would hold, and by
    the issuer."""
    made = {}
    for name, kid in NAMES.items():
        header = {**GOOD_HEADER, "kid": kid}
        text = unsigned(header, forge.claims())
        made[f"{name}, of the forger"] = signed(rsa_key("forger"), text, header)
        made[f"{name}, of the issuer"] = signed(rsa_key("first"), text, header)
        for secret in (b"", b"secret"):
            low = unsigned({**header, "alg": "HS256"}, forge.claims())
            made[f"{name}, with the secret {secret!r}"] = mac(low, secret)
    short = {"kid": "short"}
    made["too short, of itself"] = forge.token(rsa_key("short", 1024), short)
    made["for encryption, of itself"] = forge.token(rsa_key("sealed"), {"kid": "sealed"})
    return made


def keys_brought_along(forge: Forge) -> Forged:
    """Keys of the forger in the token, or where the token says."""
    mine = rsa_key("forger")
    away = f"{forge.listener}/keys"
    places: list[dict[str, Any]] = [
        {"jku": away},
        {"jku": f"{forge.issuer}/keys@{away.removeprefix('http://')}"},
        {"jku": f"{forge.issuer}/../{away}"},
        {"jku": [away]},
        {"x5u": away},
        {"jwk": jwk(mine, "first")},
        {"jwk": jwk(mine, "mine")},
        {"jwk": {"kty": "oct", "k": b64(b"secret")}},
        {"jwk": {"kty": "RSA", "n": away, "e": "AQAB"}},
        {"x5c": [b64encode(b"certificate").decode()], "x5t": "x", "x5t#S256": "x"},
        {"jku": away, "x5u": away, "jwk": jwk(mine, "first"), "x5c": [away], "url": away},
        {"iss": forge.listener},
    ]
    made = {}
    for header in places:
        for kid in ("first", "mine", away):
            named = {**header, "kid": kid}
            made[f"{named}"] = forge.token(mine, named)
            made[f"{named} of its own issuer"] = forge.token(mine, named, iss=forge.listener)
        text = unsigned({**header, "alg": "HS256"}, forge.claims())
        made[f"{header} and a secret"] = mac(text, b"secret")
    return made


def algorithms(forge: Forge) -> Forged:
    """A right signature under a wrong name, and the other way round."""
    rs, es = rsa_key("first"), ec_key("elliptic")
    made = {}
    for said in ("RS384", "RS512", "PS256", "PS384", "ES256", "ES384", "ES512", "ES256K", "EdDSA",
                 "rs256", "RS256 ", "RS1", "RSA-OAEP", "A256GCM", "dir", "RS256\x00"):  # fmt: skip
        for kid, key in (("first", rs), ("elliptic", es)):
            text = unsigned({**GOOD_HEADER, "alg": said, "kid": kid}, forge.claims())
            made[f"{said} of {kid}"] = signed(key, text, {})
    del made["ES256 of elliptic"]  # Which is what it says.
    made["RS256 of an elliptic key"] = forge.token(es, {"kid": "elliptic"})
    made["ES256 of an RSA key"] = forge.token(rs, {"alg": "ES256"})
    return made


def kinds(forge: Forge) -> Forged:
    """Extensions that must be understood, and tokens that are no access tokens."""
    headers: list[dict[str, Any]] = [
        {"crit": ["exp"], "exp": 1}, {"crit": []}, {"crit": ["b64"], "b64": False},
        {"crit": ["b64"], "b64": True}, {"b64": False}, {"b64": True}, {"crit": "b64"},
        {"crit": None}, {"crit": {"b64": 1}, "b64": False}, {"typ": "id_token"},
        {"typ": "logout+jwt"}, {"typ": "dpop+jwt"}, {"typ": "secevent+jwt"}, {"typ": "JOSE"},
        {"typ": ""}, {"typ": None}, {"typ": ["at+jwt"]}, {"typ": 1}, {"typ": CANARY},
        {"typ": "at+jwt\x00"}, {"typ": "JWE"},
    ]  # fmt: skip
    made = {f"{header}": forge.token(header=header) for header in headers}
    for claim in ("nonce", "at_hash", "c_hash"):
        made[f"an ID token with {claim}"] = forge.token(scope="", **{claim: CANARY})
    made["one that is bound to a key"] = forge.token(cnf={"jkt": CANARY})
    for header in ({"b64": False, "crit": ["b64"]}, {"b64": False}):
        head, _, signature = forge.token(header=header).split(".")
        made[f"{header} with nothing between"] = f"{head}..{signature}"
        made[f"{header} with claims as they are"] = f"{head}.{{}}.{signature}"
    return made
