"""11: every operation, called as its definition says, under every letter of every kind of scope."""

from collections.abc import Iterator

import httpx
import pytest
import pytest_asyncio

from service.fhir.access import Access
from service.fhir.types import TYPES
from service.interactions import bulk
from service.interactions.operations import offered
from service.interactions.table import Level
from tests.conformance.operation_calls import CALLS, RESPONSE, Call, validations
from tests.door import Standing
from tests.interactions.caller import Caller
from tests.interactions.scopes.expectations import OPERATIONS, confines
from tests.interactions.scopes.stock import AUDIT_EVENT, MINE, Stock, stocked
from tests.interactions.scopes.test_interactions import HOLDERS, LETTERS

GRANTS = (*LETTERS, *(LETTERS.replace(letter, "") for letter in "rs"), "ud", "cu")


def test_every_operation_has_its_expectation_and_its_calls(site_of_the_run: Standing) -> None:
    """So that a new one is covered on the day it is added, or this fails."""
    known = [row.operation for row in offered(site_of_the_run.site)]
    assert {operation.name for operation in known} == set(OPERATIONS)
    places = {(t, o.name) for o in known for t in (o.types or ()) if o.name != "validate"}
    assert places == set(CALLS)
    assert all(Level.SYSTEM not in operation.levels for operation in known)


@pytest_asyncio.fixture(loop_scope="session")
async def stock(fhir: httpx.AsyncClient, site_of_the_run: Standing) -> Stock:
    """With a response of the first patient, and the score that follows from it."""
    stands = await stocked(fhir, site_of_the_run, "Observation")
    await bulk.load(site_of_the_run.site, Access(), [RESPONSE])
    return stands


async def answered(caller: Caller, call: Call) -> int:
    status = await caller.status(call.method, call.path, call.body)
    # What a call of the wrong form is told comes after whether it is allowed.
    return 200 if status == call.status else status


def instance(call: Call) -> str | None:
    """The id in the address."""
    _, _, *rest = call.place.split("/")
    return rest[0] if len(rest) == 2 else None


def expected(name: str, call: Call, who: str, letters: str) -> int:
    kind = call.place.split("/")[1]
    opening = OPERATIONS[name]
    told = set(opening.letters if call.body or not instance(call) else opening.letters[0])
    for wanted, status in ((told, 200), (set(opening.noticing), 404)):
        if any(confines(who, kind, letter) is not None for letter in wanted & set(letters)):
            return status
    return 403


def calls() -> Iterator[tuple[str, Call]]:
    for (_, name), each in CALLS.items():
        yield from ((name, call) for call in each)


async def tried(stands: Standing, name: str, call: Call) -> None:
    kind, id_ = call.place.split("/")[1], instance(call)
    for who in HOLDERS:
        for letters in GRANTS:
            wanted = expected(name, call, who, letters)
            for criteria in ("", f"?_id={id_}") if id_ else ("",):
                # A score and what it is of are read besides, and decide nothing of the operation.
                scopes = (f"{who}/{kind}.{letters}{criteria}", "user/Observation.rs?status=final")
                scopes = scopes[: 1 if kind == "Observation" else 2]
                caller = Caller(stands, *scopes, in_context=MINE)
                assert await answered(caller, call) == wanted, (call, scopes)
            if id_ and wanted != 403:
                caller = Caller(stands, f"{who}/{kind}.{letters}?_id=another", in_context=MINE)
                unmet = 200 if name == "validate" and call.body else 404
                assert await answered(caller, call) == unmet, (call, who, letters)


async def test_the_letters_that_an_operation_needs_open_it_and_no_others(
    stock: Stock, site_of_the_run: Standing
) -> None:
    for name, call in calls():
        await tried(site_of_the_run, name, call)


@pytest.mark.parametrize("kind", TYPES)
async def test_what_may_be_read_or_written_may_be_validated(
    fhir: httpx.AsyncClient, site_of_the_run: Standing, kind: str
) -> None:
    stock = await stocked(fhir, site_of_the_run, kind)
    if kind == AUDIT_EVENT:
        (entry,) = (await fhir.get(f"/{kind}?_id={stock.audited}")).json()["entry"]
        body = entry["resource"]
    else:
        body = stock.body(kind, MINE)
    for call in validations(kind, body, stock.id_of(kind, MINE)):
        await tried(site_of_the_run, "validate", call)
