"""The invariants of ElementDefinition. https://hl7.org/fhir/R4/elementdefinition.html#invs"""

import re

from service.fhir.invariants.invariant import (
    Holds,
    Invariant,
    Value,
    any_of,
    has,
    has_choice,
    none_of,
    together,
)

NAME = r"[^\s.,:;\'\"/|?!@#$%&*()\[\]{}]{1,64}"
PATH = re.compile(rf"{NAME}(\.{NAME}(\[x\])?(:[^\s.]+)?)*")
NUMBER = re.compile(r"[0-9]{1,32}")
SLICE = re.compile(r"[a-zA-Z0-9/\-_\[\]@]+")
WITH_TYPE = ("type", "maxLength", "binding", "example")
CHOICES = ("defaultValue", "fixed", "pattern", "minValue", "maxValue")
VALUE_SET = ("http:", "https", "urn:")
REFERENCES = frozenset({"Reference", "canonical"})


def _ordered(value: Value) -> bool:
    least, most = value.get("min"), value.get("max", "")
    return least is None or not NUMBER.fullmatch(most) or bool(least <= int(most))


def _most(value: Value) -> bool:
    most = value.get("max", "*")
    return most == "*" or NUMBER.fullmatch(most) is not None


def _nothing_beside_reference(value: Value) -> bool:
    if not has(value, "contentReference"):
        return True
    return none_of(*WITH_TYPE)(value) and not any(has_choice(value, name) for name in CHOICES)


def _one_type(choice: str) -> Holds:
    return lambda value: not has_choice(value, choice) or len(value.get("type", ())) <= 1


def _not_both(choice: str, other: str) -> Holds:
    return lambda value: not (has_choice(value, choice) and has_choice(value, other))


def _unique(array: str, member: str) -> Holds:
    def holds(value: Value) -> bool:
        named = [each[member] for each in value.get(array, ()) if member in each]
        return len(named) == len(set(named))

    return holds


def _only_on_references(name: str) -> Holds:
    return lambda value: not has(value, name) or value.get("code") in REFERENCES


def _of_pattern(name: str, pattern: re.Pattern[str]) -> Holds:
    return lambda value: name not in value or pattern.fullmatch(value[name]) is not None


def _addressed(value: Value) -> bool:
    return str(value.get("valueSet", VALUE_SET[0])).startswith(VALUE_SET)


ELEMENT = "ElementDefinition"
ONE_TYPE = "must have one type at the most for its value"

ELEMENT_DEFINITION: tuple[Invariant, ...] = (
    Invariant(
        f"{ELEMENT}Slicing",
        "eld-1",
        "needs a discriminator or a description",
        any_of("discriminator", "description"),
    ),
    Invariant(ELEMENT, "eld-2", "must not be above max", _ordered, "min"),
    Invariant(ELEMENT, "eld-3", "must be a number or '*'", _most, "max"),
    Invariant(
        f"{ELEMENT}Type",
        "eld-4",
        "must not stand unless the type is a reference",
        _only_on_references("aggregation"),
        "aggregation",
    ),
    Invariant(
        ELEMENT,
        "eld-5",
        "must stand without type, values, lengths and binding",
        _nothing_beside_reference,
        "contentReference",
    ),
    Invariant(ELEMENT, "eld-6", ONE_TYPE, _one_type("fixed"), "fixed"),
    Invariant(ELEMENT, "eld-7", ONE_TYPE, _one_type("pattern"), "pattern"),
    Invariant(
        ELEMENT, "eld-8", "must not have both fixed and pattern", _not_both("fixed", "pattern")
    ),
    Invariant(
        f"{ELEMENT}Binding",
        "eld-12",
        "must begin with http:, https: or urn:",
        _addressed,
        "valueSet",
    ),
    Invariant(ELEMENT, "eld-13", "must not have a code twice", _unique("type", "code"), "type"),
    Invariant(
        ELEMENT, "eld-14", "must not have a key twice", _unique("constraint", "key"), "constraint"
    ),
    Invariant(
        ELEMENT,
        "eld-15",
        "must not stand beside a default value",
        _not_both("meaningWhenMissing", "defaultValue"),
        "meaningWhenMissing",
    ),
    Invariant(
        ELEMENT,
        "eld-16",
        "must be tokens between slashes",
        _of_pattern("sliceName", SLICE),
        "sliceName",
    ),
    Invariant(
        f"{ELEMENT}Type",
        "eld-17",
        "must not stand unless the type is a reference",
        _only_on_references("targetProfile"),
        "targetProfile",
    ),
    Invariant(
        ELEMENT,
        "eld-18",
        "needs an isModifierReason",
        lambda value: value.get("isModifier") is not True or has(value, "isModifierReason"),
    ),
    Invariant(
        ELEMENT,
        "eld-19",
        "must be names without special characters",
        _of_pattern("path", PATH),
        "path",
    ),
    Invariant(
        ELEMENT,
        "eld-22",
        "needs a sliceName",
        together("sliceIsConstraining", "sliceName"),
    ),
)
