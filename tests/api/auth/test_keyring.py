"""4, 5 and 10: which keys are known, when they are fetched, and what does not replace them."""

import asyncio
import json

import pytest

from service.errors import Unauthorized, Unavailable
from tests.api.auth.authority import (
    NOW,
    Clock,
    authority,
    b64,
    ec_key,
    jwk,
    keys,
    rsa_key,
)
from tests.api.auth.trusting import fails, issuer, shown, trusting

SECOND = {"kid": "second"}


async def test_keys_are_fetched_once_in_ten_minutes() -> None:
    clock = Clock()
    async with authority() as stands:
        server = trusting(issuer(stands), clock=clock)
        for seconds in (0, 1, 60, 300, 599):
            clock.time = NOW + seconds
            await shown(server, stands.token(exp=NOW + 900, jti=seconds))
        assert stands.asked["/keys"] == 1
        clock.time = NOW + 600
        await shown(server, stands.token(exp=NOW + 900, jti="last"))
        assert stands.asked["/keys"] == 2


async def test_a_key_that_is_new_is_fetched_when_the_first_token_names_it() -> None:
    clock = Clock()
    async with authority() as stands:
        server = trusting(issuer(stands), clock=clock)
        await shown(server, stands.token())
        stands.published = keys(jwk(rsa_key("first"), "first"), jwk(rsa_key("second"), "second"))
        clock.time = NOW + 1
        await shown(server, stands.token(rsa_key("second"), SECOND))
        await shown(server, stands.token(jti="again"))
        assert stands.asked["/keys"] == 2


async def test_4_a_thousand_unknown_keys_are_asked_about_once_a_minute() -> None:
    clock = Clock()
    async with authority() as stands:
        server = trusting(issuer(stands), clock=clock)
        await shown(server, stands.token())
        assert stands.asked["/keys"] == 1
        forged = [stands.token(header={"kid": f"key-{n}"}) for n in range(1000)]
        for each in forged[:500]:
            await fails(server, each)
        found = await asyncio.gather(
            *(shown(server, each) for each in forged[500:]), return_exceptions=True
        )
        assert all(isinstance(each, Unauthorized) for each in found)
        assert stands.asked["/keys"] == 2
        clock.time = NOW + 59.9
        await fails(server, forged[0])
        assert stands.asked["/keys"] == 2
        clock.time = NOW + 60
        for each in forged[:100]:
            await fails(server, each)
        assert stands.asked["/keys"] == 3


async def test_requests_that_come_together_share_one_fetch() -> None:
    async with authority() as stands:
        stands.pause = 0.05
        server = trusting(issuer(stands))
        found = await asyncio.gather(
            *(shown(server, stands.token(jti=n)) for n in range(50)),
        )
        assert len(found) == 50
        assert stands.asked["/keys"] == 1


async def test_a_request_that_is_given_up_does_not_take_the_keys_from_the_others() -> None:
    async with authority() as stands:
        stands.pause = 0.1
        server = trusting(issuer(stands))
        first = asyncio.create_task(shown(server, stands.token(jti=1)))
        second = asyncio.create_task(shown(server, stands.token(jti=2)))
        await asyncio.sleep(0.03)
        first.cancel()
        assert (await second).user == "therapist-1"
        assert stands.asked["/keys"] == 1


@pytest.mark.parametrize(
    "kid",
    [
        "first' OR '1'='1",
        "first'; DROP TABLE keys; --",
        "http://169.254.169.254/latest/meta-data",
        "https://127.0.0.1:1/keys",
        "first\x00",
        "first\r\nX: y",
        " first",
        "",
        "x" * 129,
        "x" * 1_000_000,
        "schlüssel",
        7,
        True,
        ["first"],
        {"first": "first"},
    ],
    ids=range(15),
)
async def test_4_a_kid_that_is_a_query_or_a_url_or_huge_is_refused_at_sight(kid: object) -> None:
    async with authority() as stands:
        server = trusting(issuer(stands))
        await shown(server, stands.token())
        await fails(server, stands.token(header={"kid": kid}))
        assert stands.asked == {"/keys": 1}


@pytest.mark.parametrize("kid", ["../../../../etc/passwd", "/dev/null", "FIRST", "first="])
async def test_4_a_kid_that_is_a_path_is_a_name_and_opens_nothing(kid: str) -> None:
    async with authority() as stands:
        server = trusting(issuer(stands))
        await shown(server, stands.token())
        await fails(server, stands.token(header={"kid": kid}))
        assert stands.asked == {"/keys": 2}


USELESS = [
    jwk(rsa_key("short", 1024), "second"),
    jwk(rsa_key("second"), "second", use="enc"),
    jwk(rsa_key("second"), "second", key_ops=["encrypt"]),
    jwk(rsa_key("second"), "second", key_ops=7),
    jwk(rsa_key("second"), "second", alg="RS512"),
    jwk(rsa_key("second"), "second", alg="RSA-OAEP"),
    jwk(rsa_key("second"), "second", alg=["RS256"]),
    jwk(rsa_key("second"), "second") | {"n": "AQAB"},
    jwk(rsa_key("second"), "second") | {"n": 7},
    jwk(rsa_key("second"), "second") | {"e": "AA"},
    jwk(rsa_key("second"), "second", d="AQAB"),
    jwk(ec_key("second"), "second", d=b64(bytes(31) + b"7")),
    jwk(ec_key("second", "ES512"), "second"),
    jwk(ec_key("second"), "second") | {"crv": "P-384"},
    jwk(ec_key("second"), "second") | {"y": b64(bytes(32))},
    jwk(ec_key("second"), "second") | {"x": ""},
    jwk(rsa_key("second"), "second") | {"kid": 7},
    {"kty": "OKP", "crv": "Ed25519", "x": b64(bytes(32)), "kid": "second"},
    {"kty": "none", "kid": "second"},
    {"kty": ["RSA"], "kid": "second"},
    {"kid": "second"},
    {},
]


@pytest.mark.parametrize("useless", USELESS, ids=range(len(USELESS)))
async def test_8_a_key_that_cannot_be_relied_on_is_passed_over(useless: dict[str, object]) -> None:
    async with authority(keys(useless, jwk(rsa_key("first"), "first"))) as stands:
        server = trusting(issuer(stands))
        await shown(server, stands.token())
        await fails(server, stands.token(rsa_key("second"), SECOND))


SYMMETRIC = {"kty": "oct", "k": b64(b"secret" * 8), "kid": "shared", "alg": "HS256"}
POISON = {
    "nothing": b"",
    "an empty object": b"{}",
    "an empty set": keys(),
    "null": b"null",
    "a list": b"[]",
    "keys that are no list": b'{"keys": {}}',
    "keys that are no objects": b'{"keys": ["first"]}',
    "HTML": b"<!DOCTYPE html><html><body>Maintenance</body></html>",
    "half of it": keys(jwk(rsa_key("second"), "second"))[:-20],
    "another character set": keys(jwk(rsa_key("second"), "second")).decode().encode("utf-16"),
    "depth": b"[" * 100_000,
    "10 MB": b'{"keys": [' + b" " * 10_000_000 + keys(jwk(rsa_key("second"), "second"))[10:],
    "a symmetric key only": keys(SYMMETRIC),
    "a symmetric key too": keys(SYMMETRIC, jwk(rsa_key("second"), "second")),
    "two keys of one name": keys(
        jwk(rsa_key("second"), "second"), jwk(rsa_key("attacker"), "second")
    ),
    "two keys without a name": keys(jwk(rsa_key("second")), jwk(rsa_key("attacker"))),
    "names said twice": b'{"keys": [], ' + keys(jwk(rsa_key("second"), "second"))[1:],
    "useless keys only": keys(*USELESS),
    "a thousand keys": keys(*(jwk(ec_key("second"), f"second-{n}") for n in range(1000))),
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
async def test_10_a_poisoned_set_does_not_replace_the_last_good_one(poison: bytes) -> None:
    clock = Clock()
    async with authority() as stands:
        server = trusting(issuer(stands), clock=clock)
        await shown(server, stands.token())
        stands.published = poison
        clock.time = NOW + 600
        await shown(server, stands.token(exp=NOW + 900))
        assert stands.asked["/keys"] == 2
        await fails(server, stands.token(rsa_key("second"), SECOND, exp=NOW + 900))
        assert stands.asked["/keys"] == 3


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
async def test_10_with_a_poisoned_set_and_no_good_one_nobody_is_let_in(poison: bytes) -> None:
    async with authority(poison or b" ") as stands:
        await fails(trusting(issuer(stands)), stands.token(), Unavailable)


@pytest.mark.parametrize("status", [201, 204, 301, 302, 404, 500, 503])
async def test_10_keys_under_a_status_that_is_not_200_are_none(status: int) -> None:
    async with authority() as stands:
        stands.status = status
        await fails(trusting(issuer(stands)), stands.token(), Unavailable)


async def test_the_last_good_set_serves_through_an_hour_of_outage_and_then_it_is_503() -> None:
    clock = Clock()
    async with authority() as stands:
        server = trusting(issuer(stands), clock=clock)
        await shown(server, stands.token())
        stands.status = 500
        long = {"exp": NOW + 86_400}
        for n, seconds in enumerate((600, 601, 659, 1800, 3599)):
            clock.time = NOW + seconds
            await shown(server, stands.token(jti=n, **long))
        assert stands.asked["/keys"] == 4  # at first, at 600, 1800 and 3599 seconds
        clock.time = NOW + 3600
        await fails(server, stands.token(jti="late", **long), Unavailable)
        stands.status = 200
        clock.time = NOW + 3700
        assert (await shown(server, stands.token(jti="late", **long))).user == "therapist-1"


async def test_an_issuer_that_is_down_at_first_is_asked_again_after_five_seconds() -> None:
    clock = Clock()
    async with authority() as stands:
        said = stands.token()
        good = stands.published
    # Now nobody listens there.
    server = trusting(issuer(stands), clock=clock)
    await fails(server, said, Unavailable)
    async with authority(good) as again:
        again.status = 503
        server = trusting(issuer(again), clock=clock)
        for seconds in (0, 1, 4.9):
            clock.time = NOW + seconds
            await fails(server, again.token(), Unavailable)
        assert again.asked["/keys"] == 1
        again.status = 200
        clock.time = NOW + 5
        assert (await shown(server, again.token())).user == "therapist-1"


async def test_a_set_that_comes_as_text_is_taken_by_what_it_holds() -> None:
    spaced = json.dumps(json.loads(keys(jwk(rsa_key("first"), "first"))), indent=4).encode()
    async with authority(spaced) as stands:
        assert (await shown(trusting(issuer(stands)), stands.token())).user == "therapist-1"
