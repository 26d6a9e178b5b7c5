"""Where a search parameter's values lie: a small path language, compiled once.

    name.family                          members, through arrays
    value[Quantity|SampledData]          an element of a choice of types: valueQuantity, ...
    telecom(system=email)                only objects with this member
    deceased[boolean|dateTime]?          whether it is there and not false
    $this                                the resource itself

It is what the official parameters need of FHIRPath, and no more.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

Reader = Callable[[Mapping[str, Any]], list[Any]]

THIS = "$this"
STEP = re.compile(
    r"(?P<name>[A-Za-z]+)(?:\[(?P<types>[A-Za-z|]+)\])?(?:\((?P<member>\w+)=(?P<value>[\w-]+)\))?"
)


@cache
def reader(path: str) -> Reader:
    """From a resource to the values at `path`, in the resource's order; never None among them.

    Raises `ValueError` for a path outside the language.
    """
    if path == THIS:
        return lambda resource: [resource]
    if path.endswith("?"):
        return _truth(reader(path.removesuffix("?")))
    first, *others = [_step(text) for text in _steps(path)]
    if not others:
        return first

    def read(resource: Mapping[str, Any]) -> list[Any]:
        values = first(resource)
        for step in others:
            if not values:
                break
            values = [child for value in values for child in step(value)]
        return values

    return read


@cache
def needed(path: str) -> str | None:
    """The member without which nothing is at `path`; None where no single one is."""
    if path == THIS or path.endswith("?"):
        return None
    match = STEP.fullmatch(_steps(path)[0])
    keys = _keys(match["name"], match["types"]) if match else ()
    return keys[0] if len(keys) == 1 else None


def _steps(path: str) -> list[str]:
    return re.split(r"\.(?![^(]*\))", path)


def _step(text: str) -> Callable[[Any], list[Any]]:
    match = STEP.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is not a step of a search path.")
    keys = _keys(match["name"], match["types"])
    member, expected = match["member"], match["value"]
    if not member:
        return partial(_members, keys) if len(keys) > 1 else partial(_member, keys[0])
    return lambda value: [v for v in _members(keys, value) if _has(v, member, expected)]


def _keys(name: str, types: str | None) -> tuple[str, ...]:
    if types is None:
        return (name,)
    return tuple(name + kind[0].upper() + kind[1:] for kind in types.split("|"))


def _members(keys: tuple[str, ...], value: Any) -> list[Any]:
    return [child for key in keys for child in _member(key, value)]


def _member(key: str, value: Any) -> list[Any]:
    if type(value) is not dict and not isinstance(value, Mapping):  # the first is fast
        return []
    child = value.get(key)
    if isinstance(child, list):
        return [item for item in child if item is not None]
    return [] if child is None else [child]


def _has(value: Any, member: str, expected: str) -> bool:
    return isinstance(value, Mapping) and value.get(member) == expected


def _truth(inner: Reader) -> Reader:
    return lambda resource: [any(value is not False for value in inner(resource))]
