"""Bodies come out of their rows as they went in, whichever dictionary they were packed with."""

from hashlib import sha256
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from service.fhir.body import tail
from service.store import body
from service.store.body import pack, unpack

RELEASED = {1: "61f778e92886b8a838cd46c830b372a290d1eca31713d94903c05262c7d60b89"}
"""Rows depend on these bytes: a new dictionary gets a new number, and a new line here."""


@given(st.binary())
def test_any_text_comes_back_to_the_byte(text: bytes) -> None:
    assert unpack(pack(text)) == text


def test_a_row_says_which_dictionary_it_was_packed_with() -> None:
    assert pack(b"}")[0] == body.DICTIONARY


def test_a_row_without_a_dictionary_is_readable() -> None:
    assert unpack(b"\0" + zstd_of_raw(b"}")) == b"}"


def zstd_of_raw(text: bytes) -> bytes:
    """RFC 8878 by hand: magic, a single-segment frame header with the size, one raw last block."""
    block = (len(text) << 3 | 1).to_bytes(3, "little")
    return b"\x28\xb5\x2f\xfd" + bytes((0x20, len(text))) + block + text


def test_dictionaries_are_the_ones_that_rows_were_packed_with() -> None:
    folder = Path(body.__file__).parent / "dictionaries"
    found = {int(file.stem): sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    assert found == RELEASED


def test_a_score_takes_less_than_a_fifth_of_its_text() -> None:
    score = {
        "resourceType": "Observation",
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "survey",
                    }
                ]
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]},
        "subject": {"reference": "Patient/6c2b1a64-7f0e-4d3c-9f51-1f1f0a5a9f11"},
        "encounter": {"reference": "Encounter/0a3b8a2e-51c8-4a55-a2b5-7e9b7a0f2b60"},
        "effectiveDateTime": "2026-05-03T10:00:00+02:00",
        "valueQuantity": {
            "value": 14,
            "unit": "score",
            "system": "http://unitsofmeasure.org",
            "code": "{score}",
        },
    }
    text = tail(score)
    assert len(pack(text)) * 5 < len(text)
