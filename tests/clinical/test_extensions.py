"""The definition of our extension is valid, and what we write holds to it."""

import pytest
from fhir.resources.R4B import get_fhir_model_class

from service.clinical.extensions import PARTS, SESSION, extensions, row_element
from service.clinical.findings import Row
from service.fhir.exact_json import dumps
from service.fhir.validation import validate

DEFINED = tuple(extensions())


@pytest.mark.parametrize("definition", DEFINED)
def test_a_definition_is_valid(definition: dict) -> None:
    get_fhir_model_class("StructureDefinition").model_validate_json(dumps(definition))
    assert validate(definition) == ()
    assert definition["type"] == "Extension"


@pytest.mark.parametrize("encounter", [None, "e3"])
def test_a_row_has_the_parts_of_the_definition(encounter: str | None) -> None:
    (definition,) = DEFINED
    row = row_element(Row(number=3, start="2026-01-19", encounter=encounter))
    assert row["url"] == SESSION == definition["url"]
    named = [part["url"] for part in row["extension"]]
    assert set(named) <= set(PARTS)
    assert {name for name, (_, least) in PARTS.items() if least} <= set(named)
    for part in row["extension"]:
        kind, _ = PARTS[part["url"]]
        assert f"value{kind[0].upper()}{kind[1:]}" in part


def test_an_element_is_named_by_its_path_and_slice() -> None:
    (definition,) = DEFINED
    elements = definition["differential"]["element"]
    ids = [element["id"] for element in elements]
    assert len(ids) == len(set(ids))
    for element in elements:
        assert ".".join(p.partition(":")[0] for p in element["id"].split(".")) == element["path"]
