"""2, 3, 5, 6, 7 and 8: tokens that are signed, rightly and in every wrong way."""

import hmac
import json
from collections.abc import AsyncIterator
from hashlib import sha256, sha384
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.api.auth.issuers import PublishedKeys
from tests.api.auth.authority import (
    AUDIENCE,
    NOW,
    Authority,
    Clock,
    authority,
    b64,
    ec_key,
    jwk,
    keys,
    rsa_key,
    signature,
    token,
    unsigned,
    without,
)
from tests.api.auth.trusting import TENANT, fails, issuer, shown, trusting
from tests.outbound.scripted import saying, scripted

PUBLIC = rsa_key("first").public_key()


@pytest.fixture
async def known() -> AsyncIterator[Authority]:
    async with authority() as stands:
        yield stands


async def test_a_token_of_a_trusted_issuer_tells_who_asks_and_what_for(known: Authority) -> None:
    said = known.token(
        fhirUser="Practitioner/7",
        azp="dashboard",
        patient="p1",
        scope="openid patient/Observation.rs user/Patient.r",
    )
    access = await shown(trusting(issuer(known, may_read_labels=frozenset({"V"}))), said)
    assert (access.tenant, access.user, access.client) == (TENANT, "Practitioner/7", "dashboard")
    assert access.rights is not None
    assert access.rights.patient == "p1"
    assert access.rights.labels == {"V"}
    assert [(s.who, s.type) for s in access.rights.scopes] == [
        ("patient", "Observation"),
        ("user", "Patient"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["https://other.example", AUDIENCE]},
        {"scope": ["user/*.cruds"]},
        {"scope": "", "scp": "user/*.cruds"},
        {"scp": ["user/*.cruds"], "scope": ""},
        {"exp": NOW + 0.5, "iat": NOW - 0.5, "nbf": NOW},
    ],
)
async def test_claims_have_every_form_that_the_specifications_allow(
    known: Authority, changes: dict[str, Any]
) -> None:
    access = await shown(trusting(issuer(known)), known.token(**changes))
    assert (access.user, access.client) == ("therapist-1", None)
    assert access.rights is not None
    assert [(s.who, s.type) for s in access.rights.scopes] == [("user", "*")]


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "ES256", "ES384"])
@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "JWT", "jwt", None])
async def test_every_algorithm_and_kind_of_the_list_is_taken(
    algorithm: str, typ: str | None
) -> None:
    rs = algorithm.startswith("RS")
    key = rsa_key("first") if rs else ec_key("first", algorithm)
    header = {"alg": algorithm, "kid": "k"} | ({} if typ is None else {"typ": typ})
    async with authority(keys(jwk(key, "k", use="sig", alg=algorithm))) as stands:
        access = await shown(trusting(issuer(stands)), token(key, header, stands.claims()))
    assert access.user == "therapist-1"


async def test_a_token_without_kid_is_held_against_the_only_key_that_fits() -> None:
    first, second = rsa_key("first"), ec_key("second")
    header = {"alg": "RS256"}
    async with authority(keys(jwk(first, "a"), jwk(second, "b"))) as stands:
        server = trusting(issuer(stands))
        assert (await shown(server, token(first, header, stands.claims()))).user == "therapist-1"
        stands.published = keys(jwk(first, "a"), jwk(rsa_key("third"), "c"))
        await fails(trusting(issuer(stands)), token(first, header, stands.claims()))


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", None, 0, [], ["RS256"]])
async def test_2_alg_none_is_refused_in_every_spelling(known: Authority, alg: object) -> None:
    server = trusting(issuer(known))
    for header in ({"alg": alg, "kid": "first"}, {"alg": alg}, {"kid": "first"}):
        text = unsigned(header, known.claims())
        for forged in (f"{text}.", f"{text}.AAAA", text, known.token(header={"alg": alg})):
            await fails(server, forged)


async def test_2_a_signature_that_is_empty_or_another_is_refused(known: Authority) -> None:
    server = trusting(issuer(known))
    good = known.token()
    head, body, signed = good.split(".")
    other = known.token(sub="somebody-else").split(".")
    for forged in (
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}.{body}.{signed[:-4]}",
        f"{head}.{body}.{signed}AAAA",
        f"{head}.{body}.{b64(bytes(256))}",
        f"{head}.{other[1]}.{signed}",
        f"{head}.{body}.{other[2]}",
        f"{head}.{body}.{signed}.",
        f".{body}.{signed}",
        f"{head}..{signed}",
        "..",
    ):
        await fails(server, forged)
    assert (await shown(server, good)).user == "therapist-1"


DER = PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
PEM = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    "secret",
    [
        PEM,
        PEM.strip(),
        DER,
        PUBLIC.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        PUBLIC.public_bytes(Encoding.DER, PublicFormat.PKCS1),
        json.dumps(jwk(rsa_key("first"), "first")).encode(),
        json.dumps(jwk(rsa_key("first"), "first"), separators=(",", ":"), sort_keys=True).encode(),
        keys(jwk(rsa_key("first"), "first")),
        jwk(rsa_key("first"))["n"].encode(),
        b"",
        b"secret",
    ],
    ids=range(11),
)
async def test_3_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused(
    known: Authority, secret: bytes
) -> None:
    server = trusting(issuer(known))
    for algorithm, digest in (("HS256", sha256), ("HS384", sha384), ("RS256", sha256)):
        text = unsigned({"alg": algorithm, "kid": "first"}, known.claims())
        forged = f"{text}.{b64(hmac.new(secret, text.encode(), digest).digest())}"
        await fails(server, forged)


async def test_5_a_key_that_the_token_itself_brings_or_names_is_not_looked_at(
    known: Authority,
) -> None:
    mine = rsa_key("attacker")
    async with (
        authority(keys(jwk(mine, "mine"), jwk(mine, "first"))) as attacker,
        scripted(saying("certificate")) as elsewhere,
    ):
        away = f"http://127.0.0.1:{elsewhere.port}/cert.pem"
        server = trusting(issuer(known))
        for kid in ("mine", "first"):
            for header in (
                {"jku": f"{attacker.url}/keys"},
                {"x5u": away},
                {"jwk": jwk(mine, kid)},
                {"x5c": [b64(b"certificate")], "x5t": "x", "x5t#S256": "x"},
                {"jku": f"{attacker.url}/keys", "x5u": away, "jwk": jwk(mine)},
                {"iss": attacker.url},
            ):
                await fails(server, known.token(mine, {"kid": kid} | header))
        assert not attacker.asked
        assert elsewhere.connections == 0
        good = known.token(header={"jku": f"{attacker.url}/keys", "jwk": jwk(mine)})
        assert (await shown(server, good)).user == "therapist-1"
        assert not attacker.asked


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW - 61},
        {"exp": NOW - 60},
        {"exp": 0},
        {"exp": -1},
        {"exp": str(int(NOW) + 600)},
        {"exp": True},
        {"exp": None},
        {"exp": [NOW + 600]},
        {"exp": {}},
        {"exp": "2030-01-01T00:00:00Z"},
        {"iat": str(int(NOW))},
        {"iat": None},
        {"iat": False},
        {"iat": NOW + 3600},
        {"nbf": NOW + 3600},
        {"nbf": NOW + 61},
        {"nbf": str(int(NOW))},
        {"nbf": None},
    ],
)
async def test_6_a_token_out_of_its_time_or_with_times_that_are_no_numbers_is_refused(
    known: Authority, changes: dict[str, Any]
) -> None:
    await fails(trusting(issuer(known)), known.token(**changes))


@pytest.mark.parametrize("name", ["exp", "iat", "iss", "aud", "sub"])
async def test_6_a_token_without_a_claim_that_is_needed_is_refused(
    known: Authority, name: str
) -> None:
    header = {"alg": "RS256", "kid": "first"}
    await fails(
        trusting(issuer(known)), token(rsa_key("first"), header, without(known.claims(), name))
    )


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999", "1E+400", "9" * 70])
async def test_6_a_time_that_is_no_moment_is_refused(known: Authority, literal: str) -> None:
    claims = json.dumps(known.claims(exp="HERE")).replace('"HERE"', literal)
    head = b64(json.dumps({"alg": "RS256", "kid": "first"}).encode())
    await fails(trusting(issuer(known)), resigned(head, claims))


async def test_6_a_claim_that_is_said_twice_is_refused(known: Authority) -> None:
    claims = json.dumps(known.claims())
    head = b64(json.dumps({"alg": "RS256", "kid": "first"}).encode())
    assert (await shown(trusting(issuer(known)), resigned(head, claims))).user == "therapist-1"
    twice = claims[:-1] + ', "sub": "administrator"}'
    await fails(trusting(issuer(known)), resigned(head, twice))


def resigned(head: str, claims: str) -> str:
    text = f"{head}.{b64(claims.encode())}"
    return f"{text}.{b64(signature(rsa_key('first'), 'RS256', text.encode()))}"


@pytest.mark.parametrize("changes", [{"exp": NOW - 59}, {"nbf": NOW + 60}, {"iat": NOW + 60}])
async def test_6_clocks_may_differ_by_sixty_seconds(
    known: Authority, changes: dict[str, Any]
) -> None:
    said = known.token(**changes)
    assert (await shown(trusting(issuer(known)), said)).user == "therapist-1"
    await fails(trusting(issuer(known, clock_skew_seconds=0)), said)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example/fhir"},
        {"aud": AUDIENCE + "/"},
        {"aud": AUDIENCE.upper()},
        {"aud": []},
        {"aud": ["https://other.example/fhir"]},
        {"aud": [AUDIENCE, 1]},
        {"aud": {AUDIENCE: True}},
        {"aud": None},
        {"iss": "https://other.example"},
        {"iss": None},
        {"iss": 1},
        {"iss": ["http://127.0.0.1"]},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a\x00b"},
        {"sub": "a\r\nb"},
        {"fhirUser": 7},
        {"azp": ["x"]},
        {"client_id": {}},
        {"patient": 7},
        {"patient": ""},
        {"patient": "p1'; DROP TABLE resource --"},
        {"patient": "p1,p2"},
        {"scope": 7},
        {"scope": {"user/*.cruds": True}},
        {"scope": ["user/*.cruds", 7]},
        {"scp": None},
        {"cnf": {"jkt": "x"}},
    ],
)
async def test_7_a_token_for_another_server_or_with_claims_of_a_wrong_kind_is_refused(
    known: Authority, changes: dict[str, Any]
) -> None:
    await fails(trusting(issuer(known)), known.token(**changes))


@pytest.mark.parametrize("claims", [[], "text", 7, None, True])
async def test_7_claims_that_are_no_object_are_refused(known: Authority, claims: object) -> None:
    await fails(
        trusting(issuer(known)), token(rsa_key("first"), {"alg": "RS256", "kid": "first"}, claims)
    )


async def test_7_a_token_that_only_says_who_somebody_is_is_refused(known: Authority) -> None:
    server = trusting(issuer(known))
    for claim in ("nonce", "at_hash", "c_hash"):
        await fails(server, known.token(scope="", **{claim: "x"}))
    await fails(server, known.token(aud="the-client", nonce="x"))


@pytest.mark.parametrize(
    "typ", ["id_token", "logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE", "", 7, None, ["JWT"]]
)
async def test_7_a_token_of_another_kind_is_refused(known: Authority, typ: object) -> None:
    await fails(trusting(issuer(known)), known.token(header={"typ": typ}))


@pytest.mark.parametrize(
    "header",
    [{"crit": ["exp"], "exp": 1}, {"crit": []}, {"crit": ["b64"], "b64": False}, {"b64": True}],
)
async def test_7_extensions_that_must_be_understood_are_refused(
    known: Authority, header: dict[str, Any]
) -> None:
    await fails(trusting(issuer(known)), known.token(header=header))


async def test_7_an_issuer_speaks_for_its_own_tenant_only(known: Authority) -> None:
    theirs = UUID(int=8)
    async with authority(keys(jwk(rsa_key("theirs"), "first"))) as other:
        server = trusting(issuer(known), issuer(other, tenants=(theirs,)))
        own = other.token(rsa_key("theirs"))
        assert (await shown(server, own)).tenant == theirs
        assert (await shown(server, known.token())).tenant == TENANT
        await fails(server, other.token(rsa_key("theirs"), iss=known.url))
        await fails(server, known.token(iss=other.url))
        named = other.token(rsa_key("theirs"), tenant=str(TENANT), tenant_id=str(TENANT))
        assert (await shown(server, named)).tenant == theirs


@pytest.mark.parametrize("said", [None, "", 7, "first", str(UUID(int=9)), [str(TENANT)]])
async def test_7_a_tenant_that_the_issuer_has_no_say_in_is_refused(
    known: Authority, said: object
) -> None:
    both = issuer(known, tenants=(TENANT, UUID(int=8)), tenant_claim="clinic")
    server = trusting(both)
    for tenant in both.tenants:
        assert (await shown(server, known.token(clinic=str(tenant)))).tenant == tenant
    await fails(server, known.token(clinic=said))
    await fails(server, known.token())


async def test_8_a_key_of_one_kind_does_not_serve_an_algorithm_of_another() -> None:
    rs, es = rsa_key("first"), ec_key("second")
    async with authority(keys(jwk(rs, "r"), jwk(es, "e"))) as stands:
        server = trusting(issuer(stands))
        claims = stands.claims()
        for alg, kid, key, used in (
            ("RS256", "e", es, "ES256"),
            ("ES256", "r", rs, "RS256"),
            ("ES384", "e", es, "ES384"),
            ("RS384", "r", rs, "RS256"),
            ("RS256", "r", rs, "RS384"),
            ("RS512", "r", rs, "RS512"),
        ):
            text = unsigned({"alg": alg, "kid": kid}, claims)
            forged = f"{text}.{b64(signature(key, used, text.encode()))}"
            await fails(server, forged)


async def test_8_an_elliptic_signature_of_zeros_or_of_the_order_is_refused() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    async with authority(keys(jwk(ec_key("second"), "e"))) as stands:
        server = trusting(issuer(stands))
        text = unsigned({"alg": "ES256", "kid": "e"}, stands.claims())
        for r in (0, 1, order, order - 1):
            for s in (0, 1, order, order - 1):
                both = r.to_bytes(32, "big") + s.to_bytes(32, "big")
                await fails(server, f"{text}.{b64(both)}")
        await fails(server, f"{text}.{b64(bytes(63))}")
        good = token(ec_key("second"), {"alg": "ES256", "kid": "e"}, stands.claims())
        head, body, _ = good.split(".")
        der = ec_der(ec_key("second"), f"{head}.{body}".encode())
        await fails(server, f"{head}.{body}.{b64(der)}")
        assert (await shown(server, good)).user == "therapist-1"


def ec_der(key: EllipticCurvePrivateKey, text: bytes) -> bytes:
    return key.sign(text, ECDSA(SHA256()))


async def test_8_a_key_that_is_too_short_is_no_key() -> None:
    short = rsa_key("short", 1024)
    async with authority(keys(jwk(short, "s"), jwk(rsa_key("first"), "first"))) as stands:
        await fails(trusting(issuer(stands)), stands.token(short, {"kid": "s"}))


async def test_8_an_algorithm_that_the_issuer_does_not_use_is_refused(known: Authority) -> None:
    few = PublishedKeys(uri=f"{known.url}/keys", algorithms=frozenset({"RS384", "ES256"}))
    server = trusting(issuer(known, proof=few))
    await fails(server, known.token())
    assert (await shown(server, known.token(header={"alg": "RS384"}))).user == "therapist-1"
    assert known.asked["/keys"] == 1


async def test_a_token_is_believed_until_it_expires_and_no_longer(known: Authority) -> None:
    clock = Clock()
    server = trusting(issuer(known), clock=clock)
    said = known.token(exp=NOW + 120)
    first = await shown(server, said)
    clock.time = NOW + 179
    assert await shown(server, said) is first
    clock.time = NOW + 180
    await fails(server, said)


async def test_a_token_of_a_key_that_was_withdrawn_is_soon_refused(known: Authority) -> None:
    clock = Clock()
    server = trusting(issuer(known), clock=clock)
    said = known.token(exp=NOW + 86_400)
    await shown(server, said)
    known.published = keys(jwk(rsa_key("second"), "second"))
    clock.time = NOW + 299
    await shown(server, said)
    clock.time = NOW + 600
    await fails(server, said)
