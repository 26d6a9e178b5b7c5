"""The README's first five minutes work when pasted."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.journeys.conftest import Server

ROOT = Path(__file__).parents[2]
SHOWN = "http://127.0.0.1:8000"


def pasted() -> str:
    """The indented lines of the section."""
    readme = (ROOT / "README.md").read_text()
    _, _, after = readme.partition("\n## The first five minutes\n")
    section, _, _ = after.partition("\n## ")
    return "\n".join(re.findall(r"^    (.*)$", section, flags=re.MULTILINE))


@pytest.fixture(scope="module")
def demo_patient(server: Server) -> None:
    """`make run` loads the demo clinic; here its first patient is enough."""
    demo = [sys.executable, "-m", "service", "demo", "--patients", "1", "--base-url", server.fhir]
    subprocess.run(demo, check=True, cwd=ROOT)


@pytest.mark.usefixtures("demo_patient")
def test_every_command_of_the_readme_answers_with_what_it_promises(
    server: Server, fhir: httpx.Client
) -> None:
    commands = pasted()
    assert SHOWN in commands
    done = subprocess.run(
        ["bash", "-euo", "pipefail"],
        input=commands.replace(SHOWN, server.url),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert "OperationOutcome" not in done.stdout
    for promised in (
        "demo-1-1",
        "44261-6",
        "safety-review",
        "would-change",
        "transaction-response",
    ):
        assert promised in done.stdout
    course = fhir.get("Patient/example-patient/$course").json()
    types = [entry["resource"]["resourceType"] for entry in course["entry"]]
    assert types.count("Encounter") >= 2
