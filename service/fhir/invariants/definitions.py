"""The invariants of what defines structures, search parameters and operations.

https://hl7.org/fhir/R4/structuredefinition.html#invs,
https://hl7.org/fhir/R4/searchparameter.html#invs and
https://hl7.org/fhir/R4/operationdefinition.html#invs
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from service.fhir.invariants.invariant import (
    Holds,
    Invariant,
    Value,
    any_of,
    has,
    has_choice,
    together,
)

VIEWS = ("snapshot", "differential")
OFFICIAL = "http://hl7.org/fhir/StructureDefinition"
SYSTEM_TYPE = re.compile(r"http://hl7\.org/fhirpath/System\.[A-Z][A-Za-z]+")
DEFINED_TYPE = {
    "snapshot": re.compile(r"[a-zA-Z0-9.]+"),
    "differential": re.compile(r"[a-zA-Z0-9]+"),
}
REFERENCES = frozenset({"Reference", "canonical"})


def _elements(value: Value, view: str) -> Sequence[Value]:
    return tuple(value.get(view, {}).get("element", ()))


def _all_elements(value: Value) -> Iterator[Value]:
    for view in VIEWS:
        yield from _elements(value, view)


def _path(element: Value) -> str:
    return str(element.get("path", ""))


def _roots(elements: Sequence[Value] | Iterator[Value]) -> Iterator[Value]:
    return (element for element in elements if "." not in _path(element))


def _distinct(values: Sequence[Any]) -> bool:
    return len(values) == len(set(values))


def _is_logical(value: Value) -> bool:
    return value.get("kind") == "logical"


def _unique_paths(value: Value) -> bool:
    paths = [_path(element) for element in _elements(value, "snapshot")]
    return value.get("derivation") == "constraint" or _distinct(paths)


def _untyped_root_of_differential(value: Value) -> bool:
    first = _elements(value, "differential")[:1]
    return _is_logical(value) or not any("type" in element for element in _roots(first))


def _untyped_first_of_snapshot(value: Value) -> bool:
    first = _elements(value, "snapshot")[:1]
    return _is_logical(value) or not any("type" in element for element in first)


def _base_unless_abstract(value: Value) -> bool:
    return value.get("abstract") is True or has(value, "baseDefinition")


def _extension_in_context(value: Value) -> bool:
    is_extension = value.get("type") == "Extension"
    return not is_extension or value.get("derivation") == "specialization" or "context" in value


def _plain_roots(value: Value) -> bool:
    roots = _roots(_all_elements(value))
    return not any(has(root, name) for root in roots for name in ("label", "code", "requirements"))


def _path_is_type(value: Value) -> bool:
    first = _elements(value, "snapshot")[:1]
    return _is_logical(value) or all(_path(element) == value.get("type") for element in first)


def _with_ids(value: Value) -> bool:
    return all(has(element, "id") for element in _all_elements(value))


def _unique_ids(view: str) -> Holds:
    return lambda value: _distinct([e["id"] for e in _elements(value, view) if "id" in e])


def _official_types(value: Value) -> bool:
    if not str(value.get("url", "")).startswith(OFFICIAL):
        return True
    return all(
        DEFINED_TYPE[view].fullmatch(code) or SYSTEM_TYPE.fullmatch(code)
        for view in VIEWS
        for element in _elements(value, view)
        for kind in element.get("type", ())
        if isinstance(code := kind.get("code"), str)
    )


def _defaults_on_specializations(value: Value) -> bool:
    return value.get("derivation") == "specialization" or not any(
        has_choice(element, "defaultValue") for element in _elements(value, "differential")
    )


def _official_without_defaults(value: Value) -> bool:
    return not str(value.get("url", "")).startswith(OFFICIAL) or not any(
        has_choice(element, "defaultValue") for element in _all_elements(value)
    )


def _below_root(view: str) -> Holds:
    """The first element names the type (in a differential: begins with it), and all others lie
    below its root."""

    def holds(value: Value) -> bool:
        first, *others = [_path(element) for element in _elements(value, view)] or [""]
        kind = str(value.get("type", ""))
        named = first == kind if view == "snapshot" else first.startswith(kind)
        root = (first if view == "snapshot" else first.partition(".")[0]) + "."
        fits = _is_logical(value) or view not in value or named
        return fits and all(path.startswith(root) for path in others)

    return holds


def _complete(value: Value) -> bool:
    return all(
        has(element, name)
        for element in value.get("element", ())
        for name in ("definition", "min", "max")
    )


def _string_to_search(value: Value) -> bool:
    return not has(value, "searchType") or value.get("type") == "string"


def _profiled_reference(value: Value) -> bool:
    return "targetProfile" not in value or value.get("type") in REFERENCES


STRUCTURE = "StructureDefinition"
IDS = "must have an id of its own for each element"

DEFINITIONS: tuple[Invariant, ...] = (
    Invariant(STRUCTURE, "sdf-1", "must not have a path twice", _unique_paths, "snapshot"),
    Invariant(f"{STRUCTURE}Mapping", "sdf-2", "needs a name or a uri", any_of("name", "uri")),
    Invariant(
        f"{STRUCTURE}Snapshot", "sdf-3", "needs definition and cardinality everywhere", _complete
    ),
    Invariant(
        STRUCTURE, "sdf-4", "needs a baseDefinition unless it is abstract", _base_unless_abstract
    ),
    Invariant(STRUCTURE, "sdf-5", "needs a context for its extension", _extension_in_context),
    Invariant(STRUCTURE, "sdf-6", "needs a snapshot or a differential", any_of(*VIEWS)),
    Invariant(STRUCTURE, "sdf-8", "must lie below its type", _below_root("snapshot"), "snapshot"),
    Invariant(
        STRUCTURE,
        "sdf-8a",
        "must lie below its type",
        _below_root("differential"),
        "differential",
    ),
    Invariant(
        f"{STRUCTURE}Snapshot",
        "sdf-8b",
        "needs a base for each element",
        lambda value: all("base" in element for element in value.get("element", ())),
    ),
    Invariant(
        STRUCTURE, "sdf-9", "must have no label, code or requirements on its root", _plain_roots
    ),
    Invariant(
        f"{STRUCTURE}Snapshot",
        "sdf-10",
        "needs a valueSet or a description in each binding",
        lambda value: all(
            any_of("valueSet", "description")(element["binding"])
            for element in value.get("element", ())
            if "binding" in element
        ),
    ),
    Invariant(STRUCTURE, "sdf-11", "must be the path of the first element", _path_is_type, "type"),
    Invariant(STRUCTURE, "sdf-14", "must have an id on each element", _with_ids),
    Invariant(
        STRUCTURE,
        "sdf-15",
        "must have no type on its first element",
        _untyped_first_of_snapshot,
        "snapshot",
    ),
    Invariant(
        STRUCTURE,
        "sdf-15a",
        "must have no type on its root",
        _untyped_root_of_differential,
        "differential",
    ),
    Invariant(STRUCTURE, "sdf-16", IDS, _unique_ids("snapshot"), "snapshot"),
    Invariant(STRUCTURE, "sdf-17", IDS, _unique_ids("differential"), "differential"),
    Invariant(
        STRUCTURE,
        "sdf-18",
        "must not stand unless an extension is defined",
        lambda value: not has(value, "contextInvariant") or value.get("type") == "Extension",
        "contextInvariant",
    ),
    Invariant(STRUCTURE, "sdf-19", "must use types that FHIR defines", _official_types),
    Invariant(
        f"{STRUCTURE}Differential",
        "sdf-20",
        "must not slice its root",
        lambda value: not any("slicing" in root for root in _roots(value.get("element", ()))),
    ),
    Invariant(
        STRUCTURE,
        "sdf-21",
        "must have no default values unless it is a specialization",
        _defaults_on_specializations,
        "differential",
    ),
    Invariant(STRUCTURE, "sdf-22", "must have no default values", _official_without_defaults),
    Invariant(
        STRUCTURE,
        "sdf-23",
        "must not name a slice on its root",
        lambda value: not any(has(root, "sliceName") for root in _roots(_all_elements(value))),
    ),
    Invariant("SearchParameter", "spd-1", "needs an xpathUsage", together("xpath", "xpathUsage")),
    Invariant(
        "SearchParameter",
        "spd-2",
        "must not stand unless the type is 'reference'",
        lambda value: not has(value, "chain") or value.get("type") == "reference",
        "chain",
    ),
    Invariant(
        "OperationDefinitionParameter", "opd-1", "needs a type or parts", any_of("type", "part")
    ),
    Invariant(
        "OperationDefinitionParameter",
        "opd-2",
        "must not stand unless the type is 'string'",
        _string_to_search,
        "searchType",
    ),
    Invariant(
        "OperationDefinitionParameter",
        "opd-3",
        "must not stand unless the type is 'Reference' or 'canonical'",
        _profiled_reference,
        "targetProfile",
    ),
)
