"""What is remembered between requests stays small, whatever clients send."""

import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC

import pytest

from service.fhir.datatypes import covered
from service.fhir.references import local
from service.interactions.messages import preference
from service.store.hashing import hash64
from service.store.index import rows

LENGTH, TEXTS = 20_000, 100
BASE = "https://clinic.example/fhir"


def indexed(text: str) -> object:
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": text},
        "subject": {"reference": text},
    }
    return rows(observation, zone=UTC, base_url=BASE)


@pytest.mark.parametrize(
    "use",
    [
        hash64,
        preference,
        indexed,
        lambda text: local(text, BASE),
        lambda text: covered(f"2026-05-03T10:00:00.{len(text)}{'0' * len(text)}Z", UTC),
    ],
)
def test_long_texts_are_not_kept(use: Callable[[str], object]) -> None:
    """100 texts of 20 kB would be 2 MB."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(TEXTS):
            with suppress(ValueError):
                use(f"{number} " + "x" * (LENGTH + number))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 10 * LENGTH
