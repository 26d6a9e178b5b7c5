"""A client that does not know whether its write was taken sends it again, and nothing is twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import httpx
import pytest

from service.store.cluster import Cluster
from tests.properties.clinic import Clinic, Resource, clinic
from tests.properties.test_concurrency import form

CONDITION = "identifier=http://clinic.test/forms|7"
"""Names one response, which a client gave an identifier of its own."""


@pytest.fixture
async def site(cluster: Cluster) -> AsyncIterator[Clinic]:
    async with clinic(cluster) as opened:
        await opened.put({"resourceType": "Patient", "id": "a"})
        yield opened


def identified() -> Resource:
    """A session that a client gave an identifier of its own."""
    return {
        "resourceType": "Encounter",
        "identifier": [{"system": "http://clinic.test/sessions", "value": "7"}],
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/a"},
        "period": {"start": "2025-01-01"},
    }


ASKED = "identifier=http://clinic.test/sessions|7"


def conditional(site: Clinic) -> Awaitable[httpx.Response]:
    headers = {"If-None-Exist": ASKED}
    return site.client.post("/Encounter", json=identified(), headers=headers)


def together(site: Clinic) -> Awaitable[httpx.Response]:
    """The session, created unless it is there, with its form under an id of the client's."""
    session = {
        "fullUrl": "urn:uuid:5b7a1c52-0c0e-4d55-9d0e-6a3c0c2f7e01",
        "resource": identified(),
        "request": {"method": "POST", "url": "Encounter", "ifNoneExist": ASKED},
    }
    filled = form("q", 0, 1) | {"encounter": {"reference": session["fullUrl"]}}
    put = {
        "resource": filled,
        "request": {"method": "PUT", "url": "QuestionnaireResponse/q"},
    }
    return site.post("transaction", [session, put])


async def named(site: Clinic) -> list[str]:
    return [encounter["id"] for encounter in await site.found(f"/Encounter?{ASKED}")]


async def test_a_put_repeated_is_the_same_resource_and_the_same_findings(site: Clinic) -> None:
    answers = [await site.put(form("q", 0, 1, item_9=2)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert len(await site.found("/QuestionnaireResponse")) == 1
    assert set((await site.versions("a")).values()) == {"1"}


async def test_a_conditional_create_repeated_finds_the_first(site: Clinic) -> None:
    first, second = await conditional(site), await conditional(site)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(await named(site)) == 1


async def test_conditional_creates_in_parallel_make_one(site: Clinic) -> None:
    sent = [conditional(site) for _ in range(16)] + [together(site) for _ in range(16)]
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} <= {200, 201}
    (session,) = await named(site)
    (filled,) = await site.found("/QuestionnaireResponse")
    assert filled["encounter"] == {"reference": f"Encounter/{session}"}


@pytest.mark.parametrize("send", [conditional, together])
async def test_a_request_whose_answer_was_lost_can_be_sent_again(
    site: Clinic, send: Callable[[Clinic], Awaitable[httpx.Response]]
) -> None:
    """The client goes away after 0, 1, 2 ... milliseconds, whatever the server was doing then."""
    for milliseconds in range(25):
        request = asyncio.ensure_future(send(site))
        await asyncio.sleep(milliseconds / 1000)
        request.cancel()
        with suppress(asyncio.CancelledError):
            await request
        assert len(await named(site)) <= 1
    assert (await send(site)).is_success
    assert len(await named(site)) == 1
    assert await site.course("a") == await site.standing("a")
    assert await site.changed_by_deriving_anew() == 0
