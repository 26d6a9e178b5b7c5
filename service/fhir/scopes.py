"""SMART scopes: who may do what with which resources.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html. A scope of version 1
says `read`, `write` or `*`; one of version 2 some of the letters c, r, u, d, s in this order, and
may add search criteria that its resources have to meet. What is not a scope of resources, such as
`openid` or `launch`, and what cannot be read, grants nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote_plus, urlencode

LONGEST = 2_000
"""Characters of one scope; a longer one grants nothing."""
SCOPE = re.compile(
    r"(?P<who>patient|user|system)/(?P<type>\*|[A-Z][A-Za-z]{0,63})"
    r"\.(?:(?P<first>read|write|\*)|(?P<second>(?=[cruds])c?r?u?d?s?)(?:\?(?P<criteria>\S+))?)"
)
EVERY_TYPE = "*"


class Verb(StrEnum):
    """What is done with a resource."""

    CREATE = "c"
    READ = "r"
    """Also earlier versions, and the history of one resource."""
    UPDATE = "u"
    DELETE = "d"
    SEARCH = "s"
    """Also the history of a type and of the system, and what is computed over several resources."""


FIRST_VERSION = {"read": "rs", "write": "cud", "*": "cruds"}


class Who(StrEnum):
    """Whose resources a scope is about."""

    PATIENT = "patient"
    """Those of the patient in the token's launch context."""
    USER = "user"
    SYSTEM = "system"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One scope of resources."""

    who: Who
    type: str
    """A resource type, or `*`."""
    verbs: frozenset[Verb]
    criteria: tuple[tuple[str, str], ...] = ()
    """Search parameters that a resource has to meet, all of them."""

    def __str__(self) -> str:
        """The same for scopes that grant the same."""
        letters = "".join(verb for verb in Verb if verb in self.verbs)
        return f"{self.who}/{self.type}.{letters}?{urlencode(sorted(self.criteria))}"

    def is_about(self, type_name: str, verb: Verb) -> bool:
        return self.type in (EVERY_TYPE, type_name) and verb in self.verbs


def scopes(texts: Iterable[str]) -> tuple[Scope, ...]:
    """What a token's scopes grant, each once; those that grant nothing here are left out."""
    found = (_scope(text) for text in texts)
    return tuple(dict.fromkeys(scope for scope in found if scope is not None))


def _scope(text: str) -> Scope | None:
    match = SCOPE.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        return None
    criteria = _criteria(match["criteria"]) if match["criteria"] is not None else ()
    if criteria is None:
        return None
    letters = FIRST_VERSION[match["first"]] if match["first"] else match["second"]
    return Scope(
        who=Who(match["who"]),
        type=match["type"],
        verbs=frozenset(map(Verb, letters)),
        criteria=criteria,
    )


def _criteria(text: str) -> tuple[tuple[str, str], ...] | None:
    """The pairs of a query string; None where one of them has no name or no value."""
    pairs = [pair.partition("=") for pair in text.split("&")]
    if not all(name and value for name, _, value in pairs):
        return None
    return tuple((unquote_plus(name), unquote_plus(value)) for name, _, value in pairs)
