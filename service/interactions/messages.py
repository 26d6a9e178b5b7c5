"""What goes in and what comes out of an interaction, whether it came by HTTP or in a Bundle."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from msgspec import Struct

from service.errors import BadRequest, Issue
from service.fhir.guard import parse_resource
from service.fhir.resource import Identity, PatientKey, Resource, Version

USUAL = 200
"""Characters of a Prefer header that is remembered."""


class Return(StrEnum):
    """http://hl7.org/fhir/R4/http.html#ops"""

    MINIMAL = "minimal"
    REPRESENTATION = "representation"
    OUTCOME = "OperationOutcome"


@dataclass(frozen=True, kw_only=True)
class Preference:
    """The `Prefer` header: what a write answers with, and how strict the server is."""

    answer: Return | None = None
    """None: a body where the client sent a request of its own, nothing in a Bundle's entry."""
    strict: bool = False
    """`handling=strict` was asked for: what is otherwise only said becomes a refusal."""
    lenient: bool = False
    """`handling=lenient` was asked for: what is not understood is passed over and said."""


def preference(header: str) -> Preference:
    """What a Prefer header asks for; every entry of a Bundle is asked with the Bundle's own."""
    return _preference(header) if len(header) <= USUAL else _preference.__wrapped__(header)


@lru_cache(maxsize=64)
def _preference(header: str) -> Preference:
    """Parts of a Prefer header that are not known are ignored, as RFC 7240 asks."""
    wishes = dict[str, str]()
    for part in header.replace(";", ",").split(","):
        name, _, value = part.strip().partition("=")
        wishes.setdefault(name.strip().lower(), value.strip().strip('"'))
    answer = wishes.get("return", "")
    return Preference(
        answer=Return(answer) if answer in set(Return) else None,
        strict=wishes.get("handling") == "strict",
        lenient=wishes.get("handling") == "lenient",
    )


class Request(Struct, frozen=True, kw_only=True):
    """A FHIR request below the base URL; header names are in lower case."""

    method: str
    path: tuple[str, ...]
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes | Resource | None = None
    """Bytes as sent, or the resource of a Bundle's entry, already parsed."""

    @property
    def prefer(self) -> Preference:
        return preference(self.headers.get("prefer", ""))

    def resource(self) -> Resource:
        """The body as a resource. Raises `BadRequest` where there is none or it is no JSON."""
        if self.body is None or self.body == b"":
            raise BadRequest(f"{self.method} needs a resource as its body.")
        return parse_resource(self.body) if isinstance(self.body, bytes) else self.body


class Response(Struct, frozen=True, kw_only=True):
    """What an interaction answers; a door or a Bundle renders it."""

    status: int
    body: bytes | None = None
    version: Version | None = None
    """The version that the answer is about: gives ETag and Last-Modified."""
    location: str | None = None
    """Relative to the base URL."""
    issues: tuple[Issue, ...] = ()
    """What is to be said of a write that was accepted."""
    told: tuple[Version, ...] | None = None
    """The resources of a Bundle that answers, for the audit; None where it is about one at most."""
    about: Identity | None = None
    """What was done something to, where no version of it is answered."""
    patients: tuple[PatientKey, ...] = ()
    """Whose records it holds besides, for the audit."""
