"""Deriving every patient's findings anew, after a rule or a setting changed."""

import argparse
import asyncio

from service import main
from service.commands import Command, no_arguments
from service.fhir.access import Access
from service.interactions.rederive import rederive as derive_anew
from service.settings import Settings
from service.store import migration


def rederive(given: argparse.Namespace, settings: Settings) -> int:
    """Read what the rules need of every resource again, and settle every patient."""
    with main.postgres(settings) as dsn:
        patients, changed = asyncio.run(_rederive(settings, dsn))
    print(f"{patients} patients derived anew; {changed} of them changed.")
    return 0


async def _rederive(settings: Settings, dsn: str) -> tuple[int, int]:
    await migration.upgrade(dsn)
    async with main.opened(settings, dsn, main.base_url(settings)) as site:
        done = [await derive_anew(site, Access(tenant=tenant)) for tenant in site.tenants]
    return sum(patients for patients, _ in done), sum(changed for _, changed in done)


COMMAND = Command(
    name="rederive",
    help="derive every patient's scores and findings anew",
    arguments=no_arguments,
    run=rederive,
)
