"""Codes of a value set: http://hl7.org/fhir/R4/search.html#token, `:in` and `:not-in`."""

from typing import Any

import pytest

from tests.journeys.probe.resources import concept, weighed
from tests.journeys.probe.speech import Probe


@pytest.fixture(scope="module")
def held(probe: Probe) -> tuple[str, str, str]:
    """A value set that the server holds, and one of its codes with its system."""
    for page in probe.pages("ValueSet?_count=50"):
        for entry in page.get("entry", ()):
            for url, system, code in listed(entry["resource"]):
                return url, system, code
    raise AssertionError("The server holds no value set that lists its codes.")


def listed(value_set: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (value_set["url"], part["system"], each["code"])
        for part in value_set.get("compose", {}).get("include", ())
        for each in part.get("concept", ())
    ]


def test_in_finds_the_codes_of_the_set_and_not_in_the_others(
    probe: Probe, held: tuple[str, str, str], mark: str
) -> None:
    url, system, code = held
    inside = weighed(mark, method=concept(code, system))
    same_code = weighed(mark, method=concept(code))
    without = weighed(mark)
    names = probe.stored(inside, same_code, without)
    assert probe.matches(f"Observation?identifier={mark}&method:in={url}") == {names[0]}
    found = probe.matches(f"Observation?identifier={mark}&method:not-in={url}")
    assert names[0] not in found
    assert names[1] in found
