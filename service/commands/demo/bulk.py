"""Storing many patients in one process, a thousand resources and more to a transaction."""

from collections.abc import Iterable

from service.commands.demo.loading import Bulk
from service.fhir.access import Access
from service.fhir.resource import Resource
from service.interactions import bulk
from service.interactions.context import Site

AT_LEAST = 1000
"""So many resources, and whole groups of them, are written in one database transaction."""


def into(site: Site) -> Bulk:
    """What is stored and derived equals what the public API leaves behind."""

    async def store(groups: Iterable[tuple[Resource, ...]]) -> None:
        waiting = list[Resource]()
        for group in groups:
            waiting += group
            if len(waiting) >= AT_LEAST:
                await bulk.load(site, Access(), waiting)
                waiting = []
        if waiting:
            await bulk.load(site, Access(), waiting)

    return store
