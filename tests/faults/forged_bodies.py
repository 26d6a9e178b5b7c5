"""2, 6, 7 and 8: tokens with wrong claims, broken signatures and impossible shapes."""

import json
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from tests.api.auth.authority import AUDIENCE, b64, ec_key, rsa_key, unsigned, without
from tests.faults.forgery import (
    CANARY,
    GOOD_HEADER,
    OTHER_TENANT,
    Forge,
    Forged,
    signed,
)

WRONG: tuple[Any, ...] = (None, True, False, "", [], {}, [[]], {"value": 1})
WRONG_VALUES: Mapping[str, tuple[Any, ...]] = {
    **dict.fromkeys(("exp", "iat", "nbf"), (*WRONG, CANARY)),
    **dict.fromkeys(("iss", "aud", "clinic", "fhirUser", "azp", "client_id"), (*WRONG, 1)),
    "sub": (*WRONG, 1, "a\x00b", "a\r\nSet-Cookie: b=c", "\ud83d", "\u202e", " ", "\x7f"),
    "scope": (7, {"a": "b"}, [7], ["user/*.cruds", None], True, None),
    "scp": (7, {"a": "b"}, [7], ["user/*.cruds", None], True, None),
    "patient": (7, "", [], "p'; DROP TABLE resource --", "a/b", "*", "p\x00", "p" * 65, None),
}
"""By claim; all of them signed by the issuer."""
LITERALS = ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "9" * 65, "9" * 5000, "-1",
            "0", "1.0e3", "0x7fffffff", "01", "+1", "1_000", "1/0", "١٢٣", ".5", "5.", "--1",
            '"9999999999"', '"1e10"', '"2099-01-01T00:00:00Z"', "[9999999999]",
            '{"value": 9999999999}', "null", "true", "undefined", "")  # fmt: skip
"""Written in the place of `exp`."""
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256."""


def claims(forge: Forge) -> Forged:
    """Signed by the issuer, each with one claim as it must not be."""
    made = {}
    for name in ("iss", "aud", "sub", "iat", "exp", "clinic"):
        text = unsigned(dict(GOOD_HEADER), without(forge.claims(), name))
        made[f"without {name}"] = signed(rsa_key("first"), text, GOOD_HEADER)
    for name, values in WRONG_VALUES.items():
        for value in values:
            made[f"{name} is {value!r}"] = forge.token(**{name: value})
    return made


def claims_said_twice(forge: Forge) -> Forged:
    """The second time the same, another or nothing, and its name as it is or escaped."""
    made = {}
    for name in ("iss", "aud", "sub", "iat", "exp", "scope", "clinic", "jti"):
        said = forge.claims()
        for second in (said[name], CANARY, None):
            for written in (name, f"\\u{ord(name[0]):04x}{name[1:]}"):
                twice = f'{json.dumps(said)[:-1]}, "{written}": {json.dumps(second)}}}'
                made[f"{written} twice, then {second!r}"] = forge.raw(claims=twice)
    return made


def times(forge: Forge) -> Forged:
    """Out of its time, or with a time that is none."""
    now = forge.claims()["iat"]
    made = {f"exp is {text[:20]} of {len(text)}": forge.literal("exp", text) for text in LITERALS}
    for name, value in (("exp", now - 61), ("exp", 1), ("exp", -now), ("exp", now - 86_400.5),
                        ("iat", now + 3600), ("iat", 1e300), ("nbf", now + 3600), ("nbf", 1e300),
                        ("exp", str(now + 600)), ("iat", str(now)), ("nbf", str(now))):  # fmt: skip
        made[f"{name} is {value}"] = forge.token(**{name: value})
    return made


def strangers(forge: Forge) -> Forged:
    """Of another issuer, for another server, or about another's records."""
    made = {}
    for value in (
        AUDIENCE + "/", AUDIENCE[:-1], AUDIENCE.upper(), f" {AUDIENCE}", f"{AUDIENCE}\x00",
        f"{AUDIENCE} {CANARY}", [CANARY], [[AUDIENCE]], [AUDIENCE, 1], {AUDIENCE: AUDIENCE}, "*",
        "https://clinic.example", forge.issuer,
    ):  # fmt: skip
        made[f"aud is {value!r}"] = forge.token(aud=value)
    for value in (
        forge.issuer + "/", forge.issuer[:-1], forge.issuer.upper(), f"{forge.issuer}\x00",
        [forge.issuer], forge.listener, f"{forge.issuer}@{forge.listener[7:]}", CANARY,
        forge.issuer.replace("127.0.0.1", "localhost"), forge.other, "null", "__proto__",
    ):  # fmt: skip
        made[f"iss is {value!r}"] = forge.token(iss=value)
        made[f"iss is {value!r}, of the forger"] = forge.token(rsa_key("forger"), iss=value)
    made["of the other issuer in this one's name"] = forge.of_other(iss=forge.issuer)
    made["the same with its own kid"] = forge.of_other("theirs-too", "theirs", iss=forge.issuer)
    made["of the other issuer about this one's"] = forge.of_other(clinic=forge.claims()["clinic"])
    made["about the other issuer's"] = forge.token(clinic=str(OTHER_TENANT))
    for value in ("00000000-0000-0000-0000-000000000000", f"{{{OTHER_TENANT}}}", "' OR 1=1 --"):
        made[f"about {value}"] = forge.token(clinic=value)
    made["of nobody"] = forge.token(rsa_key("forger"))
    return made


def signatures(forge: Forge) -> Forged:
    """Cut, stretched, exchanged and filled up."""
    made = {}
    for kind, good, other, head_of_other in (
        ("RSA", forge.token(), forge.token(), b64(b'{"alg":"RS256","kid":"first"}')),
        ("elliptic", forge.elliptic(), forge.elliptic(), b64(b'{"alg":"ES256"}')),
    ):
        head, body, tail = good.split(".")
        _, claims_of_other, signature_of_other = other.split(".")
        for length in (0, 1, 2, 3, 4, len(tail) // 2, len(tail) - 4, len(tail) - 1):
            made[f"{kind} cut to {length}"] = f"{head}.{body}.{tail[:length]}"
        for more in ("A", "AA", "AAAA", tail, "=", "==", "===", "===="):
            made[f"{kind} and {more[:4]} of {len(more)}"] = good + more
        made[f"{kind} with the claims of another"] = f"{head}.{claims_of_other}.{tail}"
        made[f"{kind} with another header"] = f"{head_of_other}.{body}.{tail}"
        made[f"{kind} with the signature of another"] = f"{head}.{body}.{signature_of_other}"
        made[f"{kind} turned round"] = f"{body}.{head}.{tail}"
        for octets in (1, 63, 64, 65, 255, 256, 257, 512):
            for filled in (b"\x00", b"\xff", b"\x01"):
                made[f"{kind} of {octets} {filled!r}"] = f"{head}.{body}.{b64(filled * octets)}"
    return made


def signatures_made_up(forge: Forge) -> Forged:
    """Numbers that satisfy the equation of a careless check, and other forms of a true one."""
    made = {}
    text = unsigned({"alg": "ES256", "kid": "elliptic"}, forge.claims())
    for r in (0, 1, ORDER - 1, ORDER, ORDER + 1):
        for s in (0, 1, ORDER - 1, ORDER, ORDER + 1):
            pair = b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
            made[f"r is {r:x}, s is {s:x}"] = f"{text}.{pair}"
    der = ec_key("elliptic").sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    made["elliptic in DER"] = f"{text}.{b64(der)}"
    first, text = rsa_key("first"), unsigned(dict(GOOD_HEADER), forge.claims())
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
    made["PSS"] = f"{text}.{b64(first.sign(text.encode(), pss, hashes.SHA256()))}"
    for digest in (hashes.SHA1(), hashes.SHA224(), hashes.SHA512()):  # noqa: S303
        true = first.sign(text.encode(), padding.PKCS1v15(), digest)
        made[f"of {digest.name}"] = f"{text}.{b64(true)}"
    true = int.from_bytes(first.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()), "big")
    larger = true + first.public_key().public_numbers().n
    made["with the modulus added"] = f"{text}.{b64(larger.to_bytes(257, 'big'))}"
    made["with a zero before"] = f"{text}.{b64(true.to_bytes(257, 'big'))}"
    return made


def shapes(forge: Forge) -> Forged:
    """What is not three parts in base 64, or not JSON within."""
    good = forge.token()
    head, body, tail = good.split(".")
    octets = json.dumps(forge.claims()).encode()
    deep = "[" * 5000 + "]" * 5000
    made = {f"{n} dots": "." * n for n in (1, 2, 3, 4, 100, 16_000, 1_000_000)}
    made |= {f"{n} dots and letters": "a." * n for n in (1, 2, 3, 4, 8_000)}
    parts = {"head": f".{body}.{tail}", "claims": f"{head}..{tail}", "signature": f"{head}.{body}."}
    made |= {f"without {name}": token for name, token in parts.items()}
    made["two parts"], made["one part"] = f"{head}.{body}", head
    made["another part"], made["a first part"] = f"{good}.{tail}", f".{good}"
    sealed = b64(b'{"alg":"dir","enc":"A256GCM"}')
    made["five parts, as a sealed one has"] = f"{sealed}..{body}.{tail}.{tail}"
    made["a sealed header"] = forge.token(header={"alg": "RSA-OAEP", "enc": "A256GCM"})
    nested = {"alg": "RS256", "kid": "first", "cty": "JWT"}
    made["a token in a token"] = forge.raw(json.dumps(nested), good)
    made["a token as text in a token"] = forge.raw(json.dumps(nested), json.dumps(good))
    unsigned_one = unsigned({"alg": "none"}, forge.claims()) + "."
    made["an unsigned token in a token"] = forge.raw(json.dumps(nested), unsigned_one)
    made["padded"] = (
        ".".join(
            urlsafe_b64encode(part).decode()
            for part in (json.dumps(dict(GOOD_HEADER)).encode(), octets)
        )
        + f".{tail}"
    )
    usual = b64encode(b"\xfb\xff\xfe" * 8).decode()
    made["in the usual base 64"] = f"{head}.{b64(octets)}.{usual}"
    zipped = json.dumps({**GOOD_HEADER, "zip": "DEF"})
    made["compressed"] = forge.raw(zipped, zlib.compress(octets)[2:-4])
    made["a bomb"] = forge.raw(zipped, zlib.compress(b" " * 5_000_000)[2:-4])
    for name, text in {
        "deep": deep, "a list": "[]", "a text": '"x"', "a number": "7", "null": "null", "empty": "",
        "NaN": '{"alg": NaN}', "cut": '{"alg": "RS256"', "two": "{}{}", "a comment": "{/**/}",
        "a deep member": f'{{"alg": "RS256", "x": {deep}}}', "\x00": "\x00", "CANARY": CANARY,
    }.items():  # fmt: skip
        made[f"a header that is {name}"] = forge.raw(text)
        made[f"claims that are {name}"] = forge.raw(claims=text)
    for code in ("utf-16", "utf-32", "utf-8-sig", "latin-1"):
        text = json.dumps(forge.claims(sub="é"), ensure_ascii=False).encode(code)
        made[f"claims in {code}"] = forge.raw(claims=text)
    made["a header that says alg twice"] = forge.raw('{"alg":"none","alg":"RS256","kid":"first"}')
    return made
