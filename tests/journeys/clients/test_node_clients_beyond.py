"""What the npm clients do beyond reading and writing: patches, conditions, operations."""

import pytest

from tests.journeys.clients.test_node_clients import Told, run
from tests.journeys.conftest import Server
from tests.journeys.weekly import PATIENT, SESSIONS

pytestmark = pytest.mark.usefixtures("record")


@pytest.fixture(scope="module")
def told(server: Server) -> dict[str, Told]:
    return {script: run(server, script) for script in ("kit", "medplum", "smart")}


@pytest.mark.parametrize("client", ["kit", "medplum", "smart"])
def test_every_client_patches(told: dict[str, Told], client: str) -> None:
    assert told[client]["patched"] == "female"


def test_clients_update_on_a_condition(told: dict[str, Told]) -> None:
    assert told["kit"]["conditionallyUpdated"] == "2"
    assert told["medplum"]["upserted"] == [True, "2"]


def test_a_compartment_is_searched(told: dict[str, Told]) -> None:
    assert told["kit"]["compartment"] == SESSIONS


def test_histories_of_types_and_of_the_system_are_read(told: dict[str, Told]) -> None:
    assert told["kit"]["typeHistory"] == "history"
    assert told["kit"]["systemHistory"] == "history"


def test_several_types_are_searched_at_once(told: dict[str, Told]) -> None:
    assert told["kit"]["systemSearch"] == [PATIENT]


def test_operations_are_called(told: dict[str, Told]) -> None:
    assert told["medplum"]["everything"] == "searchset"
    assert told["medplum"]["validated"] == "OperationOutcome"
    assert told["medplum"]["expanded"] == "ValueSet"
