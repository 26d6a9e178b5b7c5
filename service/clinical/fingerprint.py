"""One short text for everything that decides what is derived: another one, and it may differ."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import blake2b
from typing import Any

import msgspec


def fingerprint(value: object) -> str:
    """The same in every process for equal values; functions in them are left out.

    Raises `TypeError` for a value that could not be told from others of its kind."""
    return blake2b(repr(_plain(value)).encode(), digest_size=16).hexdigest()


def _plain(value: Any) -> object:
    match value:
        case Enum():
            return value.value
        case str() | int() | float() | None:
            return value
        case Mapping():
            return sorted(((_plain(k), _plain(v)) for k, v in value.items()), key=repr)
        case AbstractSet():
            return sorted((_plain(held) for held in value), key=repr)
        case tuple() | list():
            return [_plain(held) for held in value]
    if isinstance(value, msgspec.Struct):
        return [type(value).__name__, _plain(msgspec.structs.asdict(value))]
    if is_dataclass(value) and not isinstance(value, type):
        said = ((field.name, getattr(value, field.name)) for field in fields(value))
        return [type(value).__name__, [(n, _plain(v)) for n, v in said if not callable(v)]]
    raise TypeError(f"A {type(value).__name__} has no fingerprint.")
