"""What a parameter reads of a resource is what its official FHIRPath finds there."""

import json
from decimal import Decimal
from typing import Any

import pytest

from service.fhir.search.parameters import TABLE
from service.fhir.search.paths import reader
from tests.fhir.definitions import SERVED
from tests.fhir.examples import examples
from tests.fhir.filled import filled
from tests.fhir.search import official

VARIANTS = range(11)
"""As many as the longest choice that a parameter reads of has types."""
EXAMPLES = {name: json.loads(body, parse_float=Decimal) for name, body in examples().items()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_path_finds_what_the_official_fhirpath_finds(name: str) -> None:
    compare(EXAMPLES[name])


@pytest.mark.parametrize("type_name", SERVED)
def test_every_path_finds_it_where_there_is_something_to_find(type_name: str) -> None:
    read = set[str]()
    for variant in VARIANTS:
        read |= compare(filled(type_name, variant))
    assert read == TABLE[type_name].keys()


def compare(resource: dict[str, Any]) -> set[str]:
    """The names of the parameters that find anything."""
    found = set[str]()
    for code, parameter in TABLE[resource["resourceType"]].items():
        read = [value for path in parameter.paths for value in reader(path)(resource)]
        assert alike(read) == alike(official.found(resource, code)), code
        found |= {code} if read else set()
    return found


def alike(values: list[Any]) -> set[str]:
    """In no order and each once: so are the values of a union."""
    return {json.dumps(value, sort_keys=True, default=str) for value in values}
