"""What a resource is here: FHIR JSON as a read-only mapping, and the few facts a server adds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType

Resource = Mapping[str, Any]
"""FHIR JSON. Numbers with a fraction or exponent are `exact_json.ExactDecimal`."""

PatientKey = NewType("PatientKey", str)
"""Whose record a resource belongs to: the id of a Patient here, or the absolute URL or
`identifier` of one kept elsewhere (see `compartments.patient_of`)."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Where a resource stands: `[type]/[id]`."""

    type: str
    id: str

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of a resource as remembered; `body` is None for the version a delete made."""

    identity: Identity
    number: int
    last_updated: datetime
    body: bytes | None
    """The whole resource as JSON text, id and meta included."""
    derived: bool = False
    """Written by the rule engine; clients can read it but not write it."""
    patient: PatientKey | None = None
    """Whose record it is in, where it is in one."""

    @property
    def deleted(self) -> bool:
        return self.body is None

    @property
    def etag(self) -> str:
        """http://hl7.org/fhir/R4/http.html#versioning"""
        return f'W/"{self.number}"'


@dataclass(frozen=True, kw_only=True)
class Change:
    """A version and how it came to be, as history tells it."""

    version: Version
    method: str | None = None
    """The HTTP verb; None where it was not kept, and for a deletion."""
    created: bool = False
    """Nothing stood there before."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """What one stored resource tells the derivation, in the derivation's own compact form."""

    identity: Identity
    facts: bytes


@dataclass(frozen=True, kw_only=True)
class Derived:
    """A resource that follows from a patient's records.

    `digest` changes exactly when the content does, so a resource is built only when it differs
    from what is stored under `identity`.
    """

    identity: Identity
    digest: bytes
    build: Callable[[], Resource]


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a write bears on, where that is not everything of the patient."""

    derived: tuple[Derived, ...]
    """What follows now of what it bears on; some may be as it was."""
    gone: frozenset[Identity]
    """What followed before and does not any more."""
