"""The composition root: settings in, a web application out."""

import logging
import sys
import tomllib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from service import __version__
from service.api.application import Application
from service.api.application import application as web_application
from service.api.description import RESULT, document
from service.clinical import curve_library, low_mood, population, reading
from service.clinical.acceptance import Acceptance
from service.clinical.catalogue import Catalogue, adjusted, build, catalogue
from service.clinical.choices import SAME_DAY, Choices
from service.clinical.curves import NO_CURVES, Curve, Curves, gathered, preferred, read
from service.clinical.definitions import Figure, Refused, Source, Standing
from service.clinical.derive import Derivation
from service.clinical.instruments import srs
from service.clinical.package import shipped
from service.clinical.site_instruments import InstrumentFile, added
from service.clinical.site_options import decided
from service.clinical.terminology import vocabulary
from service.fhir.access import Access
from service.fhir.body import parse
from service.fhir.capability import Software
from service.fhir.resource import Identity
from service.fhir.search.includes import READERS as INCLUDES
from service.fhir.search.parameters import TABLE
from service.fhir.search.results import READERS as RESULT_PARAMETERS
from service.fhir.types import TYPES
from service.interactions.context import Site
from service.interactions.operations import GENERIC
from service.interactions.package import install
from service.interactions.ports import Ports
from service.interactions.reindex import bring_up_to_date
from service.operations import operations
from service.settings import Settings
from service.store import migration, store
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.neighbour import shared

FHIR_PATH = "/fhir"
SOFTWARE = "Attune"
PURPOSE = "Psychotherapy outcome tracking as a FHIR R4 service"


def base_url(settings: Settings) -> str:
    """Where clients find this site, for commands that do not listen themselves."""
    return (settings.public_url or f"http://{settings.host}:{settings.port}{FHIR_PATH}").rstrip("/")


@contextmanager
def postgres(settings: Settings, *, beside: bool = False) -> Iterator[str]:
    """The address of the database: the one configured, else an embedded one for as long as this
    is open; `beside` a server, that of the server."""
    if settings.database_url is not None:
        yield settings.database_url
    elif beside:
        with shared(settings.data_dir) as dsn:
            yield dsn
    else:
        with Cluster(settings.data_dir) as cluster:
            yield cluster.dsn


@asynccontextmanager
async def opened(
    settings: Settings, dsn: str, base_url: str, *, with_curves: bool = True
) -> AsyncIterator[Site]:
    """The site on a migrated database, with the resources that ship with it.

    Without curves for who makes them anew: those that stand need not be usable then.
    """
    database = await Database.open(
        dsn,
        size=settings.pool_size,
        statement_timeout_ms=int(settings.statement_timeout_seconds * 1000),
        prepared=settings.prepared_statements,
    )
    try:
        await database.ensure_tenant(Access().tenant)
        site = Site(
            database=database,
            ports=ports(
                settings,
                base_url,
                await known_curves(settings, database) if with_curves else NO_CURVES,
            ),
            base_url=base_url,
            software=Software(
                name=SOFTWARE, version=__version__, description=PURPOSE, url=base_url
            ),
            zone=settings.time_zone,
            now=partial(datetime.now, UTC),
            reference_integrity=settings.reference_integrity,
            body_limit=settings.body_limit_bytes,
            bundle_limit=settings.bundle_limit_entries,
            load_limit=settings.load_limit_entries,
        )
        await bring_up_to_date(site, Access())
        await install(site, Access())
        yield site
    finally:
        await database.close()


async def known_curves(settings: Settings, database: Database) -> Curves:
    """The curves of the site's files and of the Libraries that `calibrate` wrote."""
    scales = {scale: definition for scale, (_, definition) in instruments(settings).scales.items()}
    places = [Identity(type="Library", id=curve_library.place(scale)) for scale in scales]
    async with database.reading(Access()) as tx:
        found = await store.read_many(tx, places)
    calibrated = [
        curve
        for version in found
        if version.body is not None
        for curve in curve_library.curves_of(parse(version.body), scales)
    ]
    return preferred(curves_of_files(settings), calibrated)


def curves_of_files(settings: Settings) -> tuple[Curve, ...]:
    """The curves of the site's files; `Refused` names the file and the field."""
    folder = settings.curves_dir
    if folder is None:
        return ()
    scales = {scale: definition for scale, (_, definition) in instruments(settings).scales.items()}
    files = dict[str, tuple[Curve, ...]]()
    for path, text in _texts("ATTUNE_CURVES_DIR", folder):
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise Refused(f"{path}: is not TOML: {error}.") from None
        files[path.name] = read(document, path.name, scales)
    if not files:
        raise Refused(f"ATTUNE_CURVES_DIR: {folder} holds no file that ends in .toml.")
    return gathered(files)


def engine(settings: Settings, base: str, curves: Curves = NO_CURVES) -> Derivation:
    """The rules, as this site has decided them."""
    known = instruments(settings)
    return Derivation(
        tenant=Access().tenant,
        catalogue=known,
        read=partial(reading.facts, zone=settings.time_zone, base_url=base, known=known),
        gap_days=settings.course_gap_days,
        choices=Choices(
            optional=frozenset({low_mood.RULE} if settings.low_mood_flag else ()),
            early_sessions=settings.early_response_sessions,
            contact_days=settings.safety_contact_days or SAME_DAY,
        ),
        curves=curves,
        read_by=(settings.zone, settings.public_url or ""),
    )


def ports(settings: Settings, base: str, curves: Curves = NO_CURVES) -> Ports:
    """Therapy, joined to generic FHIR."""
    clock = partial(datetime.now, UTC)
    derivation = engine(settings, base, curves)
    known = derivation.catalogue
    terms = vocabulary(known)
    packaged = tuple(r for r in shipped(__version__, known) if r["resourceType"] in TYPES)
    return Ports(
        accept=Acceptance(zone=settings.time_zone, now=clock, catalogue=known),
        admit=partial(population.refusals, known=known),
        derivation=derivation,
        packaged=packaged,
        value_sets=terms.codes_of,
        operations=operations(derivation, terms, clock),
    )


def instruments(settings: Settings) -> Catalogue:
    """Ours as the site decided, and the site's; `Refused` where one of those is wrong."""
    ours = tuple(decided(catalogue().instruments, srs_ask=settings.srs_ask))
    folder = settings.instruments_dir
    if folder is not None:
        files = _texts("ATTUNE_INSTRUMENTS_DIR", folder)
        ours = added((InstrumentFile(name=str(file), text=text) for file, text in files), ours)
    return adjusted(build(ours), site_numbers(settings))


def _texts(setting: str, folder: Path) -> Iterator[tuple[Path, str]]:
    """Every `*.toml` in the folder that a setting names, in the order of their names."""
    try:
        for file in sorted(folder.iterdir()):
            if file.suffix == ".toml":
                yield file, file.read_text(encoding="utf-8")
    except OSError as error:
        raise Refused(f"{setting}: {error.filename} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Refused(f"{file}: is not TOML: it is not written in UTF-8.") from None


def site_numbers(settings: Settings) -> Mapping[str, Mapping[str, Figure]]:
    """What a site sets of single scales, each number with its source."""
    numbers: dict[str, dict[str, Figure]] = defaultdict(dict)
    for scale, measured in settings.session_sd.items():
        source = Source(citation=measured.source, standing=Standing.DECIDED)
        numbers[scale]["session_sd"] = Figure(value=measured.value, source=source)
    if settings.srs_below_last:
        numbers["srs"]["ask_drop"] = srs.BELOW_LAST
    return numbers


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
    )
