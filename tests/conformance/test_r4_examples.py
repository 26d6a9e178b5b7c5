"""HL7's examples are taken, given back to the letter, and found by all that they hold."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
import pytest_asyncio

from service.fhir.search.parameters import TABLE
from service.fhir.types import TYPES
from service.store.cluster import Cluster
from tests.door import door
from tests.fhir.examples import INVALID, examples
from tests.fhir.search import official
from tests.fhir.search.finding import parameters, searches

in_one_loop = pytest.mark.asyncio(loop_scope="module")
SENT = {
    name: body
    for name, body in examples().items()
    if TYPES[name.partition("-")[0]].writable and name not in INVALID
}
SERVERS_OWN = {"versionId", "lastUpdated"}
AT_ONCE = 8
"""Parameters asked for in one search."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clinic(cluster: Cluster) -> AsyncIterator[httpx.AsyncClient]:
    """What the examples refer to is not there."""
    async with door(cluster, reference_integrity=False) as fhir:
        for name, body in SENT.items():
            resource = json.loads(body)
            place = f"/{resource['resourceType']}/{resource['id']}"
            answer = await fhir.put(
                place, content=body, headers={"Content-Type": "application/fhir+json"}
            )
            assert answer.status_code == 201, (name, answer.text)
        yield fhir


def place(resource: dict[str, Any]) -> str:
    return f"/{resource['resourceType']}/{resource['id']}"


def to_the_letter(body: bytes) -> Any:
    """The resource with its numbers as they are written, without what a server says of it."""
    resource = json.loads(body, parse_float=str, parse_int=str)
    meta = {k: v for k, v in resource.pop("meta", {}).items() if k not in SERVERS_OWN}
    return resource | ({"meta": meta} if meta else {})


@in_one_loop
@pytest.mark.parametrize("name", SENT)
async def test_an_example_comes_back_to_the_letter(clinic: httpx.AsyncClient, name: str) -> None:
    answer = await clinic.get(place(json.loads(SENT[name])))
    assert to_the_letter(answer.content) == to_the_letter(SENT[name])


@in_one_loop
@pytest.mark.parametrize("name", SENT)
async def test_an_example_is_found_by_its_own_codes_dates_texts_and_references(
    clinic: httpx.AsyncClient, name: str
) -> None:
    resource = json.loads(SENT[name], parse_float=Decimal)
    type_name, id_ = resource["resourceType"], resource["id"]
    for code in parameters(type_name):
        for pair in searches(resource, code):
            assert await total(clinic, type_name, pair, ("_id", id_)) == 1, pair


@in_one_loop
@pytest.mark.parametrize("name", SENT)
async def test_an_example_lacks_what_the_official_fhirpath_does_not_find(
    clinic: httpx.AsyncClient, name: str
) -> None:
    resource = json.loads(SENT[name], parse_float=Decimal)
    type_name, own = resource["resourceType"], ("_id", resource["id"])
    lacking = [c for c in parameters(type_name) if not official.found(resource, c)]
    having = [c for c in parameters(type_name) if searches(resource, c)]
    for start in range(0, len(lacking), AT_ONCE):
        pairs = [(f"{code}:missing", "true") for code in lacking[start : start + AT_ONCE]]
        assert await total(clinic, type_name, *pairs, own) == 1, pairs
    for start in range(0, len(having), AT_ONCE):
        pairs = [(f"{code}:missing", "false") for code in having[start : start + AT_ONCE]]
        assert await total(clinic, type_name, *pairs, own) == 1, pairs


async def total(clinic: httpx.AsyncClient, type_name: str, *pairs: tuple[str, str]) -> int:
    answer = await clinic.get(f"/{type_name}", params=[*pairs, ("_summary", "count")])
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"])


def test_the_examples_are_of_every_type_that_clients_write() -> None:
    assert {name.partition("-")[0] for name in SENT} == {
        t.name for t in TYPES.values() if t.writable
    }
    assert len(SENT) > 150


def test_most_parameters_are_asked_for() -> None:
    asked = {
        (type_name, code)
        for body in SENT.values()
        for resource in [json.loads(body, parse_float=Decimal)]
        for type_name in [resource["resourceType"]]
        for code in parameters(type_name)
        if searches(resource, code)
    }
    offered = {(t.name, code) for t in TYPES.values() if t.writable for code in TABLE[t.name]}
    assert asked < offered
    assert len(asked) > 180
