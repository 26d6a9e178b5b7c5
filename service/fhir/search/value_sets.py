"""The codes of value sets, for `:in` and `:not-in`. http://hl7.org/fhir/R4/search.html#token"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from service.fhir.resource import Resource

Codes = tuple[tuple[str, str], ...]
"""(system, code); "" without a system."""
ValueSets = Callable[[str], Codes | None]
"""The codes of the value set of this URL, `|version` or not, or `ValueSet/[id]`; None where it is
not held or cannot be listed."""


def none_held(_: str) -> Codes | None:
    return None


def held(resources: Sequence[Resource]) -> ValueSets:
    """Of ValueSets and the CodeSystems that they take in whole."""
    listed = {name: r for r in resources for name in _names(r)}
    codes = {name: _codes(r, listed) for name, r in listed.items()}
    return codes.get


def _names(resource: Resource) -> Iterator[str]:
    url, version = resource.get("url"), resource.get("version")
    if url is not None:
        yield url
        yield f"{url}|{version}"
    yield f"{resource['resourceType']}/{resource['id']}"


def _codes(resource: Resource, listed: dict[str, Resource]) -> Codes | None:
    """Only what is enumerated: None for a rule that would have to be worked out."""
    if resource["resourceType"] != "ValueSet":
        return None
    compose = resource.get("compose") or {}
    includes = [_included(include, listed) for include in compose.get("include") or ()]
    if "exclude" in compose or None in includes:
        return None
    return tuple(dict.fromkeys(code for include in includes for code in include or ()))


def _included(include: dict[str, Any], listed: dict[str, Resource]) -> Codes | None:
    system = include.get("system", "")
    if "filter" in include or "valueSet" in include:
        return None
    concepts = include.get("concept") or (listed.get(system) or {}).get("concept")
    return tuple((system, concept["code"]) for concept in concepts) if concepts else None
