"""What a site decides of therapy by its settings and files: instruments, numbers, curves, rules."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

from service.clinical import curve_library, low_mood, reading
from service.clinical.catalogue import Catalogue, adjusted, build, catalogue
from service.clinical.choices import SAME_DAY, Choices
from service.clinical.curves import NO_CURVES, Curve, Curves, gathered, preferred, read
from service.clinical.definitions import Figure, Refused, Source, Standing
from service.clinical.derive import Derivation
from service.clinical.instruments import srs
from service.clinical.site_instruments import InstrumentFile, added
from service.clinical.site_options import decided
from service.fhir.access import LOCAL_TENANT, Access
from service.fhir.body import parse
from service.fhir.resource import Identity
from service.settings import Settings
from service.store import store
from service.store.database import Database

TenantCurves = Mapping[UUID, Curves]
NOWHERE: TenantCurves = MappingProxyType({})
"""No tenant has curves."""


async def known_curves(settings: Settings, database: Database, tenant: UUID) -> Curves:
    """The curves of the site's files and of the Libraries that `calibrate` wrote for a tenant."""
    scales = {scale: definition for scale, (_, definition) in instruments(settings).scales.items()}
    places = [Identity(type="Library", id=curve_library.place(scale)) for scale in scales]
    async with database.reading(Access(tenant=tenant)) as tx:
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


def engine(settings: Settings, base: str, curves: TenantCurves = NOWHERE) -> Derivation:
    """The rules, as this site has decided them, for the tenant `local`; see `Derivation.of`."""
    known = instruments(settings)
    return Derivation(
        tenant=LOCAL_TENANT,
        catalogue=known,
        read=partial(reading.facts, zone=settings.time_zone, base_url=base, known=known),
        gap_days=settings.course_gap_days,
        choices=Choices(
            optional=frozenset({low_mood.RULE} if settings.low_mood_flag else ()),
            early_sessions=settings.early_response_sessions,
            contact_days=settings.safety_contact_days or SAME_DAY,
        ),
        curves=curves.get(LOCAL_TENANT, NO_CURVES),
        curves_of=curves,
        read_by=(settings.zone, settings.public_url or ""),
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
