"""What an invariant is, and the forms that most of them have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Value = Mapping[str, Any]
Holds = Callable[[Value], bool]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule between the elements of one object; `holds` is asked of the object."""

    on: str
    """The type or part whose objects it binds."""
    key: str
    says: str
    """The rule, to follow the path of the object, or of the element `at`, in a sentence."""
    holds: Holds
    at: str = ""


def has(value: Value, name: str) -> bool:
    """Whether the element is there, be it a primitive that has extensions only."""
    return name in value or f"_{name}" in value


def has_choice(value: Value, name: str) -> bool:
    """Whether `name[x]` is there; no other element of the types that are asked begins so."""
    return any(key.lstrip("_").startswith(name) for key in value)


def any_of(*names: str) -> Holds:
    return lambda value: any(has(value, name) for name in names)


def none_of(*names: str) -> Holds:
    return lambda value: not any(has(value, name) for name in names)


def together(name: str, needed: str) -> Holds:
    """`needed` stands wherever `name` does."""
    return lambda value: not has(value, name) or has(value, needed)


def apart(one: str, other: str) -> Holds:
    return lambda value: not (has(value, one) and has(value, other))
