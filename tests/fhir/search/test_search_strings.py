"""Strings and URIs. http://hl7.org/fhir/R4/search.html#string"""

import pytest

from tests.fhir.search.asked import found

PATIENT = {
    "resourceType": "Patient",
    "name": [{"family": "O'Brien-Müller", "given": ["Zoë", "Ann Marie"], "text": "Dr. Zoë O."}],
    "address": [{"line": ["Straße 1"], "city": "Łódź", "postalCode": "1010"}],
}

ROWS = [
    ("family=o'brien", True, "case does not matter"),
    ("family=OBRIEN", True, "punctuation does not matter"),
    ("family=o'brien muller", True, "accents do not matter, a hyphen is a space"),
    ("family=müller", False, "a string is found from its beginning"),
    ("given=zoe", True, "any of several"),
    ("given=Ann  Marie", True, "superfluous space does not matter"),
    ("given=Marie", False, "from the beginning of each"),
    ("name=zoe,nobody", True, "a part of the name, one of the alternatives"),
    ("name=dr zoe", True, "the text of the name"),
    ("name=o'brien", True, "the family name"),
    ("name=Zoe O'Brien", False, "parts are not joined"),
    ("family:exact=O'Brien-Müller", True, "to the letter"),
    ("family:exact=O'Brien-Muller", False, "accents matter"),
    ("family:exact=o'Brien-Müller", False, "case matters"),
    ("family:exact=O'Brien", False, "all of it"),
    ("family:contains=mull", True, "anywhere"),
    ("family:contains=mill", False, "nowhere"),
    ("family:contains=MÜLL", True, "without case and accents"),
    ("family:contains=n mu", True, "over a hyphen, which is a space"),
    ("family:exact=x,O'Brien-Müller", True, "one of the alternatives"),
    ("given=ann", True, "the beginning of one of several"),
    ("given=Marie,zo", True, "one of the alternatives"),
    ("name:exact=Zoë", True, "any part of the name"),
    ("address:contains=aße", True, "any part of an address"),
    ("address=1010", True, "any part of an address"),
    ("address-city=lodz", False, "the stroke of Ł is no accent"),
    ("address-city=łodz", True, "the acute accents are"),
    ("address=strasse", True, "ß folds to ss"),
    ("birthdate:missing=true", True, "no value"),
    ("family:missing=false", True, "a value"),
]


@pytest.mark.parametrize(("asked", "expected", "why"), ROWS)
def test_a_string_is_found_without_case_and_accents(asked: str, expected: bool, why: str) -> None:
    assert found(PATIENT, asked) is expected, why


@pytest.mark.parametrize(
    ("stored", "asked"),
    # Robert and Rupert, Ashcraft and Ashcroft, Tymczak: codes R163, A261, T522 of the National
    # Archives' description of Soundex.
    [("Robert", "Rupert"), ("Ashcraft", "Ashcroft"), ("Tymczak", "Tymcak"), ("Müller", "Miller")],
)
def test_phonetic_finds_what_sounds_alike(stored: str, asked: str) -> None:
    patient = {"resourceType": "Patient", "name": [{"family": stored}]}
    assert found(patient, f"phonetic={asked}")
    assert not found(patient, "phonetic=Xavier")


def test_a_uri_is_found_whole_and_to_the_letter() -> None:
    form = {"resourceType": "Questionnaire", "url": "http://a.example/Q"}
    assert found(form, "url=http://a.example/Q")
    assert not found(form, "url=http://a.example/q")
    assert not found(form, "url=http://a.example")
    assert found(form, "definition:missing=true")
