"""Every interaction, one row each: dispatch, metadata and documents are made from it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from types import MappingProxyType

from service.fhir.compartment_definitions import DEFINED, served
from service.fhir.types import STORED, TYPES

TYPE = "{type}"
ID = "{id}"
VERSION = "{vid}"
EVERY_TYPE = "*"
"""In the place of a type inside a compartment."""
COMPARTMENTS = tuple(DEFINED)
"""The types whose resources have compartments that can be searched."""
ID_FORMAT = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""http://hl7.org/fhir/R4/datatypes.html#id"""


class Level(StrEnum):
    """What an interaction is about."""

    INSTANCE = "instance"
    TYPE = "type"
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """`code` is the CapabilityStatement's word for it, None where it has none of its own."""

    name: str
    code: str | None
    level: Level
    method: str
    path: tuple[str, ...]
    writes: bool = False
    """Whether it is offered for writable types only."""
    types: frozenset[str] | None = None
    """The types it is offered for; None for all."""
    parameters: bool = False
    """Whether the query means something to it."""
    summary: str

    def stands_at(self, path: tuple[str, ...]) -> bool:
        """Whether it is offered at an address, whatever the method and whoever writes."""
        return fits(self.path, path) and (self.types is None or path[0] in self.types)


def _inside(member: str) -> tuple[Interaction, ...]:
    """The searches of one type, or of every type, inside the compartments that it is in."""
    owners = {name for name in COMPARTMENTS if member in (*served(name), EVERY_TYPE)}
    if not owners:
        return ()
    get = Interaction(
        name="compartment",
        code=None,
        level=Level.INSTANCE,
        method="GET",
        path=(TYPE, ID, member),
        types=frozenset(owners),
        parameters=True,
        summary="Search what is linked to the resource",
    )
    return (get, replace(get, method="POST", path=(*get.path, "_search")))


INTERACTIONS: tuple[Interaction, ...] = (
    Interaction(
        name="capabilities",
        code=None,
        level=Level.SYSTEM,
        method="GET",
        path=("metadata",),
        parameters=True,
        summary="What this server can do",
    ),
    Interaction(
        name="bundle",
        code=None,
        level=Level.SYSTEM,
        method="POST",
        path=(),
        summary="A transaction or a batch",
    ),
    Interaction(
        name="search",
        code="search-type",
        level=Level.TYPE,
        method="GET",
        path=(TYPE,),
        parameters=True,
        summary="Search",
    ),
    Interaction(
        name="search",
        code=None,
        level=Level.TYPE,
        method="POST",
        path=(TYPE, "_search"),
        parameters=True,
        summary="Search with the parameters in the body",
    ),
    Interaction(
        name="create",
        code="create",
        level=Level.TYPE,
        method="POST",
        path=(TYPE,),
        writes=True,
        summary="Create, conditionally with If-None-Exist",
    ),
    Interaction(
        name="read",
        code="read",
        level=Level.INSTANCE,
        method="GET",
        path=(TYPE, ID),
        parameters=True,
        summary="Read the current version",
    ),
    Interaction(
        name="update",
        code="update",
        level=Level.INSTANCE,
        method="PUT",
        path=(TYPE, ID),
        writes=True,
        summary="Update, or create under the client's id",
    ),
    Interaction(
        name="update",
        code=None,
        level=Level.TYPE,
        method="PUT",
        path=(TYPE,),
        writes=True,
        parameters=True,
        summary="Update the one resource that meets a condition, or create it",
    ),
    Interaction(
        name="patch",
        code="patch",
        level=Level.INSTANCE,
        method="PATCH",
        path=(TYPE, ID),
        writes=True,
        summary="Change parts of a resource",
    ),
    Interaction(
        name="patch",
        code=None,
        level=Level.TYPE,
        method="PATCH",
        path=(TYPE,),
        writes=True,
        parameters=True,
        summary="Change parts of the one resource that meets a condition",
    ),
    Interaction(
        name="delete",
        code="delete",
        level=Level.INSTANCE,
        method="DELETE",
        path=(TYPE, ID),
        writes=True,
        summary="Delete",
    ),
    Interaction(
        name="delete",
        code=None,
        level=Level.TYPE,
        method="DELETE",
        path=(TYPE,),
        writes=True,
        parameters=True,
        summary="Delete the one resource that meets a condition",
    ),
    Interaction(
        name="history",
        code="history-instance",
        level=Level.INSTANCE,
        method="GET",
        path=(TYPE, ID, "_history"),
        types=frozenset(STORED),
        parameters=True,
        summary="Read all versions",
    ),
    Interaction(
        name="history",
        code="history-type",
        level=Level.TYPE,
        method="GET",
        path=(TYPE, "_history"),
        types=frozenset(STORED),
        parameters=True,
        summary="Read all versions of all resources of the type",
    ),
    Interaction(
        name="history",
        code="history-system",
        level=Level.SYSTEM,
        method="GET",
        path=("_history",),
        parameters=True,
        summary="Read all versions of all resources",
    ),
    Interaction(
        name="search-all",
        code="search-system",
        level=Level.SYSTEM,
        method="GET",
        path=(),
        parameters=True,
        summary="Search several types",
    ),
    Interaction(
        name="search-all",
        code=None,
        level=Level.SYSTEM,
        method="POST",
        path=("_search",),
        parameters=True,
        summary="Search several types with the parameters in the body",
    ),
    *chain.from_iterable(_inside(member) for member in (EVERY_TYPE, *TYPES)),
    Interaction(
        name="vread",
        code="vread",
        level=Level.INSTANCE,
        method="GET",
        path=(TYPE, ID, "_history", VERSION),
        types=frozenset(STORED),
        parameters=True,
        summary="Read one version",
    ),
)


_BY_LENGTH: Mapping[int, Sequence[Interaction]] = MappingProxyType(
    {n: [row for row in INTERACTIONS if len(row.path) == n] for n in range(6)}
)


_WORDS = frozenset(TYPES) | {word for row in INTERACTIONS for word in row.path}
NOWHERE = ""
"""A word that fits no pattern."""


def offered_at(path: tuple[str, ...]) -> tuple[Interaction, ...]:
    """The rows that stand at an address, whatever the method."""
    return _offered(tuple(map(_shape, path)))


def _shape(segment: str) -> str:
    """Of addresses that differ by their ids the same; there are few others."""
    if segment in _WORDS:
        return segment
    return ID if _fits(ID, segment) else NOWHERE


@lru_cache(maxsize=1024)
def _offered(shape: tuple[str, ...]) -> tuple[Interaction, ...]:
    return tuple(row for row in _BY_LENGTH.get(len(shape), ()) if row.stands_at(shape))


def levels(level: Level) -> tuple[str, ...]:
    """The path of what an operation on that level is about."""
    return {Level.SYSTEM: (), Level.TYPE: (TYPE,), Level.INSTANCE: (TYPE, ID)}[level]


def fits(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether a path has a pattern's shape; an id begins with neither `_` nor `$`."""
    return len(pattern) == len(path) and all(map(_fits, pattern, path))


def _fits(wanted: str, segment: str) -> bool:
    if wanted == TYPE:
        return segment in TYPES
    if wanted in (ID, VERSION):
        return segment[:1] not in ("", "_", "$")
    return wanted == segment


def is_id(text: str) -> bool:
    return ID_FORMAT.fullmatch(text) is not None
