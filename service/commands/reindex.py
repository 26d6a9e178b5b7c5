"""Building every index row anew, after what a search parameter reads changed."""

import argparse
import asyncio

from service import main
from service.commands import Command, no_arguments
from service.interactions.reindex import reindex as index_anew
from service.settings import Settings
from service.store import migration
from service.store.roles import Addresses


def reindex(given: argparse.Namespace, settings: Settings) -> int:
    """Searches go on beside it: a resource is found by its old rows or its new ones."""
    with main.postgres(settings, beside=True) as at:
        count = asyncio.run(_reindex(settings, at))
    print(f"{count} resources indexed anew.")
    return 0


async def _reindex(settings: Settings, at: Addresses) -> int:
    await migration.upgrade(at)
    async with main.opened(settings, at.service, main.base_url(settings)) as site:
        return sum([await index_anew(own, access) for own, access in site.everyone()])


COMMAND = Command(
    name="reindex",
    help="build every search index row anew, beside a running server, too",
    arguments=no_arguments,
    run=reindex,
)
