"""The README's first five minutes work when pasted."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import Server

ROOT = Path(__file__).parents[2]
SHOWN = "http://127.0.0.1:8000"


def pasted() -> str:
    """The shell blocks of the section, apart from the one that starts the service."""
    readme = (ROOT / "README.md").read_text()
    section = re.split(r"^## ", readme.partition("## First five minutes")[2], flags=re.MULTILINE)[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    return "".join(block for block in blocks if not block.startswith("make "))


@pytest.fixture(scope="module")
def demo_patient(server: Server) -> None:
    """`make run` loads the demo clinic; here its first patient is enough."""
    demo = [sys.executable, "-m", "service", "demo", "--patients", "1", "--base-url", server.fhir]
    subprocess.run(demo, check=True, cwd=ROOT)


@pytest.mark.usefixtures("demo_patient")
def test_every_command_answers_and_the_course_is_there_at_the_end(server: Server) -> None:
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
    assert '"OperationOutcome"' not in done.stdout
    course = done.stdout.rpartition('"resourceType": "Bundle"')[2]
    for said in ("EpisodeOfCare", "Encounter", "safety-review", "44261-6"):
        assert said in course
