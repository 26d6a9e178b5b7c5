"""The table of parameters against the registry of FHIR 4.0.1, and the paths in it."""

from pathlib import Path
from typing import Any

import pytest

from service.fhir.search.parameters import TABLE
from service.fhir.search.parameters.parameter import DEFINITIONS
from service.fhir.search.paths import reader
from service.fhir.types import TYPES

REGISTRY = Path(__file__).with_name("r4_parameters.txt").read_text().splitlines()
"""Type, name, kind, end of the definition's URL and targets (`*` any, `-` none) of every parameter
in search-parameters.json of FHIR 4.0.1 for the types served."""
COMMON = {"_id", "_lastUpdated", "_profile", "_security", "_tag"}


def test_every_official_parameter_is_offered_as_defined() -> None:
    official = {}
    for line in REGISTRY:
        kind, name, type_, definition, targets = line.split()
        if kind != "Resource":
            official[kind, name] = (type_, DEFINITIONS + definition, targets)
    offered = {
        (kind, p.name): (p.kind.value, p.definition, _targets(p.kind.value, p.targets))
        for kind, parameters in TABLE.items()
        for p in parameters.values()
        if p.name not in COMMON
    }
    assert offered == official


def _targets(kind: str, targets: tuple[str, ...]) -> str:
    if kind != "reference":
        return "-"
    return ",".join(sorted(targets)) or "*"


def test_the_common_parameters_are_offered_for_every_type() -> None:
    common = {line.split()[1] for line in REGISTRY if line.startswith("Resource ")}
    assert common == COMMON
    assert set(TABLE) == set(TYPES)
    for parameters in TABLE.values():
        assert common <= parameters.keys()


def test_every_path_is_in_the_language() -> None:
    for parameters in TABLE.values():
        for parameter in parameters.values():
            for path in (*parameter.paths, *(p for c in parameter.components for p in c.paths)):
                assert reader(path)({}) in ([], [False], [{}])


RESOURCE: dict[str, Any] = {
    "name": [{"given": ["A", None, "B"]}, {"family": "C"}],
    "telecom": [{"system": "phone", "value": "1"}, {"system": "email", "value": "2"}],
    "valueQuantity": {"value": 1},
    "deceasedBoolean": False,
    "url": "x",
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("url", ["x"]),
        ("name.given", ["A", "B"]),
        ("name.family", ["C"]),
        ("nothing.at.all", []),
        ("url.deeper", []),
        ("telecom(system=email).value", ["2"]),
        ("value[Quantity|string].value", [1]),
        ("value[string]", []),
        ("deceased[boolean|dateTime]?", [False]),
        ("url?", [True]),
        ("missing?", [False]),
        ("$this", [RESOURCE]),
    ],
)
def test_a_path_reads_through_arrays_choices_and_conditions(path: str, values: list[Any]) -> None:
    assert reader(path)(RESOURCE) == values


@pytest.mark.parametrize("path", ["", "a..b", "a b", "a()", "a[", "value[x].exists()"])
def test_a_path_outside_the_language_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="step of a search path"):
        reader(path)
