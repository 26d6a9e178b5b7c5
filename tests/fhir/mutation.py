"""Small random damage to a resource, as careless or hostile clients do it."""

import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

Place = tuple[Any, Any]
"""An object or array, and the member or place in it."""

NASTY: tuple[Any, ...] = (
    None,
    "",
    " ",
    [],
    {},
    [None],
    [[]],
    {"id": "a"},
    {"": 1},
    "banana",
    "a\x00b",
    "2026-02-30",
    "#nowhere",
    "https://elsewhere.example/fhir/Practitioner/1",
    True,
    0,
    -1,
    2**31,
    2**70,
    1.5,
    {"resourceType": "Nothing"},
    {"resourceType": "Patient"},
    {"extension": [{"url": "https://a.example", "valueString": "x"}]},
    {"reference": "Patient/1"},
    {"coding": [{"code": "a", "system": "https://a.example"}]},
)
NAMES = (
    "resourceType",
    "id",
    "meta",
    "contained",
    "extension",
    "unknownElement",
    "valueString",
    "valueInteger",
    "_status",
    "status",
    "text",
    "fhir_comments",
    "a'b",
    "",
)


def mutated(resource: Any, chance: random.Random, times: int) -> Any:
    """A copy of `resource` with `times` changes anywhere in it."""
    damaged = deepcopy(resource)
    for _ in range(times):
        container, key = chance.choice(list(_places(damaged)))
        chance.choice((_replace, _remove, _wrap, _unwrap, _rename, _add, _underscore))(
            container, key, chance
        )
        if not damaged:
            return damaged
    return damaged


def _places(value: Any) -> Iterator[Place]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in items:
        yield value, key
        if isinstance(child, dict | list):
            yield from _places(child)


def _replace(container: Any, key: Any, chance: random.Random) -> None:
    container[key] = deepcopy(chance.choice(NASTY))


def _remove(container: Any, key: Any, _: random.Random) -> None:
    del container[key]


def _wrap(container: Any, key: Any, _: random.Random) -> None:
    container[key] = [container[key]]


def _unwrap(container: Any, key: Any, _: random.Random) -> None:
    if isinstance(container[key], list) and container[key]:
        container[key] = container[key][0]


def _rename(container: Any, key: Any, chance: random.Random) -> None:
    if isinstance(container, dict):
        container[chance.choice(NAMES)] = container.pop(key)


def _add(container: Any, _: Any, chance: random.Random) -> None:
    if isinstance(container, dict):
        container[chance.choice(NAMES)] = deepcopy(chance.choice(NASTY))
    else:
        container.append(deepcopy(chance.choice(NASTY)))


def _underscore(container: Any, key: Any, chance: random.Random) -> None:
    if isinstance(container, dict) and isinstance(key, str):
        container[f"_{key}"] = deepcopy(chance.choice(NASTY))
