"""9: issuers that are asked about each token."""

import json
from typing import Any

import pytest

from service.errors import Unavailable
from tests.api.auth.authority import NOW, Authority, Clock, authority, without
from tests.api.auth.trusting import TENANT, asked, fails, issuer, shown, trusting

OPAQUE = "2YotnFZFEjr1zCsicMWpAA"


def active(of: Authority, **changes: Any) -> dict[str, Any]:
    return of.claims(**changes) | {"active": True}


async def test_an_opaque_token_is_worth_what_its_issuer_says() -> None:
    async with authority() as stands:
        stands.about = {OPAQUE: active(stands, client_id="app", scope="patient/*.rs", patient="p1")}
        access = await shown(trusting(asked(stands)), OPAQUE)
        assert (access.tenant, access.user, access.client) == (TENANT, "therapist-1", "app")
        assert access.rights is not None
        assert access.rights.patient == "p1"
        assert stands.credentials == ["attune:a+secret%2B"]
        assert set(stands.asked) == {"/introspect"}


async def test_a_signed_token_goes_to_the_issuer_it_names_and_no_other() -> None:
    async with authority() as first, authority() as second:
        server = trusting(issuer(first), asked(second))
        said = second.token()
        second.about = {said: active(second)}
        assert (await shown(server, said)).user == "therapist-1"
        assert (await shown(server, first.token())).user == "therapist-1"
        assert first.asked == {"/keys": 1}
        assert second.asked == {"/introspect": 1}
        await fails(server, first.token(iss="https://nobody.example"))
        assert second.asked == {"/introspect": 1}


async def test_where_every_issuer_signs_an_opaque_token_is_shown_to_nobody() -> None:
    async with authority() as stands:
        await fails(trusting(issuer(stands)), OPAQUE)
        assert not stands.asked


async def test_an_answer_is_good_for_a_minute_and_not_past_its_expiry() -> None:
    clock = Clock()
    async with authority() as stands:
        server = trusting(asked(stands, clock_skew_seconds=0), clock=clock)
        stands.about = {OPAQUE: active(stands, exp=NOW + 600), "b": active(stands, exp=NOW + 30)}
        for seconds in (0, 1, 59):
            clock.time = NOW + seconds
            await shown(server, OPAQUE)
        assert stands.asked["/introspect"] == 1
        stands.about = {}
        clock.time = NOW + 60
        await fails(server, OPAQUE)
        assert stands.asked["/introspect"] == 2
        clock.time = NOW
        stands.about = {"b": active(stands, exp=NOW + 30)}
        await shown(server, "b")
        clock.time = NOW + 30
        await fails(server, "b")


async def test_9_a_token_that_is_not_active_is_refused() -> None:
    async with authority() as stands:
        server = trusting(asked(stands))
        await fails(server, OPAQUE)
        stands.about = {OPAQUE: active(stands) | {"active": False}}
        await fails(server, OPAQUE)


@pytest.mark.parametrize("name", ["exp", "iat", "iss", "aud", "sub"])
async def test_9_an_answer_without_a_claim_that_is_needed_lets_nobody_in(name: str) -> None:
    async with authority() as stands:
        stands.about = {OPAQUE: without(active(stands), name)}
        await fails(trusting(asked(stands)), OPAQUE)


async def test_a_program_that_asks_on_its_own_behalf_is_its_own_user() -> None:
    async with authority() as stands:
        stands.about = {OPAQUE: without(active(stands, client_id="export"), "sub")}
        access = await shown(trusting(asked(stands)), OPAQUE)
        assert (access.user, access.client) == ("export", "export")
        stands.about = {"second-token": without(active(stands, client_id=""), "sub")}
        await fails(trusting(asked(stands)), "second-token")


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW - 61},
        {"exp": str(NOW + 600)},
        {"nbf": NOW + 3600},
        {"aud": "https://other.example"},
        {"iss": "https://other.example"},
        {"cnf": {"x5t#S256": "x"}},
    ],
)
async def test_9_an_answer_is_held_against_the_same_rules(changes: dict[str, Any]) -> None:
    async with authority() as stands:
        stands.about = {OPAQUE: active(stands, **changes)}
        await fails(trusting(asked(stands)), OPAQUE)


async def test_9_an_issuer_that_is_down_is_503() -> None:
    async with authority() as stands:
        pass
    await fails(trusting(asked(stands)), OPAQUE, Unavailable)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 429, 500, 503])
async def test_9_an_answer_that_is_not_200_is_503(status: int) -> None:
    async with authority() as stands:
        stands.about = {OPAQUE: active(stands)}
        stands.status = status
        await fails(trusting(asked(stands)), OPAQUE, Unavailable)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"{}",
        b'{"active": "true"}',
        b'{"active": 1}',
        b'{"active": null}',
        b'{"active": false, "active": true}',
        b'{"active": true, "x": "' + b"x" * 70_000 + b'"}',
    ],
    ids=range(10),
)
async def test_9_an_answer_that_says_neither_yes_nor_no_is_503(said: bytes) -> None:
    async with authority() as stands:
        stands.says = said
        await fails(trusting(asked(stands)), OPAQUE, Unavailable)


async def test_9_what_was_refused_in_an_outage_is_let_in_after_it() -> None:
    async with authority() as stands:
        server = trusting(asked(stands))
        stands.about = {OPAQUE: active(stands)}
        stands.says = json.dumps({"status": "starting"}).encode()
        await fails(server, OPAQUE, Unavailable)
        stands.says = None
        assert (await shown(server, OPAQUE)).user == "therapist-1"
