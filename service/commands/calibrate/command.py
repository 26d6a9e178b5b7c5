"""`python -m service calibrate`: expected courses from the site's own ended ones."""

import argparse
import asyncio
import sys
from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

import msgspec

from service import main, therapy
from service.clinical import curve_library
from service.clinical.calibration import Row, calibrated
from service.clinical.catalogue import catalogue
from service.clinical.curves import Curve, expectable
from service.clinical.definitions import Refused, Scale
from service.commands import Command, CommandError
from service.commands.calibrate.courses import ended_courses
from service.commands.calibrate.table import table
from service.fhir.access import Access
from service.fhir.body import parse
from service.fhir.resource import Identity, Resource
from service.interactions.context import Site
from service.interactions.package import keep
from service.psychometrics.growth_curve import LEAST_COURSES
from service.settings import Settings
from service.store import migration, store
from service.store.roles import Addresses

AFTERWARDS = (
    "Servers read curves when they start: restart them, then run `python -m service rederive`."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scale",
        action="append",
        metavar="ID",
        help="a scale to fit, such as phq-9; may be given several times, default all",
    )
    parser.add_argument(
        "--least",
        type=_least,
        default=LEAST_COURSES,
        metavar="N",
        help=f"ended courses that a band needs, {LEAST_COURSES} or more, default {LEAST_COURSES}",
    )
    parser.add_argument(
        "--tenant", type=UUID, help="whose courses; needed where a site has several tenants"
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing")


def calibrate(given: argparse.Namespace, settings: Settings) -> int:
    """Fit every band that has enough ended courses, and keep the curves as Libraries."""
    scales = _scales(given.scale)
    filed = {curve.scale for curve in therapy.curves_of_files(settings)}
    with main.postgres(settings, beside=True) as at:
        rows, libraries = asyncio.run(_calibrate(settings, at, scales, given))
    print("\n".join(table(rows)))
    if not any(row.curve for row in rows):
        print("No curve could be fitted.", file=sys.stderr)
        return 1
    print("\n".join(_told(libraries, filed, dry=given.dry_run)))
    return 0


async def _calibrate(
    settings: Settings, at: Addresses, scales: Sequence[Scale], given: argparse.Namespace
) -> tuple[list[Row], list[Resource]]:
    await migration.upgrade(at)
    base = main.base_url(settings)
    async with main.opened(settings, at.service, base, with_curves=False) as site:
        access = Access(tenant=_tenant(site, given.tenant))
        site = site.of(access.tenant)
        decided = main.own_settings(settings).get(access.tenant, settings)
        rules = therapy.engine(decided, base)
        courses = await ended_courses(site, access, rules, decided.course_gap_days)
        print(f"{len(courses)} ended courses.", file=sys.stderr, flush=True)
        rows, libraries = list[Row](), list[Resource]()
        for scale in scales:
            standing = await _standing(site, access, scale)
            version = _following(standing)
            found = calibrated(courses, scale, version=version, least=given.least)
            rows += found
            curves = [row.curve for row in found if row.curve]
            if curves and not _same(curves, standing, scale):
                made = site.now().astimezone(site.zone).date()
                libraries.append(curve_library.library(curves, scale, made=made))
        if not given.dry_run:
            await keep(site, access, libraries)
    return rows, libraries


def _tenant(site: Site, named: UUID | None) -> UUID:
    """Raises `CommandError` where it is not clear, or there is none such."""
    if named is None and len(site.tenants) > 1:
        raise CommandError("The site has several tenants: say which with --tenant.")
    if named is not None and named not in site.tenants:
        raise CommandError(f"The site has no tenant {named}.")
    return named or site.tenants[0]


async def _standing(site: Site, access: Access, scale: Scale) -> Resource | None:
    """The Library that the last calibration left."""
    place = Identity(type="Library", id=curve_library.place(scale.id))
    async with site.database.reading(access) as tx:
        version = await store.read(tx, place)
    return None if version is None or version.body is None else parse(version.body)


def _following(standing: Resource | None) -> str:
    version = str(standing["version"]) if standing else "0"
    return str(int(version) + 1)


def _same(curves: Sequence[Curve], standing: Resource | None, scale: Scale) -> bool:
    """Whether they say what stands, their version apart."""
    if standing is None:
        return False
    try:
        before = curve_library.curves_of(standing, {scale.id: scale})
    except Refused:
        return False
    version = before[0].version
    return tuple(msgspec.structs.replace(c, version=version) for c in curves) == before


def _told(libraries: Sequence[Resource], filed: Collection[str], *, dry: bool) -> Iterator[str]:
    """`filed` are the scales that have curves in files."""
    if dry:
        yield "Nothing was written."
        return
    if not libraries:
        yield "The same curves stand already; nothing was written."
        return
    for library in libraries:
        yield f"Library/{library['id']} written, version {library['version']}."
    for scale in sorted(filed):
        if any(library["id"] == curve_library.place(scale) for library in libraries):
            yield f"{scale}: curves of ATTUNE_CURVES_DIR take the place of these."
    yield AFTERWARDS


def _scales(named: Sequence[str] | None) -> Sequence[Scale]:
    possible = {
        scale: definition
        for scale, (_, definition) in sorted(catalogue().scales.items())
        if expectable(definition)
    }
    for scale in named or ():
        if scale not in possible:
            raise CommandError(
                f"'{scale}' is no scale with an expected course; there are {', '.join(possible)}."
            )
    return [possible[scale] for scale in dict.fromkeys(named or possible)]


def _least(text: str) -> int:
    if not text.isdecimal() or int(text) < LEAST_COURSES:
        raise argparse.ArgumentTypeError(
            f"A band needs {LEAST_COURSES} ended courses or more, not '{text}'."
        )
    return int(text)


COMMAND = Command(
    name="calibrate",
    help="fit expected courses to the site's own ended ones",
    arguments=arguments,
    run=calibrate,
)
