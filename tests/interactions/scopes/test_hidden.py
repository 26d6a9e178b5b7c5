"""12 and 13: what a caller may not see is, at every door, as if it was not there.

Every door is tried twice: in a world with the hidden resource and in one without. The answers are
the same to the letter, and to whoever sees the resource they are not.
"""

from typing import Any

import httpx
import pytest

from tests.door import Standing
from tests.interactions.caller import Caller
from tests.interactions.scopes.doors import (
    ASKED,
    BY_NUMBER,
    CANARY,
    HISTORIES,
    NOTHING_CHANGED,
    ORDERS,
    WRITES,
    Write,
)
from tests.interactions.scopes.hiding import (
    CONFIDENTIALITY,
    HIDINGS,
    World,
    observation,
    shown,
    world,
)
from tests.interactions.sent import Json, batch, binary, entry, get, post, transaction
from tests.interactions.test_form_operations import phq_9

Answers = dict[str, str]


async def asked(given: World, who: Caller) -> Answers:
    """Of every door, and of every order the pages of one resource each."""
    answers = {door: (await given.told(who, door))[0] for door in ASKED}
    for order in ORDERS:
        address: str | None = f"{order}{'&' if '?' in order else '?'}_count=1"
        pages = list[str]()
        while address is not None:
            said, address = await given.told(who, address)
            pages.append(said)
        answers[f"{order}, page by page"] = "\n".join(pages)
    return answers


@pytest.mark.parametrize("hiding", HIDINGS)
async def test_what_is_hidden_answers_at_no_door(
    fhir: httpx.AsyncClient, site_of_the_run: Standing, hiding: str
) -> None:
    there = await world(site_of_the_run, HIDINGS[hiding], there=True)
    before = await asked(there, there.caller), await asked(there, there.whole)
    without = await world(site_of_the_run, HIDINGS[hiding], there=False)
    after = await asked(without, without.caller), await asked(without, without.whole)
    assert_alike(before[0], after[0])
    assert not any(CANARY in answer for answer in before[0].values())
    assert [door for door in before[1] if before[1][door] == after[1][door]] == []


def assert_alike(there: Answers, absent: Answers) -> None:
    assert list(there) == list(absent)
    differing = {door: (there[door], absent[door]) for door in there if there[door] != absent[door]}
    assert not differing, "\n\n".join(f"{d}\n  {a}\n  {b}" for d, (a, b) in differing.items())


async def written(given: World) -> Answers:
    """What each write is told, the earlier ones done."""
    answers = {}
    for number, write in enumerate(WRITES):
        body: Any = sent(write)
        if write.method == "PATCH":
            body = NOTHING_CHANGED
        answers[f"{number} {write}"], _ = await given.told(
            given.caller, write.address, write.method, body, **write.headers
        )
    return answers


def sent(write: Write) -> Json | None:
    """What the caller may create; a Patient only who is confined to none."""
    if write.body == "Observation":
        made = observation("new", "p", 52)
        return {name: value for name, value in made.items() if name != "id"}
    return None if write.body is None else {"resourceType": write.body}


async def untouched(given: World) -> None:
    answer, _ = await given.told(given.whole, "/Observation/h")
    assert answer.startswith("200")
    assert '"versionId":"1"' in answer


@pytest.mark.parametrize("hiding", HIDINGS)
async def test_what_is_hidden_meets_no_condition_and_is_not_touched(
    fhir: httpx.AsyncClient, site_of_the_run: Standing, hiding: str
) -> None:
    there = await world(site_of_the_run, HIDINGS[hiding], there=True)
    before = await written(there)
    await untouched(there)
    replacing = observation("h", "p", 52)
    status = await there.caller.status("PUT", "/Observation/h", replacing)
    # In a tenant of one's own the id is free.
    assert status == (201 if hiding == "tenant" else 404)
    assert await there.caller.status("PUT", "/Observation/h", replacing, if_match='W/"7"') in (
        404,
        412,
    )
    await untouched(there)
    without = await world(site_of_the_run, HIDINGS[hiding], there=False)
    assert_alike(before, await written(without))


@pytest.mark.parametrize("hiding", HIDINGS)
async def test_the_entries_of_a_bundle_are_told_no_more(
    fhir: httpx.AsyncClient, site_of_the_run: Standing, hiding: str
) -> None:
    """The doors as entries of a batch, the writes as such, and a reference by a condition."""
    told = []
    for there in (True, False):
        given = await world(site_of_the_run, HIDINGS[hiding], there=there)
        reading = batch(*(get(given.address(door).removeprefix("/")) for door in ASKED))
        pointing = observation("new", "p", 52, hasMember=[{"reference": BY_NUMBER[1:]}])
        bundles = (reading, batch(*map(as_entry, WRITES)), transaction(post(pointing)))
        told.append({str(n): await posted(given, each) for n, each in enumerate(bundles)})
        if there:
            await untouched(given)
    assert_alike(*told)
    assert CANARY not in str(told)


async def posted(given: World, bundle: Json) -> str:
    answer, _ = await given.told(given.caller, "", "POST", bundle)
    return answer.replace('},{"', '},\n{"')


def as_entry(write: Write) -> Json:
    """`if_match` is `ifMatch` there."""
    request = {
        "".join([first, *map(str.title, rest)]): value
        for name, value in write.headers.items()
        for first, *rest in [name.split("_")]
    }
    body = binary(*NOTHING_CHANGED) if write.method == "PATCH" else sent(write)
    return entry(write.method, write.address[1:], body, **request)


@pytest.mark.parametrize("hiding", HIDINGS)
async def test_a_page_that_somebody_else_was_shown_the_way_to_shows_no_more(
    fhir: httpx.AsyncClient, site_of_the_run: Standing, hiding: str
) -> None:
    given = await world(site_of_the_run, HIDINGS[hiding], there=True)
    for order in ORDERS:
        address: str | None = f"{order}{'&' if '?' in order else '?'}_count=1"
        while address is not None:
            _, address = await given.told(given.whole, address)
            if address is not None:
                mine, _ = await given.told(given.caller, address)
                # The owner of a compartment may be hidden, too.
                assert mine.startswith("400") or (mine.startswith("404") and "{patient}" in order)


async def test_a_page_goes_on_for_every_token_that_grants_the_same(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    given = await world(site_of_the_run, HIDINGS["criteria"], there=True)
    alike = Caller(site_of_the_run, *reversed(HIDINGS["criteria"].scopes), in_context="p")
    fewer = Caller(site_of_the_run, *HIDINGS["criteria"].scopes[1:], in_context="p")
    elsewhere = Caller(site_of_the_run, *HIDINGS["criteria"].scopes, in_context="q")
    _, address = await given.told(given.caller, "/Encounter?_count=1")
    assert address is not None
    assert await alike.found(address) == {"Encounter/e-q"}
    for other in (fewer, elsewhere):
        assert await other.status("GET", address) == 400


async def test_what_follows_from_a_hidden_response_is_hidden(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    """Its scores and findings, in the course, in explanations, and in what is counted."""
    given = await world(site_of_the_run, HIDINGS["label"], there=False)
    very_restricted = {"security": [{"system": CONFIDENTIALITY, "code": "V"}]}
    form = phq_9(id="f", subject={"reference": "Patient/p"}, meta=very_restricted)
    before = await given.told(given.caller, "/Patient/p/$course")
    assert (await fhir.put("/QuestionnaireResponse/f", json=form)).status_code == 201
    derived = await given.whole.found("/Observation?derived-from=QuestionnaireResponse/f")
    assert derived
    assert derived & await given.whole.found("/Patient/p/$course")
    for name in derived:
        assert await given.whole.status("GET", f"/Patient/p/$explain?finding={name}") == 200
        assert await given.caller.status("GET", f"/Patient/p/$explain?finding={name}") == 404
        assert await given.caller.status("GET", f"/{name}") == 404
    assert await given.told(given.caller, "/Patient/p/$course") == before
    for door in (
        "/Observation?patient=p",
        "/Patient/p/$everything",
        "/Observation/$lastn?patient=p",
    ):
        assert not derived & await given.caller.found(door)
    _, counted = await given.caller.asks("GET", "/Observation?patient=p&_summary=count")
    assert counted["total"] == len(await given.caller.found("/Observation?patient=p"))


@pytest.mark.parametrize("hiding", HIDINGS)
async def test_what_was_hidden_and_is_deleted_was_never_there(
    fhir: httpx.AsyncClient, site_of_the_run: Standing, hiding: str
) -> None:
    there = await world(site_of_the_run, HIDINGS[hiding], there=True)
    assert await there.whole.status("DELETE", "/Observation/h") == 204
    assert await there.whole.status("GET", "/Observation/h") == 410
    before = await asked(there, there.caller)
    without = await world(site_of_the_run, HIDINGS[hiding], there=False)
    assert_alike(before, await asked(without, without.caller))


@pytest.mark.parametrize("hiding", [name for name in HIDINGS if name != "tenant"])
async def test_a_version_that_was_hidden_stays_so_when_a_later_one_is_shown(
    fhir: httpx.AsyncClient, site_of_the_run: Standing, hiding: str
) -> None:
    given = await world(site_of_the_run, HIDINGS[hiding], there=True)
    assert await given.whole.status("PUT", "/Observation/h", shown()) == 200
    assert await given.caller.status("GET", "/Observation/h") == 200
    assert await given.caller.status("GET", "/Observation/h/_history/2") == 200
    assert await given.caller.status("GET", "/Observation/h/_history/1") == 404
    for door in ("/Observation/h/_history", *HISTORIES):
        answer, _ = await given.told(given.caller, door)
        assert "Secret" not in answer
        assert CANARY not in answer
    assert CANARY in (await given.told(given.whole, "/Observation/h/_history"))[0]
