"""A real server, started as an operator starts it, on a data directory of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.faults.served import served
from tests.journeys import weekly


@dataclass(frozen=True, kw_only=True)
class Server:
    url: str

    @property
    def fhir(self) -> str:
        return f"{self.url}/fhir"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("journeys") / "data") as started:
        yield Server(url=started.url)
        started.process.terminate()
        assert started.process.wait(timeout=30) == 0


@pytest.fixture(scope="session")
def record(server: Server) -> None:
    """The course of `weekly` stands."""
    weekly.load(server.fhir)


@pytest.fixture
def fhir(server: Server) -> Iterator[httpx.Client]:
    """Speaks to the FHIR base with paths such as `Patient/1`."""
    with httpx.Client(
        base_url=server.fhir + "/",
        headers={"Accept": "application/fhir+json", "Content-Type": "application/fhir+json"},
        timeout=120,
    ) as client:
        yield client
