"""Whether an object has the elements of its type, each well formed: the walk through a resource.

The checks of a type are put together once, from its shape; a path is written only where something
is wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from service.fhir import bindings, r4
from service.fhir.exact_json import ELEMENT_NAME
from service.fhir.faults import (
    EMPTY,
    ENOUGH,
    FINE,
    NOT_ARRAY,
    NOT_OBJECT,
    NULL,
    Check,
    Fault,
    Faults,
    below,
)
from service.fhir.invariants import INVARIANTS
from service.fhir.leaves import misfit, primitive
from service.fhir.models import Element, Shape, shape
from service.fhir.references import ELSEWHERE
from service.fhir.unmodelled import unmodelled_faults

Member = Callable[[Mapping[str, Any], frozenset[str]], Faults]
"""The check of one member of an object, given the object."""


def resource_faults(value: Any, contained: frozenset[str]) -> Faults:
    """The faults of a resource of any type of R4; `contained` are the ids it may refer to."""
    if not isinstance(value, dict):
        return NOT_OBJECT
    kind = value.get("resourceType")
    if not isinstance(kind, str) or kind not in r4.RESOURCE_TYPES:
        return (Fault(".resourceType", "structure", "must name a resource type of R4"),)
    if kind in r4.UNMODELLED:
        return unmodelled_faults(value)
    return _object(value, _checks(kind), contained)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checks:
    """All that is asked of the objects of one type."""

    shape: Shape
    members: Mapping[str, Member]
    choices: Mapping[str, str]
    """The choice that a JSON name belongs to."""


@cache
def _checks(name: str) -> Checks:
    form = shape(name)
    members: dict[str, Member] = {}
    choices: dict[str, str] = {}
    for element in form.elements.values():
        names = [element.name]
        members[element.name] = _member(name, element)
        if element.primitive and _extensible(name, element):
            members[f"_{element.name}"] = _companion(element)
            names.append(f"_{element.name}")
        if element.choice is not None:
            choices |= dict.fromkeys(names, element.choice)
    if name in r4.RESOURCE_TYPES:
        members["resourceType"] = lambda _value, _contained: FINE
    return Checks(shape=form, members=members, choices=choices)


def _extensible(owner: str, element: Element) -> bool:
    """Ids, and the url of an extension, are primitives that cannot be extended."""
    return element.name != "id" and (owner, element.name) != ("Extension", "url")


def _object(value: Any, checks: Checks, contained: frozenset[str]) -> Faults:
    if not isinstance(value, dict):
        return misfit(value) or NOT_OBJECT
    if not value or value.keys() == {"id"}:
        return EMPTY
    found: list[Fault] = []
    members = checks.members
    for key in value:
        member = members.get(key)
        found += _unknown(key) if member is None else member(value, contained)
    found += _missing(value, checks.shape)
    if checks.choices:
        found += _conflicts(value, checks.choices)
    return found or _broken(checks.shape.name, value)


def _unknown(key: str) -> Faults:
    """The name is said where it is one an element could have: errors do not echo what was sent."""
    if ELEMENT_NAME.fullmatch(key):
        return (Fault(f".{key}", "structure", "is not an element of R4"),)
    return (Fault("", "structure", "has a member that is not an element of R4"),)


def _missing(value: Mapping[str, Any], form: Shape) -> list[Fault]:
    return [
        Fault(f".{form.elements[names[0]].step}", "required", "is required")
        for names in form.required
        if names[0] not in value and not any(name in value or f"_{name}" in value for name in names)
    ]


def _conflicts(value: Mapping[str, Any], choices: Mapping[str, str]) -> list[Fault]:
    chosen: dict[str, str] = {}
    found = []
    for key in value:
        choice = choices.get(key)
        if choice is not None and chosen.setdefault(choice, key.lstrip("_")) != key.lstrip("_"):
            found.append(Fault(f".{choice}", "structure", "must have one type only"))
    return found


def _broken(name: str, value: Mapping[str, Any]) -> Faults:
    return [
        Fault(f".{rule.at}" if rule.at else "", "invariant", f"{rule.says} ({rule.key})")
        for rule in INVARIANTS.get(name, ())
        if not rule.holds(value)
    ]


def _member(owner: str, element: Element) -> Member:
    one = primitive(owner, element) if element.primitive else _complex(owner, element)
    key, step = element.name, f".{element.step}"

    def single(value: Mapping[str, Any], contained: frozenset[str]) -> Faults:
        faults = one(value[key], contained)
        return below(step, faults) if faults else faults

    def repeated(value: Mapping[str, Any], contained: frozenset[str]) -> Faults:
        companions = value.get(f"_{key}") if element.primitive else None
        return below(step, _each(value[key], one, contained, companions))

    return repeated if element.many else single


def _complex(owner: str, element: Element) -> Check:
    codes = bindings.CONCEPTS.get(f"{owner}.{element.name}")
    if codes is not None:
        return _concept(codes)
    if element.type == "Resource":
        return _contained if element.name == "contained" else resource_faults
    if element.type == "Reference":
        return _reference(element.targets)
    # Looked up when needed, not before: types contain one another.
    return lambda value, contained: _object(value, _checks(element.type), contained)


def _concept(codes: frozenset[tuple[str, str]]) -> Check:
    """Words alone are no code of a value set."""
    refused = (Fault("", "code-invalid", "must have a code of its required value set"),)

    def check(value: Any, contained: frozenset[str]) -> Faults:
        faults = _object(value, _checks("CodeableConcept"), contained)
        if faults:
            return faults
        named = {(coding.get("system"), coding.get("code")) for coding in value.get("coding", ())}
        return FINE if named & codes else refused

    return check


def _each(value: Any, one: Check, contained: frozenset[str], companions: Any) -> Faults:
    """A null may stand only where a companion has the same place."""
    if not isinstance(value, list):
        return NULL if value is None else NOT_ARRAY
    if not value:
        return EMPTY
    found: list[Fault] = []
    for place, child in enumerate(value):
        if child is None and _at(companions, place) is not None:
            continue
        faults = one(child, contained)
        if faults:
            found += below(f"[{place}]", faults)
            if len(found) > ENOUGH:
                break
    return found


def _at(array: Any, place: int) -> Any:
    return array[place] if isinstance(array, list) and place < len(array) else None


def _companion(element: Element) -> Member:
    """The check of `_name`, which carries the id and extensions of the primitive `name`."""
    key, step = element.name, f".{element.step}"

    def check(value: Mapping[str, Any], contained: frozenset[str]) -> Faults:
        companion, own = value[f"_{key}"], value.get(key)
        if element.many:
            return below(step, _aligned(companion, own, contained))
        return below(step, _extensions(companion, own is not None, contained))

    return check


def _aligned(companions: Any, own: Any, contained: frozenset[str]) -> Faults:
    if not isinstance(companions, list):
        return NULL if companions is None else NOT_ARRAY
    if all(child is None for child in companions):
        return EMPTY
    if isinstance(own, list) and len(own) != len(companions):
        return (Fault("", "structure", "must have a value, an extension or null at each place"),)
    found: list[Fault] = []
    for place, child in enumerate(companions):
        if child is not None or not isinstance(own, list):
            has_value = _at(own, place) is not None
            found += below(f"[{place}]", _extensions(child, has_value, contained))
        if len(found) > ENOUGH:
            break
    return found


def _extensions(value: Any, has_value: bool, contained: frozenset[str]) -> Faults:
    """An id alone is enough beside a value."""
    if has_value and isinstance(value, dict) and value.keys() == {"id"}:
        return _checks("Element").members["id"](value, contained)
    return _object(value, _checks("Element"), contained)


def _reference(targets: frozenset[str]) -> Check:
    def check(value: Any, contained: frozenset[str]) -> Faults:
        faults = _object(value, _checks("Reference"), contained)
        if faults or "reference" not in value:
            return faults
        return _unresolvable(value["reference"], contained) or _unfit(value["reference"], targets)

    return check


def _unresolvable(text: str, contained: frozenset[str]) -> Faults:
    if text.startswith("#") and text != "#" and text[1:] not in contained:
        return (Fault(".reference", "invariant", "must name a contained resource (ref-1)"),)
    return FINE


def _unfit(text: str, targets: frozenset[str]) -> Faults:
    """Whether the reference names a type that may not stand here."""
    target = ELSEWHERE.fullmatch(text) if targets else None
    if target is None or target["type"] in targets or target["type"] not in r4.RESOURCE_TYPES:
        return FINE
    return (
        Fault(
            ".reference", "value", f"must name a resource of type {' or '.join(sorted(targets))}"
        ),
    )


def _contained(value: Any, contained: frozenset[str]) -> Faults:
    faults = resource_faults(value, contained)
    if faults:
        return faults
    meta = value.get("meta", {})
    found = []
    if "contained" in value:
        found.append(Fault(".contained", "invariant", "must not be nested (dom-2)"))
    if meta.keys() & {"versionId", "lastUpdated"}:
        found.append(Fault(".meta", "invariant", "must not have a version of its own (dom-4)"))
    if "security" in meta:
        found.append(Fault(".meta.security", "invariant", "must not have its own labels (dom-5)"))
    return found
