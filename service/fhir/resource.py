"""What a resource is here: FHIR JSON as a read-only mapping, and the few facts a server adds.

They are Structs: a page or a record has thousands, and a frozen dataclass takes four times as long
to make.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NewType

from msgspec import Struct

Resource = Mapping[str, Any]
"""FHIR JSON. Numbers with a fraction or exponent are `exact_json.ExactDecimal`."""

PatientKey = NewType("PatientKey", str)
"""Whose record a resource belongs to: the id of a Patient here, or the absolute URL or
`identifier` of one kept elsewhere (see `compartments.patient_of`)."""


class Identity(Struct, frozen=True, kw_only=True, cache_hash=True, gc=False):
    """Where a resource stands: `[type]/[id]`."""

    type: str
    id: str

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"


class Version(Struct, frozen=True, kw_only=True):
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


class Change(Struct, frozen=True, kw_only=True):
    """A version and how it came to be, as history tells it."""

    version: Version
    method: str | None = None
    """The HTTP verb; None where it was not kept, and for a deletion."""
    created: bool = False
    """Nothing stood there before."""


class Record(Struct, frozen=True, kw_only=True):
    """What one stored resource tells the derivation, in the derivation's own compact form."""

    identity: Identity
    facts: bytes


class Derived(Struct, frozen=True, kw_only=True):
    """A resource that follows from a patient's records.

    `digest` changes exactly when the content does, so a resource is built only when it differs
    from what is stored under `identity`.
    """

    identity: Identity
    digest: bytes
    build: Callable[[], Resource]


class Changes(Struct, frozen=True, kw_only=True):
    """What a write bears on, where that is not everything of the patient."""

    derived: tuple[Derived, ...]
    """What follows now of what it bears on; some may be as it was."""
    gone: frozenset[Identity]
    """What followed before and does not any more."""
