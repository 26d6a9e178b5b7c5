"""The probe speaks to any FHIR R4 base: `FHIR_BASE=http://... pytest tests/journeys/probe`.

Without that variable it starts our own server. It reads neither our code nor our documents.
"""

import os
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from tests.journeys.probe.speech import Probe


@pytest.fixture(scope="session")
def base(request: pytest.FixtureRequest) -> str:
    """Without a slash at its end."""
    named = os.environ.get("FHIR_BASE")
    return (named or str(request.getfixturevalue("server").fhir)).rstrip("/")


@pytest.fixture(scope="session")
def probe(base: str) -> Iterator[Probe]:
    with httpx.Client(base_url=f"{base}/", timeout=60) as client:
        yield Probe(base=base, client=client)


@pytest.fixture
def mark() -> str:
    """A word that stands in no other test's resources: others may use the server, too."""
    return f"m{uuid4().hex}"


@pytest.fixture(scope="module")
def module_mark() -> str:
    return f"m{uuid4().hex}"
