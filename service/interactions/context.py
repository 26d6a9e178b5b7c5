"""Where an interaction runs: the site it belongs to and the transaction it is part of."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any
from uuid import UUID

from service.fhir.access import LOCAL_TENANT, Access
from service.fhir.capability import Security, Software
from service.fhir.resource import Version
from service.interactions.messages import Request, Response
from service.interactions.ports import Ports
from service.store.database import Database, Transaction
from service.store.together import Together
from service.store.trail import Trail


@dataclass(frozen=True, kw_only=True)
class Site:
    """What is the same for every request."""

    database: Database
    trail: Trail
    """Where reads are written down."""
    creations: Together[Any, Any, Response]
    """Where creates meet that settle nobody; see `creations`."""
    settling: Together[Any, Any, Response]
    """Where those of one patient meet that settle it."""
    reads: Together[Any, Any, Version | None]
    """Where reads meet; see `reads`."""
    ports: Ports
    base_url: str
    """Base of every link, without a slash at the end."""
    software: Software
    """What the server says of itself."""
    zone: tzinfo
    """Dates without an offset are read in it."""
    now: Callable[[], datetime]
    """The clock, with a zone."""
    tenants: tuple[UUID, ...] = (LOCAL_TENANT,)
    """Whose records are kept here."""
    own: "Mapping[UUID, Site]" = field(default_factory=lambda: MappingProxyType({}))
    """The site as tenants see it that decided something otherwise; see `of`."""
    audit_retention_days: int | None = None
    """Days after which rows of the audit may go; None: they are kept for good."""
    security: Security | None = None
    """How requests are authorised; None where nobody is asked who they are."""
    reference_integrity: bool = True
    body_limit: int = 10 * 2**20
    """Bytes of a resource at the most, however it came to be."""
    bundle_limit: int = 1000
    """Most entries of a transaction or batch."""
    load_limit: int = 5000
    """The same under `Prefer: handling=lenient`, which loaders of whole histories ask for."""

    def of(self, tenant: UUID) -> "Site":
        """The site as a tenant sees it."""
        return self.own.get(tenant, self)

    def everyone(self) -> "Iterator[tuple[Site, Access]]":
        """Every tenant's site, and access to all of its records."""
        for tenant in self.tenants:
            yield self.of(tenant), Access(tenant=tenant)


@dataclass(frozen=True, kw_only=True)
class Context:
    """One transaction of one caller."""

    site: Site
    tx: Transaction


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """How a Bundle's entries find their interactions; `dispatch` hands itself in."""

    choose: Callable[[Site, Request], str]
    """The name of the interaction that a request asks for."""
    permitted: Callable[[Site, Access, str, Request], None]
    """Raises `Forbidden` where the caller may not ask the interaction of that name."""
    alone: Callable[[Site, Access, Request], Awaitable[Response]]
    """Answer in a transaction of its own."""
    within: Callable[[Context, Request], Awaitable[Response]]
    """Answer as part of a transaction that is open."""
