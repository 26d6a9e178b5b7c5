"""Strings: http://hl7.org/fhir/R4/search.html#string"""

import pytest

from tests.journeys.probe.resources import patient
from tests.journeys.probe.speech import Json, Probe

NAMES: dict[str, Json] = {
    "muller": {"name": [{"family": "Müller", "given": ["Ada", "Élise"]}]},
    "mueller": {"name": [{"family": "Mullery", "given": ["Bea"]}]},
    "smith": {"name": [{"family": "Smith,Jones"}], "address": [{"city": "Graz", "line": ["A 1"]}]},
    "two": {"name": [{"family": "Van Müller"}, {"text": "Dr. Adam Smith"}]},
    "none": {},
}


@pytest.fixture(scope="module")
def called(probe: Probe, module_mark: str) -> dict[str, str]:
    names = probe.stored(*(patient(module_mark, **elements) for elements in NAMES.values()))
    return dict(zip(NAMES, names, strict=True))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("family=muller", "muller mueller"),
        ("family=MÜL", "muller mueller"),
        ("family=mu%CC%88ller", "muller mueller"),
        ("family=uller", ""),
        ("family:contains=uller", "muller mueller two"),
        ("family:contains=ÜLLER", "muller mueller two"),
        ("family:exact=Müller", "muller"),
        ("family:exact=müller", ""),
        ("family:exact=Mül", ""),
        ("given=ELISE", "muller"),
        ("given=ada", "muller"),
        ("name=ada", "muller"),
        ("name=dr. adam", "two"),
        ("name=smith", "smith"),
        ("name=muller,smith", "muller mueller smith"),
        ("name=muller&name=ada", "muller"),
        (r"family=smith\,jones", "smith"),
        ("family=smith,bea", "smith"),
        ("address=graz", "smith"),
        ("address-city=gr", "smith"),
        ("address=A 1", "smith"),
        ("family:missing=true", "none"),
        ("name:missing=true", "none"),
        ("address-city:missing=false", "smith"),
    ],
)
def test_a_string_finds(
    probe: Probe, called: dict[str, str], module_mark: str, asked: str, expected: str
) -> None:
    found = probe.matches(f"Patient?identifier={module_mark}&{asked}")
    assert {name for name, id_ in called.items() if id_ in found} == set(expected.split())
