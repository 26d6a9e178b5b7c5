"""fhir-pyrate turns searches into tables for analysts: pages, columns and values."""

from collections.abc import Iterator

import pytest
from fhir_pyrate import Pirate
from pandas import DataFrame

from tests.journeys.conftest import Server
from tests.journeys.weekly import PATIENT, SESSIONS, numbered

LOINC = "http://loinc.org"


@pytest.fixture
def pirate(server: Server, record: None) -> Iterator[Pirate]:
    opened = Pirate(auth=None, base_url=server.fhir, num_processes=1)
    yield opened
    opened.close()


def test_pages_hold_every_resource_once(pirate: Pirate) -> None:
    frame = pirate.steal_bundles_to_dataframe(
        resource_type="Encounter",
        request_params={"patient": PATIENT, "_count": 7, "_sort": "_id"},
        fhir_paths=["id", ("start", "period.start")],
    )
    assert sorted(frame["id"]) == sorted(numbered("client-session"))
    assert frame["start"].notna().all()


def test_scores_become_a_column_of_numbers(pirate: Pirate) -> None:
    """Weeks alternate between 4 and 5 answers of 1."""
    frame = pirate.steal_bundles_to_dataframe(
        resource_type="Observation",
        request_params={"patient": PATIENT, "code": f"{LOINC}|44261-6", "_sort": "date"},
        fhir_paths=[("score", "valueQuantity.value"), ("code", "code.coding.code")],
    )
    assert [int(score) for score in frame["score"]] == [4, 5] * 11 + [4]


def test_rows_of_a_table_become_searches(pirate: Pirate) -> None:
    patients = DataFrame({"patient": [PATIENT, "nobody"]})
    frame = pirate.trade_rows_for_dataframe(
        patients,
        resource_type="QuestionnaireResponse",
        df_constraints={"patient": "patient"},
        fhir_paths=["id", "status"],
    )
    assert len(frame) == SESSIONS
    assert set(frame["status"]) == {"completed"}


def test_a_count_is_a_total(pirate: Pirate) -> None:
    total = pirate.get_bundle_total("Encounter", request_params={"patient": PATIENT})
    assert total == SESSIONS
