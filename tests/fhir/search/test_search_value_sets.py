"""Codes in value sets. http://hl7.org/fhir/R4/search.html#token

":in: The search parameter is a URI (relative or absolute) that identifies a value set, and the
search parameter tests whether the coding is in the specified value set. The reference may be
literal (to an address where the value set can be found) or logical (a reference to ValueSet.url)."
":not-in: [...] tests whether the coding is not in the specified value set."
"""

from typing import Any

import pytest

from tests.fhir.search.asked import found, observation


def coded(*codings: tuple[str, str]) -> dict[str, Any]:
    return observation(code={"coding": [{"system": s, "code": c} for s, c in codings]})


LOW, OTHER = ("urn:mood", "low"), ("urn:other", "low")
MOODS = "http://a.example/moods"
ROWS = [
    ((LOW,), f"code:in={MOODS}", True, "a code of a system that is taken in whole"),
    ((("urn:x", "a,b"),), f"code:in={MOODS}", True, "a code that is listed"),
    ((("urn:x", "low"),), f"code:in={MOODS}", False, "the code is of another system"),
    ((OTHER, LOW), f"code:in={MOODS}", True, "one of the codings"),
    ((OTHER,), f"code:in={MOODS}", False, "another system"),
    ((), f"code:in={MOODS}", False, "no code is in nothing"),
    ((LOW,), f"code:in={MOODS}|1", True, "this version"),
    ((LOW,), "code:in=ValueSet/moods", True, "a literal reference"),
    ((LOW,), f"code:in=http://a.example/standing,{MOODS}", True, "one of the value sets"),
    ((LOW,), "code:in=http://a.example/without", True, "left when others are excluded"),
    ((("urn:mood", "high"),), "code:in=http://a.example/without", False, "excluded"),
    ((LOW,), "code:in=http://a.example/nothing", False, "nothing is left in it"),
    ((LOW,), "code:not-in=http://a.example/nothing", True, "nothing is left in it"),
    ((LOW,), f"code:not-in={MOODS}", False, "it is in"),
    ((OTHER,), f"code:not-in={MOODS}", True, "it is not in"),
    ((), f"code:not-in={MOODS}", True, "no code is not in it"),
    ((OTHER, LOW), f"code:not-in={MOODS}", False, "one of the codings is in"),
    ((OTHER,), "status:in=http://a.example/standing", True, "a plain code in its element's system"),
    ((OTHER,), "status:not-in=http://a.example/standing", False, "final is in"),
    ((OTHER,), f"status:in={MOODS}", False, "final is no mood"),
]


@pytest.mark.parametrize(("codings", "asked", "expected", "why"), ROWS)
def test_a_code_is_in_a_value_set_or_not(
    codings: tuple[tuple[str, str], ...], asked: str, expected: bool, why: str
) -> None:
    assert found(coded(*codings), asked) is expected, why


IDENTIFIED = {
    "resourceType": "Patient",
    "identifier": [
        {"value": "446053", "type": {"coding": [{"system": "urn:v2-0203", "code": "MR"}]}},
        {"value": "7", "type": {"coding": [{"system": "urn:v2-0203", "code": "SS"}]}},
        {"value": "8"},
    ],
}
TYPED = [
    ("urn:v2-0203|MR|446053", True, "type and value of one identifier"),
    ("urn:v2-0203|MR|7", False, "the value of another identifier"),
    ("urn:v2-0203|SS|7", True, "the second"),
    ("urn:other|SS|7", False, "the type of another system"),
    ("urn:v2-0203|MR|8", False, "an identifier without a type"),
    ("urn:v2-0203|SS|7,a|b|c", True, "one of the alternatives"),
]


@pytest.mark.parametrize(("asked", "expected", "why"), TYPED)
def test_an_identifier_is_found_by_its_type_and_value(asked: str, expected: bool, why: str) -> None:
    """`:of-type`: "The search parameter has the format system|code|value, where the system and code
    refer to a Identifier.type.coding.system and .code, and match if any of the type codes match.
    All 3 parts must be present."
    """
    assert found(IDENTIFIED, f"identifier:of-type={asked}") is expected, why
