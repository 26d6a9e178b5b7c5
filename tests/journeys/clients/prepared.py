"""Where the clients of others stand that `.ci/clients` gives environments of their own."""

import sys
from pathlib import Path

import pytest

from tests.conformance.structure import ROOT

NODE = Path(__file__).with_name("node")
ASK = "run 'make clients', or '.ci/clients' alone, and see what it says"


def node() -> str:
    """The node that the npm clients were prepared for."""
    stamp = NODE / "node_modules" / ".prepared"
    lock = NODE / "package-lock.json"
    if not (stamp / "node").exists() or (stamp / lock.name).read_bytes() != lock.read_bytes():
        pytest.fail(f"The npm clients of {NODE.relative_to(ROOT)} are not prepared: {ASK}.")
    return (stamp / "node").read_text().strip()


def sekmet() -> str:
    """Beside the environment of the tests, also where that is a link to another tree's."""
    for root in (ROOT, Path(sys.prefix).parent):
        command = root / ".venv-bench" / "bin" / "sekmet"
        if command.exists():
            return str(command)
    pytest.fail(f"sekmet-fhir is not prepared in .venv-bench: {ASK}.")
