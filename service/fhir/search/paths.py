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
from functools import cache
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

    def read(resource: Mapping[str, Any]) -> list[Any]:
        values = first(resource)
        for step in others:
            if not values:
                break
            values = [child for value in values for child in step(value)]
        return values

    return read


def _steps(path: str) -> list[str]:
    return re.split(r"\.(?![^(]*\))", path)


def _step(text: str) -> Callable[[Any], list[Any]]:
    match = STEP.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is not a step of a search path.")
    keys = _keys(match["name"], match["types"])
    member, expected = match["member"], match["value"]

    def children(value: Any) -> list[Any]:
        found = _members(value, keys)
        return [v for v in found if _has(v, member, expected)] if member else found

    return children


def _keys(name: str, types: str | None) -> tuple[str, ...]:
    if types is None:
        return (name,)
    return tuple(name + kind[0].upper() + kind[1:] for kind in types.split("|"))


def _members(value: Any, keys: tuple[str, ...]) -> list[Any]:
    found: list[Any] = []
    if type(value) is dict or isinstance(value, Mapping):  # the first is the one that is fast
        for key in keys:
            child = value.get(key)
            if child is None:
                continue
            if isinstance(child, list):
                found += [item for item in child if item is not None]
            else:
                found.append(child)
    return found


def _has(value: Any, member: str, expected: str) -> bool:
    return isinstance(value, Mapping) and value.get(member) == expected


def _truth(inner: Reader) -> Reader:
    return lambda resource: [any(value is not False for value in inner(resource))]
