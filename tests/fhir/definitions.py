"""What HL7 defines of the types served here (FHIR 4.0.1, CC0): see ORIGIN.txt in the archive."""

import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from service.fhir.models import shape
from service.fhir.types import TYPES

ARCHIVE = Path(__file__).with_name("r4_definitions.zip")
OF_NO_SERVED_TYPE = frozenset({"MarketingStatus", "SubstanceAmount"})
"""Complex types that no element of a served type has, and that R4B changed or dropped."""


@cache
def read(name: str) -> Any:
    with zipfile.ZipFile(ARCHIVE) as archive:
        return json.loads(archive.read(f"{name}.json"))


def elements() -> dict[str, dict[str, Any]]:
    """The definition of every element by its path, such as `Observation.component.value[x]`."""
    found: dict[str, dict[str, Any]] = read("elements")
    return found


def value_set(url: str) -> dict[str, list[str] | None]:
    """Its codes by their system; None where they cannot be listed."""
    found: dict[str, list[str] | None] = read("value_sets")[url]
    return found


@cache
def search_parameters() -> Mapping[tuple[str, str], dict[str, Any]]:
    """The SearchParameters by type and code; those of every type under `Resource`."""
    return {
        (base, each["code"]): each for each in read("search_parameters") for base in each["base"]
    }


@cache
def children() -> Mapping[str, Mapping[str, dict[str, Any]]]:
    """The definitions of the elements right below each path, by their names."""
    found: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for path, definition in elements().items():
        above, dot, name = path.rpartition(".")
        if dot:
            found[above][name] = definition
    return found


@cache
def parts() -> Mapping[str, str]:
    """Every path of a type or part, and what `models` calls it."""
    roots = [path for path in elements() if "." not in path and path not in OF_NO_SERVED_TYPE]
    return dict(pair for root in roots for pair in _parts(root, root))


def _parts(path: str, name: str) -> Iterator[tuple[str, str]]:
    yield path, name
    for child in children()[path]:
        if f"{path}.{child}" in children():
            yield from _parts(f"{path}.{child}", shape(name).elements[child].type)


def json_names(name: str, definition: Mapping[str, Any]) -> dict[str, str]:
    """The JSON names of an element, and the type that each has."""
    types = definition.get("types", [""])
    if not name.endswith("[x]"):
        return {name: types[0]}
    return {name.removesuffix("[x]") + kind[0].upper() + kind[1:]: kind for kind in types}


def top_level(type_name: str) -> Mapping[str, dict[str, Any]]:
    return children()[type_name]


SERVED = sorted(TYPES)
