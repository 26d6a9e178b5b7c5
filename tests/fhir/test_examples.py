"""The examples that come with the specification are kept to the letter and are valid."""

import json
import re
from datetime import UTC, datetime

import pytest

from service.fhir.body import head, tail
from service.fhir.exact_json import dumps, loads
from service.fhir.resource import Identity
from service.fhir.validation import validate
from tests.fhir.examples import INVALID, examples

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"\[\]{},:]+|[\[\]{},:]')
"""A string, a number or word, or a sign of JSON: everything but insignificant white space."""


def tokens(body: bytes) -> list[str]:
    """Strings without their escapes, all else to the letter."""
    return [json.loads(t) if t[0] == '"' else t for t in TOKEN.findall(body.decode())]


@pytest.mark.parametrize("name", examples())
def test_an_example_is_read_and_written_to_the_letter(name: str) -> None:
    assert tokens(dumps(loads(examples()[name]))) == tokens(examples()[name])


@pytest.mark.parametrize("name", sorted(set(examples()) - set(INVALID)))
def test_an_example_is_valid(name: str) -> None:
    assert validate(loads(examples()[name])) == ()


@pytest.mark.parametrize("name", INVALID)
def test_an_example_that_breaks_the_specification_is_refused(name: str) -> None:
    assert validate(loads(examples()[name]))[0].expression == INVALID[name]


@pytest.mark.parametrize("name", ["Patient-example.json", "Observation-f001.json"])
def test_an_example_survives_being_stored_in_two_parts(name: str) -> None:
    resource = loads(examples()[name])
    identity = Identity(type=resource["resourceType"], id=resource["id"])
    whole = loads(head(identity, 1, datetime(2026, 1, 1, tzinfo=UTC)) + tail(resource))
    assert {k: v for k, v in whole.items() if k != "meta"} == {
        k: v for k, v in resource.items() if k != "meta"
    }
