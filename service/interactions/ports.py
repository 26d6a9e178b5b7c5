"""The ports at which generic FHIR meets what the records are about; `main` hands them in."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol
from uuid import UUID

from service.errors import Issue
from service.fhir.given import Given
from service.fhir.resource import Changes, Derived, Identity, PatientKey, Record, Resource
from service.fhir.scopes import Verb
from service.fhir.search.query import Query
from service.fhir.search.value_sets import ValueSets, none_held
from service.interactions.table import Level


class Accept(Protocol):
    """What the domain says of a resource before it is stored.

    Issues of severity `error` refuse the write (422). Those of severity `warning` are stored and
    said; `Prefer: handling=strict` and `$validate` treat them as errors.
    """

    def __call__(self, resource: Resource) -> Sequence[Issue]: ...


class Admit(Protocol):
    """Why a search may not be answered; empty where it may."""

    def __call__(self, query: Query) -> Sequence[Issue]: ...


class Derivation(Protocol):
    """From the records of one patient to the resources that follow from them."""

    @property
    def fingerprint(self) -> str:
        """Of everything that decides what follows: another one, and it may be something else."""
        ...

    def facts(self, resource: Resource, before: bytes | None = None) -> bytes | None:
        """What the rules read of a resource, its id included; None where no rule reads it.

        `before` is what this gave for the version that `resource` replaces, where that belonged to
        the same patient; None for a first version, and after a delete.
        """
        ...

    def of(self, tenant: UUID) -> "Derivation":
        """The same for the records of another tenant: ids of what is derived are a tenant's own."""
        ...

    def derive(self, patient: PatientKey, records: Sequence[Record]) -> Sequence[Derived]:
        """All resources that follow; pure, whatever the order of `records`."""
        ...

    def changes(
        self,
        patient: PatientKey,
        records: Sequence[Record],
        before: Mapping[Identity, bytes | None],
    ) -> Changes | None:
        """The part of `derive` that may differ from what followed when the records in `before` had
        those facts, None where they were not there; None where anything may differ."""
        ...


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation, `$name`: where it is offered, and what it takes."""

    name: str
    definition: str
    """Canonical of its OperationDefinition."""
    documentation: str
    levels: tuple[Level, ...]
    types: tuple[str, ...] | None = None
    """Resource types it is offered for; None for all."""
    methods: tuple[str, ...] = ("GET", "POST")
    parameters: tuple[str, ...] = ()
    """Names of what it may be told."""
    verbs: tuple[Verb, ...] = (Verb.SEARCH,)
    """What a token has to allow of the type in its path: any of these."""


class Reads(Enum):
    """What an operation is computed from, beside its parameters."""

    INSTANCE = "instance"
    """The resource in its path, if there is one."""
    PATIENT = "patient"
    """The records of the patient in its path, and the resources it needs."""


@dataclass(frozen=True, kw_only=True)
class OperationInput:
    """What an operation is computed from."""

    tenant: UUID
    """Whose records they are."""
    type: str | None
    """The resource type in the path; None for the whole system."""
    instance: Resource | None
    """The resource in the path, as it stands."""
    patient: PatientKey | None
    records: Sequence[Record]
    resources: Sequence[Resource]
    """Those that its parameters name, as far as they stand."""
    base_url: str
    parameters: Given
    seen: Collection[Identity] | None = None
    """What of the patient's record and of what is derived from it the caller sees, of the record no
    more than it needs where it `compares`; None: all."""
    bodies: Mapping[Identity, bytes]
    """Of the resources it `needs`, as far as they stand and the caller sees them; and of what is
    derived, where it `compares`."""
    digests: Mapping[Identity, bytes]
    """Of what is derived from the patient's record as it stands; see `fhir.resource.Derived`."""


@dataclass(frozen=True, kw_only=True)
class PureOperation(Operation):
    """An operation that is a pure function of what it reads."""

    reads: Reads = Reads.INSTANCE
    needs: Callable[[Sequence[Record]], Sequence[Identity]] = lambda _: ()
    """Of a patient's records: the resources whose bodies it takes from the store."""
    compares: bool = False
    """Whether it takes what was derived before from the store, where that is still the same."""
    names: Callable[[Given], Sequence[str]] = lambda _: ()
    """Of its parameters: references of stored resources that it takes, and canonicals of those that
    are of the type in the path."""
    run: Callable[[OperationInput], Resource | bytes]
    """The answer, or its JSON where that is made of what is stored."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Everything that main hands to the interactions."""

    accept: Accept
    admit: Admit
    derivation: Derivation
    packaged: tuple[Resource, ...]
    """Resources that ship with the service, read-only, each with its `id`."""
    operations: tuple[PureOperation, ...]
    value_sets: ValueSets = none_held
    """The codes of value sets that searches may name."""
