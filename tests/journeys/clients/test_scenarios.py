"""The scenarios of sekmet-fhir, a tester of hospital systems, against the server.

Its scenarios need types that a psychotherapy service does not serve; what a scenario does before it
reaches such a type must succeed.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.clients import prepared
from tests.journeys.conftest import Server

SMOKE = "REST conformance smoke test"
NOT_SERVED = re.compile(r"There is no resource type '(\w+)' here")
NOT_DELIVERED = "Subscription status active (got requested"
"""A subscription is stored as it is asked for; nothing delivers yet."""
Step = dict[str, Any]


@pytest.fixture(scope="module")
def runs(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Step]]:
    """The steps of every scenario, by its name."""
    place = tmp_path_factory.mktemp("scenarios")
    (place / "settings.yaml").write_text(f"peers: {{attune: {{base_url: '{server.fhir}'}}}}\n")
    done = subprocess.run(
        [prepared.sekmet(), "scenario", "run", "all", "--peer", "attune", "--no-serve",
         "--report-dir", "reports", "--config", "settings.yaml"],
        cwd=place, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    (report,) = Path(place).glob("reports/*/results.json")
    told = {run["name"]: run["steps"] for run in json.loads(report.read_text())}
    assert len(told) >= 10, done.stdout + done.stderr
    return told


def failed(steps: list[Step]) -> list[Step]:
    return [step for step in steps if step["status"] not in ("passed", "skipped")]


def test_the_smoke_test_passes(runs: dict[str, list[Step]]) -> None:
    steps = runs[SMOKE]
    assert [(step["name"], step["message"]) for step in failed(steps)] == []
    skipped = [step["name"] for step in steps if step["status"] == "skipped"]
    assert skipped == ["Answers FHIR XML when asked (Accept application/fhir+xml)"]
    assert len([step for step in steps if step["status"] == "passed"]) >= 16


def test_a_scenario_fails_only_at_a_type_that_is_not_served(runs: dict[str, list[Step]]) -> None:
    for name, steps in runs.items():
        for step in failed(steps):
            message = str(step["message"])
            known = NOT_SERVED.search(message) or NOT_DELIVERED in message
            assert known, (name, step["name"], message)


def test_a_patient_is_registered_changed_and_merged(runs: dict[str, list[Step]]) -> None:
    steps = runs["ADT - demographics update and patient merge"]
    assert {step["status"] for step in steps} == {"passed"}


def test_nothing_answers_with_a_fault_of_the_server(runs: dict[str, list[Step]]) -> None:
    assert not re.search(r"\b(HTTP|got) 5\d\d\b", json.dumps(runs))
