"""The npm clients fhir-kit-client, @medplum/core and fhirclient write, search, page and read."""

import json
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from tests.journeys.clients import prepared
from tests.journeys.conftest import Server
from tests.journeys.weekly import PATIENT, SESSIONS, numbered

pytestmark = pytest.mark.usefixtures("record")
Told = dict[str, Any]
"""What came of each step of a script in tests/journeys/clients/node."""


def run(server: Server, script: str) -> Told:
    done = subprocess.run(
        [prepared.node(), f"{script}.mjs", server.fhir, PATIENT],
        cwd=prepared.NODE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def kit(server: Server) -> Told:
    return run(server, "kit")


@pytest.fixture(scope="module")
def medplum(server: Server) -> Told:
    return run(server, "medplum")


@pytest.fixture(scope="module")
def smart(server: Server) -> Told:
    return run(server, "smart")


def holds_every_session_once(pages: Sequence[Sequence[str]]) -> None:
    assert [len(page) for page in pages] == [7, 7, 7, 2]
    assert sorted(id_ for page in pages for id_ in page) == sorted(numbered("client-session"))


class TestFhirKitClient:
    def test_the_capabilities_are_read(self, kit: Told) -> None:
        assert kit["version"] == "4.0.1"

    def test_pages_hold_every_resource_once(self, kit: Told) -> None:
        holds_every_session_once(kit["pages"])

    def test_a_search_by_post_finds_the_same(self, kit: Told) -> None:
        assert kit["posted"] == SESSIONS

    def test_a_patient_is_created_read_changed_and_deleted(self, kit: Told) -> None:
        assert kit["created"] == {"version": "1", "status": 201}
        assert kit["read"] == "Kit"
        assert kit["updated"] == "2"
        assert kit["vread"] == "absent"
        assert kit["history"] == 2
        assert kit["deleted"]["status"] == 410

    def test_a_mistake_arrives_with_its_outcome(self, kit: Told) -> None:
        assert kit["refused"]["status"] == 422
        assert kit["refused"]["outcome"]["issue"][0]["expression"] == ["Patient.gender"]

    def test_a_reference_is_resolved(self, kit: Told) -> None:
        assert kit["resolved"] == PATIENT

    def test_bundles_are_done(self, kit: Told) -> None:
        assert kit["transaction"] == ["201", "201"]
        assert kit["batch"] == ["404", "200"]

    def test_what_is_created_on_a_condition_is_created_once(self, kit: Told) -> None:
        assert kit["onceOnly"] is True

    def test_the_course_is_one_call(self, kit: Told) -> None:
        assert kit["course"] == "collection"


class TestMedplum:
    def test_a_patient_is_created_read_changed_and_deleted(self, medplum: Told) -> None:
        assert medplum["created"] == "1"
        assert medplum["read"] == "Plum"
        assert medplum["updated"] == ["2", True]
        assert medplum["version"] == "absent"
        assert "was deleted" in medplum["deleted"]["error"]

    def test_a_resource_that_is_sent_back_unchanged_stays_as_it_is(self, medplum: Told) -> None:
        assert medplum["unchanged"] is True
        assert medplum["history"] >= 2

    def test_pages_hold_every_resource_once(self, medplum: Told) -> None:
        holds_every_session_once(medplum["pages"])

    def test_searches_find(self, medplum: Told) -> None:
        assert medplum["found"] == [SESSIONS, "searchset"]
        assert medplum["one"] == PATIENT
        assert medplum["reference"] == PATIENT

    def test_what_is_created_on_a_condition_is_created_once(self, medplum: Told) -> None:
        assert medplum["onceOnly"] is True

    def test_a_mistake_arrives_with_its_outcome(self, medplum: Told) -> None:
        assert medplum["refused"]["outcome"]["issue"][0]["expression"] == ["Patient.gender"]
        assert medplum["absent"]["outcome"]["issue"][0]["code"] == "not-found"

    def test_reads_that_it_gathers_into_a_batch_are_told_apart(self, medplum: Told) -> None:
        assert medplum["batch"] == ["404", "200"]
        assert medplum["gathered"] == ["client-session-1", "client-session-2"]

    def test_the_course_is_one_call(self, medplum: Told) -> None:
        assert medplum["course"] == "collection"


class TestSmart:
    def test_the_version_is_read(self, smart: Told) -> None:
        assert smart["version"] == "4.0.1"
        assert smart["release"] == 4

    def test_the_patient_in_context_is_read_and_searched_for(self, smart: Told) -> None:
        assert smart["patient"] == PATIENT
        assert smart["hers"] == SESSIONS

    def test_pages_hold_every_resource_once(self, smart: Told) -> None:
        holds_every_session_once(smart["pages"])
        assert smart["flat"] == smart["generated"] == SESSIONS

    def test_references_are_resolved(self, smart: Told) -> None:
        assert smart["resolved"] == PATIENT

    def test_a_patient_is_created_changed_and_deleted(self, smart: Told) -> None:
        assert smart["created"] == "1"
        assert smart["updated"] == "2"
        assert smart["deleted"]["status"] == 410

    def test_scores_are_told_apart_by_their_code(self, smart: Told) -> None:
        assert smart["scores"] == SESSIONS

    def test_a_mistake_arrives(self, smart: Told) -> None:
        assert smart["refused"]["status"] == 422

    def test_the_course_is_one_call(self, smart: Told) -> None:
        assert smart["course"] == "collection"
