"""Scripts of web pages call the server where a site says whose may."""

import pytest

from service.commands import CommandError
from service.commands.serve import refuse_every_origin
from service.store.cluster import Cluster
from tests.door import door

APP, OTHER = "https://app.example", "https://other.example"
ALLOWED = "access-control-allow-origin"
PREFLIGHT = {
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization, content-type, if-match",
}


async def test_a_named_origin_may_ask_send_and_read(cluster: Cluster) -> None:
    """What a browser asks before a PUT with a token, and what it hands to the script after."""
    async with door(cluster, cors_origins=(APP, "http://localhost:3000")) as client:
        before = await client.options("/Patient/p", headers={"Origin": APP, **PREFLIGHT})
        assert before.status_code == 200
        assert before.headers[ALLOWED] == APP
        assert "PUT" in before.headers["access-control-allow-methods"]
        assert "If-Match" in before.headers["access-control-allow-headers"]
        sent = {"resourceType": "Patient", "id": "p"}
        put = await client.put("/Patient/p", json=sent, headers={"Origin": APP})
        assert put.status_code == 201
        assert put.headers[ALLOWED] == APP
        assert "Origin" in put.headers["vary"]
        read = {each.strip() for each in put.headers["access-control-expose-headers"].split(",")}
        assert {"ETag", "Location", "WWW-Authenticate", "Retry-After"} <= read
        assert "access-control-allow-credentials" not in put.headers
        gone = await client.get("/Patient/nobody", headers={"Origin": "http://localhost:3000"})
        assert (gone.status_code, gone.headers[ALLOWED]) == (404, "http://localhost:3000")


async def test_no_other_origin_is_told_that_it_may(cluster: Cluster) -> None:
    async with door(cluster, cors_origins=(APP,)) as client:
        before = await client.options("/Patient/p", headers={"Origin": OTHER, **PREFLIGHT})
        assert before.status_code == 400
        assert ALLOWED not in before.headers
        for origin in (OTHER, f"{APP}.evil.example", "null", f"{APP}:444"):
            answer = await client.get("/Patient", headers={"Origin": origin})
            assert ALLOWED not in answer.headers
        assert ALLOWED not in (await client.get("/Patient")).headers


async def test_nothing_set_lets_no_script_call(cluster: Cluster) -> None:
    async with door(cluster) as client:
        answer = await client.get("/Patient", headers={"Origin": APP})
        assert ALLOWED not in answer.headers
        before = await client.options("/Patient", headers={"Origin": APP, **PREFLIGHT})
        assert before.status_code == 405


def test_every_origin_needs_issuers() -> None:
    refuse_every_origin((APP,))
    with pytest.raises(CommandError, match="set ATTUNE_ISSUERS, or name the origins"):
        refuse_every_origin(("*",))
