"""9 and 10: a running server whose issuers are down, slow, or no longer in good hands."""

import json
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx

from tests.api.auth.authority import Authority, Json, authority, b64, jwk, keys, rsa_key
from tests.faults.assailed import amiss, bearer, issuer_lines, trusting
from tests.faults.forged_headers import mac
from tests.faults.forgery import CANARY, GOOD_HEADER, PUBLISHED, TENANT, Forge
from tests.faults.served import served

SECRET = b"a secret that somebody planted"
SYMMETRIC = {"kty": "oct", "kid": "first", "k": b64(SECRET)}
FORGER = jwk(rsa_key("forger"), "first")
POISONS: Mapping[str, tuple[int, bytes]] = {
    "nothing": (200, b""),
    "an object": (200, b"{}"),
    "no keys": (200, b'{"keys": []}'),
    "no list": (200, json.dumps({"keys": FORGER}).encode()),
    "a page": (200, b"<!DOCTYPE html><title>Sign in</title>"),
    "ten megabytes": (200, b'{"keys": [' + b" " * 10_000_000 + keys(FORGER)[10:]),
    "brackets": (200, b'{"keys": ' + b"[" * 100_000),
    "a thousand keys": (200, keys(*(FORGER | {"kid": f"{n}"} for n in range(1_000)))),
    "a shared secret": (200, keys(SYMMETRIC)),
    "a shared secret beside": (200, PUBLISHED[:-2] + f", {json.dumps(SYMMETRIC)}]}}".encode()),
    "the same name twice": (200, PUBLISHED[:-2] + f", {json.dumps(FORGER)}]}}".encode()),
    "an error with the forger's key": (500, keys(FORGER)),
    "a redirect with the forger's key": (302, keys(FORGER)),
    "nothing found": (404, b""),
}
"""Status and body of what an issuer publishes all of a sudden."""


async def opens(client: httpx.AsyncClient, token: str) -> int:
    answer = await client.get("/Patient", headers=bearer(token))
    if answer.status_code == 401:
        assert amiss(answer, token) is None, amiss(answer, token)
    if answer.status_code == 503:
        assert answer.json()["issue"][0]["code"] == "transient"
        assert answer.headers["retry-after"].isdigit()
    assert token not in answer.text
    assert CANARY not in answer.text
    return answer.status_code


async def test_10_keys_that_are_poisoned_do_not_take_the_place_of_the_last_good_ones(
    tmp_path: Path,
) -> None:
    """For every poison there is an issuer, since each is asked again at most once a minute."""
    async with AsyncExitStack() as stack:
        issuers: dict[str, Authority] = {
            poison: await stack.enter_async_context(authority(PUBLISHED)) for poison in POISONS
        }
        tables = [issuer_lines(each.url, tenant=str(TENANT)) for each in issuers.values()]
        server = stack.enter_context(served(tmp_path / "data", trusting(tmp_path, *tables)))
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=server.fhir, timeout=60)
        )
        for poison, issuer in issuers.items():
            forge = Forge(issuer=issuer.url, other="", listener="")
            assert await opens(client, forge.token()) == 200
            issuer.status, issuer.published = POISONS[poison]
            assert await opens(client, forge.token(header={"kid": "unknown"})) == 401
            assert issuer.asked["/keys"] == 2, poison
            assert await opens(client, forge.token()) == 200, poison
            assert await opens(client, forge.token(rsa_key("forger"))) == 401, poison
            assert await opens(client, _shared(forge)) == 401, poison
            assert issuer.asked["/keys"] == 2, poison
        log = server.log.read_text()
        assert log.count("keys.not_fetched") == len(POISONS)
        assert CANARY not in log


def _shared(forge: Forge) -> str:
    unsigned = forge.token(header={**GOOD_HEADER, "alg": "HS256"}).rpartition(".")[0]
    return mac(unsigned, SECRET)


NO_ANSWERS: tuple[Any, ...] = (
    {}, [], None, True, {"active": "true"}, {"active": 1}, {"active": None}, {"active": [True]},
)  # fmt: skip
"""What says neither that a token is good nor that it is not."""


def wrong(good: Json) -> tuple[Json, ...]:
    """Tokens that are active, and not for this server, now."""
    return (
        {"active": True},
        *({name: said for name, said in good.items() if name != left} for left in ("exp", "aud")),
        *(good | changed for changed in (
            {"active": False}, {"exp": 1}, {"exp": str(good["exp"])}, {"iss": "https://x.example"},
            {"aud": "https://x.example"}, {"sub": None}, {"nbf": good["exp"] - 60},
            {"scope": 7}, {"patient": "a/b"}, {"cnf": {"jkt": "x"}},
        )),
    )  # fmt: skip


async def test_9_an_issuer_that_is_asked_and_does_not_answer_is_503_and_one_that_denies_is_401(
    tmp_path: Path,
) -> None:
    (tmp_path / "secret").write_text("s")
    async with AsyncExitStack() as stack:
        listening = await stack.enter_async_context(AsyncExitStack())
        issuer = await listening.enter_async_context(authority())
        table = issuer_lines(
            issuer.url,
            mode="introspection",
            introspection_uri=f"{issuer.url}/introspect",
            client_id="attune",
            client_secret_file="secret",  # noqa: S106  (the name of a file)
            tenant=str(TENANT),
        )
        server = stack.enter_context(served(tmp_path / "data", trusting(tmp_path, table)))
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=server.fhir, timeout=60)
        )
        good = Forge(issuer=issuer.url, other="", listener="").claims() | {"active": True}
        issuer.about = {f"{CANARY}-good": good}
        assert await opens(client, f"{CANARY}-good") == 200
        for token in (f"{CANARY}-other", f"{CANARY}-good=", "." * 16_000, "a/b+c~d=="):
            assert await opens(client, token) == 401
        for number, said in enumerate(wrong(good)):
            issuer.says = json.dumps(said).encode()
            assert await opens(client, f"{CANARY}-wrong-{number}") == 401, said
        unusable = (
            *(json.dumps(said).encode() for said in NO_ANSWERS),
            b"",
            b"<html>",
            b" " * 70_000,
        )
        for number, body in enumerate(unusable):
            issuer.says = body
            assert await opens(client, f"{CANARY}-unusable-{number}") == 503, body[:40]
        issuer.says, issuer.status = json.dumps(good).encode(), 500
        assert await opens(client, f"{CANARY}-failing") == 503
        issuer.status, issuer.pause = 200, 20
        began = time.monotonic()
        assert await opens(client, f"{CANARY}-slow") == 503
        assert time.monotonic() - began < 10
        issuer.pause = 0
        assert await opens(client, f"{CANARY}-back") == 200
        await listening.aclose()
        assert await opens(client, f"{CANARY}-down") == 503
        assert await opens(client, f"{CANARY}-good") == 200  # For a minute it is remembered.
        assert CANARY not in server.log.read_text()
