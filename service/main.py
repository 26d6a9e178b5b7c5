"""The composition root: settings in, a web application out."""

import logging
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from service import __version__, therapy
from service import tenants as tenant_settings
from service.api.application import Application
from service.api.application import application as web_application
from service.api.auth.authenticator import Authenticator
from service.api.auth.issuers import Issuer, tenants_of
from service.api.auth.issuers_file import IssuersFile
from service.api.description import RESULT, document
from service.api.quota import Quota
from service.api.smart import security
from service.clinical import population
from service.clinical.acceptance import Acceptance
from service.clinical.outlines import Outlines
from service.clinical.package import shipped
from service.clinical.settling import Settling
from service.clinical.terminology import vocabulary
from service.fhir.access import LOCAL_TENANT
from service.fhir.capability import Software
from service.fhir.search.includes import READERS as INCLUDES
from service.fhir.search.parameters import TABLE
from service.fhir.search.results import READERS as RESULT_PARAMETERS
from service.fhir.types import TYPES
from service.interactions import creations, reads
from service.interactions.context import Site
from service.interactions.operations import GENERIC
from service.interactions.package import install
from service.interactions.ports import Ports
from service.interactions.reindex import bring_up_to_date
from service.operations import operations
from service.outbound.client import Outbound
from service.settings import Settings
from service.store import migration
from service.store.account import ClusterUnusable
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.neighbour import shared
from service.store.roles import Addresses, unbound
from service.store.trail import Trail

log = structlog.get_logger()

FHIR_PATH = "/fhir"
SOFTWARE = "Attune"
PURPOSE = "Psychotherapy outcome tracking as a FHIR R4 service"
CONNECTIONS_BESIDE = 49
"""To the embedded PostgreSQL, for the commands that run beside a server and for maintenance."""
MOST_CONNECTIONS = 1000
"""Each takes memory of PostgreSQL's, in use or not."""


def base_url(settings: Settings) -> str:
    """Where clients find this site, for commands that do not listen themselves."""
    return (settings.public_url or f"http://{settings.host}:{settings.port}{FHIR_PATH}").rstrip("/")


def needs_cluster(settings: Settings) -> bool:
    """Whether the embedded PostgreSQL has yet to be made."""
    return settings.database_url is None and Cluster(settings.data_dir).is_new


@contextmanager
def postgres(settings: Settings, *, beside: bool = False) -> Iterator[Addresses]:
    """Where the database is: the one configured, else an embedded one for as long as this is
    open; `beside` a server, that of the server."""
    if settings.database_url is not None:
        owner = settings.migration_url or settings.database_url
        yield Addresses(service=settings.database_url, owner=owner)
    elif beside:
        with shared(settings.data_dir) as found:
            yield found
    else:
        with Cluster(settings.data_dir, {"max_connections": str(connections(settings))}) as cluster:
            yield cluster.addresses


def connections(settings: Settings) -> int:
    """How many the embedded PostgreSQL has to take. Raises `ClusterUnusable` for too many."""
    needed = settings.workers * (settings.pool_size + 1) + CONNECTIONS_BESIDE
    if needed > MOST_CONNECTIONS:
        raise ClusterUnusable(
            f"{settings.workers} processes with {settings.pool_size} connections and one more each "
            f"ask for {needed} of the embedded PostgreSQL, which takes {MOST_CONNECTIONS}: lower "
            "ATTUNE_WORKERS or ATTUNE_POOL_SIZE, or set ATTUNE_DATABASE_URL."
        )
    return needed


def tenants(settings: Settings) -> tuple[UUID, ...]:
    """Whose records are kept here."""
    return tenants_of(issuers(settings)) or (LOCAL_TENANT,)


@asynccontextmanager
async def opened(
    settings: Settings, dsn: str, base_url: str, *, with_curves: bool = True
) -> AsyncIterator[Site]:
    """The site on a migrated database, with the resources that ship with it.

    Without curves for who makes them anew: those that stand need not be usable then.
    """
    async with joined(settings, dsn, base_url, with_curves=with_curves) as site:
        for own, access in site.everyone():
            await site.database.ensure_tenant(access.tenant)
            await bring_up_to_date(own, access)
            await install(own, access)
        yield site


@asynccontextmanager
async def joined(
    settings: Settings, dsn: str, base_url: str, *, with_curves: bool = True
) -> AsyncIterator[Site]:
    """The same on a database that another process of this server has made ready."""
    trusted = issuers(settings)
    served = tenants(settings)
    decided = own_settings(settings)
    database = await Database.open(
        dsn,
        size=settings.pool_size,
        statement_timeout_ms=int(settings.statement_timeout_seconds * 1000),
        prepared=settings.prepared_statements,
    )
    try:
        await _refuse_bypassing(database, served)
        curves = {
            tenant: await therapy.known_curves(decided.get(tenant, settings), database, tenant)
            for tenant in (served if with_curves else ())
        }
        site = Site(
            database=database,
            trail=Trail(database),
            creations=creations.gathering(),
            settling=creations.settling(),
            reads=reads.gathering(),
            ports=ports(settings, base_url, curves),
            base_url=base_url,
            software=Software(
                name=SOFTWARE, version=__version__, description=PURPOSE, url=base_url
            ),
            zone=settings.time_zone,
            now=partial(datetime.now, UTC),
            tenants=served,
            security=security(trusted),
            reference_integrity=settings.reference_integrity,
            body_limit=settings.body_limit_bytes,
            bundle_limit=settings.bundle_limit_entries,
            load_limit=settings.load_limit_entries,
            audit_retention_days=settings.audit_retention_days,
        )
        yield replace(
            site, own={tenant: _own(site, given, curves) for tenant, given in decided.items()}
        )
    finally:
        await database.close()


async def _refuse_bypassing(database: Database, served: Sequence[UUID]) -> None:
    role = await database.bypassing()
    if role is not None and len(served) > 1:
        raise unbound(role)
    if role is not None:
        log.warning("database.unbound", role=role)


def own_settings(settings: Settings) -> Mapping[UUID, Settings]:
    """Of the tenants that decided something otherwise."""
    return tenant_settings.decided(settings, tenants(settings))


def _own(site: Site, settings: Settings, curves: therapy.TenantCurves) -> Site:
    """The site as a tenant with settings of its own sees it."""
    return replace(
        site,
        ports=ports(settings, site.base_url, curves),
        zone=settings.time_zone,
        reference_integrity=settings.reference_integrity,
        audit_retention_days=settings.audit_retention_days,
    )


def issuers(settings: Settings) -> tuple[Issuer, ...]:
    """Whose tokens are believed; none where nobody is asked who they are.

    Raises `IssuersUnusable`.
    """
    if settings.issuers is None:
        return ()
    return IssuersFile(path=settings.issuers, outbound=outbound(settings)).read()


def outbound(settings: Settings) -> Outbound:
    """How issuers are called."""
    return Outbound(
        allow_loopback=settings.allow_loopback_outbound, networks=settings.issuer_networks
    )


def authenticator(settings: Settings, site: Site) -> Authenticator | None:
    """Who finds out who is asking; None where nobody is asked."""
    trusted = issuers(settings)
    if not trusted:
        return None
    return Authenticator(
        issuers=trusted,
        outbound=outbound(settings),
        zone=lambda tenant: site.of(tenant).zone,
        base_url=site.base_url,
        now=time.time,
        elapsed=time.monotonic,
    )


def ports(settings: Settings, base: str, curves: therapy.TenantCurves = therapy.NOWHERE) -> Ports:
    """Therapy, joined to generic FHIR."""
    clock = partial(datetime.now, UTC)
    derivation = therapy.engine(settings, base, curves)
    outlines, known = Outlines(derivation), derivation.catalogue
    terms = vocabulary(known)
    packaged = tuple(r for r in shipped(__version__, known) if r["resourceType"] in TYPES)
    return Ports(
        accept=Acceptance(zone=settings.time_zone, now=clock, catalogue=known),
        admit=partial(population.refusals, known=known),
        derivation=Settling(outlines=outlines, tenant=derivation.tenant),
        packaged=packaged,
        value_sets=terms.codes_of,
        operations=operations(outlines, terms, clock),
    )


def description(given: Ports) -> dict[str, Any]:
    """The OpenAPI document."""
    parameters = {
        type_name: [
            *((p.name, p.kind.value) for p in of_type.values()),
            *((name, RESULT) for name in (*RESULT_PARAMETERS, *INCLUDES)),
        ]
        for type_name, of_type in TABLE.items()
    }
    operations = [*(row.operation for row in GENERIC), *given.operations]
    return document(parameters, operations, FHIR_PATH)


def configure_log(level: str) -> None:
    """One JSON line per event on standard error; ids and codes only, never content."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(file=sys.stderr),
    )


def application(settings: Settings, site: Site) -> Application:
    """The web application of a site."""
    return web_application(
        site,
        described=description(site.ports),
        prefix=FHIR_PATH,
        body_limit=settings.body_limit_bytes,
        revision=migration.HEAD,
        authenticator=authenticator(settings, site),
        origins=settings.cors_origins,
        quota=Quota(
            per_second=settings.requests_per_second,
            burst=settings.requests_at_once,
            elapsed=time.monotonic,
        ),
    )
