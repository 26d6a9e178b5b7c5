"""Loading the clinic: what is sent, and what is said when it is refused."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from datetime import date

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from service.commands.demo.clinic import clinic, staff
from service.commands.demo.command import arguments
from service.commands.demo.delivery import NotTaken
from service.commands.demo.loading import Clinic, load
from service.fhir.resource import Resource

TODAY = date(2026, 5, 3)

REFUSAL = {
    "resourceType": "OperationOutcome",
    "issue": [
        {
            "severity": "error",
            "code": "invariant",
            "diagnostics": "The subject is missing.",
            "expression": ["Observation.subject"],
        }
    ],
}


class Shelf:
    """A server that keeps what it is sent, or refuses everything."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.stored: list[str] = []
        self.refuses = refuses

    async def take(self, request: Request) -> Response:
        bundle = json.loads(await request.body())
        assert request.headers["content-type"] == "application/fhir+json"
        if self.refuses:
            return JSONResponse(REFUSAL, status_code=422, media_type="application/fhir+json")
        self.stored += [entry["request"]["url"] for entry in bundle["entry"]]
        return JSONResponse({"resourceType": "Bundle", "type": "transaction-response"})

    def client(self) -> httpx.AsyncClient:
        app = Starlette(routes=[Route("/fhir", self.take, methods=["POST"])])
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://clinic.test/fhir"
        )


def urls(resources: Iterable[Resource]) -> list[str]:
    return [f"{resource['resourceType']}/{resource['id']}" for resource in resources]


def whole(patients: int) -> Iterator[Resource]:
    yield from staff(seed=1, patients=patients)
    for record in clinic(seed=1, patients=patients, today=TODAY):
        yield from record.resources


async def test_every_resource_of_the_clinic_reaches_the_server_in_order() -> None:
    shelf = Shelf()
    async with shelf.client() as client:
        await load(Clinic(patients=3, today=TODAY), client=client)
    assert shelf.stored == urls(whole(3))


async def test_patients_after_the_fortieth_take_the_bulk_path_with_their_practitioners() -> None:
    shelf = Shelf()
    past: list[str] = []

    async def bulk(groups: Iterable[tuple[Resource, ...]]) -> None:
        past.extend(urls(resource for group in groups for resource in group))

    async with shelf.client() as client:
        await load(Clinic(patients=42, today=TODAY), client=client, bulk=bulk)
    assert shelf.stored == urls(whole(40))
    assert past[:2] == ["Practitioner/demo-1-practitioner-5", "Patient/demo-1-41"]
    assert sorted(shelf.stored + past) == sorted(urls(whole(42)))


async def test_a_refusal_names_the_rule_and_the_place() -> None:
    async with Shelf(refuses=True).client() as client:
        with pytest.raises(NotTaken) as refusal:
            await load(Clinic(patients=1, today=TODAY), client=client)
    assert str(refusal.value) == (
        "http://clinic.test/fhir answered 422: The subject is missing. (Observation.subject)"
    )


@pytest.mark.parametrize("patients", ["0", "100001", "-1", "many"])
def test_a_clinic_has_one_to_a_hundred_thousand_patients(
    patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = ArgumentParser()
    arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args([f"--patients={patients}"])
    assert "from 1 to 100000" in capsys.readouterr().err


def test_forty_patients_are_the_default() -> None:
    parser = ArgumentParser()
    arguments(parser)
    given = parser.parse_args([])
    assert (given.patients, given.seed, given.today) == (40, 1, None)
