"""Bringing the database's schema up to date."""

import argparse
import asyncio

from service.commands import Command, no_arguments
from service.main import postgres
from service.settings import Settings
from service.store import migration


def migrate(given: argparse.Namespace, settings: Settings) -> int:
    """Upgrade to the newest revision; nothing happens where it is already there."""
    with postgres(settings) as at:
        asyncio.run(migration.upgrade(at))
    print(f"The schema is at revision {migration.HEAD}.")
    return 0


COMMAND = Command(
    name="migrate",
    help="bring the database's schema up to date",
    arguments=no_arguments,
    run=migrate,
)
