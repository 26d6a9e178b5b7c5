"""11: every interaction with every type, under every letter of every kind of scope."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from service.fhir.types import TYPES
from service.interactions.table import INTERACTIONS
from tests.door import Standing
from tests.interactions.caller import Caller
from tests.interactions.scopes.expectations import (
    ADDRESSED,
    INSIDE,
    OF_EVERYBODY,
    OF_NO_PATIENT,
    OF_ONE_PATIENT,
    OF_SEVERAL_TYPES,
    OF_STAFF,
    SEEN,
    UNSEEN,
    confines,
    key,
)
from tests.interactions.scopes.stock import AUDIT_EVENT, MINE, THEIRS, Stock, stocked

LETTERS = "cruds"
HOLDERS = ("patient", "user", "system")
WHOLE, GRANULAR = "", "?"
ROWS = {key(row): row for row in INTERACTIONS}


def test_every_interaction_and_every_type_has_its_expectation() -> None:
    """So that a new one is covered on the day it is added, or this fails."""
    expected = {*ADDRESSED, *OF_SEVERAL_TYPES, *INSIDE, *OF_EVERYBODY}
    assert set(ROWS) == expected
    assert len(ADDRESSED) + len(OF_SEVERAL_TYPES) + len(INSIDE) + len(OF_EVERYBODY) == len(expected)
    assert set(TYPES) == OF_ONE_PATIENT | OF_NO_PATIENT | OF_STAFF
    assert not OF_ONE_PATIENT & OF_NO_PATIENT
    assert not OF_STAFF & (OF_ONE_PATIENT | OF_NO_PATIENT)


def grants(needed: str) -> Iterator[str]:
    """Each letter alone, what is needed, and everything but one letter of that."""
    yield from LETTERS
    if len(needed) > 1:
        yield "".join(sorted(needed, key=LETTERS.index))
    for letter in needed:
        yield LETTERS.replace(letter, "")


async def does(caller: Caller, stock: Stock, row: str, kind: str, of: str) -> tuple[int, Any]:
    """The interaction, with the resource of a patient: as an address, a condition or a body."""
    method, _, path = row.partition(" ")
    id_ = stock.id_of(kind, of)
    place = path.format(type=kind, id=id_, vid=1)
    if row.endswith("_history") and "{id}" in row:
        return await caller.asks(method, f"/{place}")
    if row.endswith("_history"):
        return await caller.asks(method, f"/{place}?_count=1000")
    if "{id}" not in row and row != "POST {type}":
        place = f"{place}?_id={id_}"
    body: Any = None
    if method == "PUT" or row == "POST {type}":
        body = stock.body(kind, of)
        if row == "PUT {type}" and of == THEIRS:
            body = {name: v for name, v in stock.body(kind, MINE).items() if name != "id"}
    if method == "PATCH":
        body = [{"op": "test", "path": "/resourceType", "value": kind}]
    return await caller.asks(method, f"/{place}", body)


def told(answer: Any) -> set[str]:
    """The ids of what an answer holds."""
    if answer.get("resourceType") != "Bundle":
        return {answer["id"]} if "id" in answer else set()
    return {e["resource"]["id"] for e in answer.get("entry", ()) if "resource" in e}


def scope(stock: Stock, who: str, kind: str, letters: str, granular: str) -> str:
    criteria = f"?{stock.criterion(kind, MINE)}" if granular else ""
    return f"{who}/{kind}.{letters}{criteria}"


@pytest_asyncio.fixture(loop_scope="session")
async def stock(
    fhir: httpx.AsyncClient, site_of_the_run: Standing, kind: str
) -> AsyncIterator[Stock]:
    """At the end what is the other patient's is as it was."""
    stands = await stocked(fhir, site_of_the_run, kind)
    yield stands
    if kind != AUDIT_EVENT:
        kept = (await fhir.get(f"/{kind}/{stands.id_of(kind, THEIRS)}")).json()
        assert {**kept, "meta": {"tag": kept["meta"]["tag"]}} == stands.body(kind, THEIRS)


def offered(kind: str) -> Iterator[str]:
    for name in ADDRESSED:
        row = ROWS[name]
        if (row.types is None or kind in row.types) and (TYPES[kind].writable or not row.writes):
            yield name


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("who", HOLDERS)
async def test_the_letters_that_an_interaction_needs_open_it_and_no_others(
    stock: Stock, site_of_the_run: Standing, kind: str, who: str
) -> None:
    for name in offered(kind):
        needed = ADDRESSED[name]
        for granular in (WHOLE, GRANULAR):
            for letters in grants(needed):
                caller = Caller(
                    site_of_the_run, scope(stock, who, kind, letters, granular), in_context=MINE
                )
                opened = set(needed) <= set(letters) and confines(who, kind, needed) is not None
                made_anew = name == "POST {type}" and (who, kind) == ("patient", "Patient")
                expected = SEEN.get(name, 200) if opened and not made_anew else 403
                status, answer = await does(caller, stock, name, kind, MINE)
                place = (name, scope(stock, who, kind, letters, granular))
                assert status == expected, (*place, answer)
                if name.startswith("GET") and status == 200:
                    assert stock.id_of(kind, MINE) in told(answer), place
                if name.startswith("DELETE") and status == 204:
                    await stock.put(kind)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("who", HOLDERS)
async def test_what_a_scope_does_not_show_is_not_there_for_the_letters_that_it_has(
    stock: Stock, site_of_the_run: Standing, kind: str, who: str
) -> None:
    """Of another patient, or not meeting the criteria; the scopes have all letters."""
    for granular in (WHOLE, GRANULAR):
        for name in offered(kind):
            confined = confines(who, kind, ADDRESSED[name])
            if kind == AUDIT_EVENT or confined is None or not (confined or granular):
                continue
            caller = Caller(
                site_of_the_run, scope(stock, who, kind, LETTERS, granular), in_context=MINE
            )
            status, answer = await does(caller, stock, name, kind, THEIRS)
            place = (name, scope(stock, who, kind, LETTERS, granular))
            expected = UNSEEN.get(name, 404)
            if name == "PUT {type}" and (who, kind) == ("patient", "Patient"):
                expected = 403
            assert status == expected, (*place, answer)
            assert stock.id_of(kind, THEIRS) not in told(answer), place


@pytest.mark.parametrize("kind", TYPES)
async def test_every_type_opens_what_stands_in_no_type_and_shows_itself_alone(
    stock: Stock, site_of_the_run: Standing, kind: str
) -> None:
    for name, needed in OF_SEVERAL_TYPES.items():
        method, _, path = name.partition(" ")
        for who in HOLDERS:
            for granular in (WHOLE, GRANULAR):
                for letters in grants(needed):
                    text = scope(stock, who, kind, letters, granular)
                    caller = Caller(site_of_the_run, text, in_context=MINE)
                    status, answer = await caller.asks(method, f"/{path}?_count=1000")
                    opened = (
                        needed in letters
                        and kind != AUDIT_EVENT  # Which is no type among others.
                        and confines(who, kind, needed) is not None
                    )
                    assert status == (200 if opened else 403), (name, text, answer)
                    if status == 200:
                        shown = {e["resource"]["resourceType"] for e in answer.get("entry", ())}
                        assert shown <= {kind}, (name, text)
                        hides = bool(confines(who, kind, needed) or granular)
                        theirs = stock.id_of(kind, THEIRS) not in told(answer)
                        assert kind == AUDIT_EVENT or theirs is hides, (name, text)


def owners() -> Iterator[tuple[str, str, str]]:
    """Method, owner and member of every compartment."""
    for row in INTERACTIONS:
        for owner in sorted(row.types or ()) if row.name == "compartment" else ():
            yield row.method, owner, "/".join(row.path[2:])


PAIRS = (
    *zip(LETTERS, LETTERS, strict=True),
    ("r", "s"),
    ("s", "r"),
    ("cuds", LETTERS),
    ("r", "crud"),
)
"""Letters for the owner of a compartment, and for what is searched in it."""


@pytest.mark.parametrize("kind", ["Patient", "Encounter", "Practitioner"])
async def test_a_compartment_needs_its_owner_readable_and_its_members_searchable(
    fhir: httpx.AsyncClient, site_of_the_run: Standing, kind: str
) -> None:
    stock = await stocked(fhir, site_of_the_run, "Encounter", "Practitioner", "Observation")
    for method, inside in [(m, inside) for m, owner, inside in owners() if owner == kind]:
        member = inside.partition("/")[0].replace("*", "Observation")
        place = f"/{kind}/{stock.id_of(kind, MINE)}/{inside}"
        for who in HOLDERS:
            granted = (
                confines(who, kind, "r") is not None and confines(who, member, "s") is not None
            )
            for owning, searching in PAIRS:
                scopes = (f"{who}/{kind}.{owning}", f"{who}/{member}.{searching}")
                both = owning + searching
                reads, finds = (both, both) if kind == member else (owning, searching)
                opened = granted and "r" in reads and "s" in finds
                caller = Caller(site_of_the_run, *scopes, in_context=MINE)
                status, answer = await caller.asks(method, place)
                assert status == (200 if opened else 403), (method, place, scopes, answer)
            if kind != member:
                unmet = f"{who}/{kind}.r?{stock.criterion(kind, THEIRS)}"
                caller = Caller(site_of_the_run, unmet, f"{who}/{member}.s", in_context=MINE)
                assert await caller.status(method, place) == (404 if granted else 403), place


async def test_a_whole_compartment_is_not_opened_by_types_that_are_never_in_it(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    await stocked(fhir, site_of_the_run, "Encounter")
    for kind, id_, outside in (
        ("Patient", "p", "Organization"),
        ("Patient", "p", AUDIT_EVENT),
        ("Encounter", "Encounter-p", "Patient"),
    ):
        caller = Caller(site_of_the_run, f"user/{kind}.r", f"user/{outside}.cruds")
        assert await caller.status("GET", f"/{kind}/{id_}/*") == 403
        assert await caller.status("POST", f"/{kind}/{id_}/*/_search") == 403


def test_every_owner_of_a_compartment_is_tried() -> None:
    assert {owner for _, owner, _ in owners()} == {"Patient", "Encounter", "Practitioner"}
