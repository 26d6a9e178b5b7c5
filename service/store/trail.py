"""Writing down reads: those that come together share one transaction, so that the disk is waited
for once, and each is answered only when its own rows are there.

A write has its rows in its own transaction instead (`audit.record`).
"""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from service.fhir.audit_event import Trace
from service.store.audit import insertion
from service.store.database import Database, unrecorded
from service.store.together import Together

AT_ONCE = 200
"""Accesses written in one transaction at the most."""

Access = tuple[UUID, Sequence[Trace]]
"""Whose records it was about, and what is to be written down of it."""


class Trail:
    """One for a process and its database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._together = Together[None, Access, None](self._written, at_once=AT_ONCE)

    async def record(self, tenant: UUID, traces: Sequence[Trace]) -> None:
        """Return when they are written down.

        Raises `Unavailable` where they cannot be: then nothing may be told of what was accessed.
        """
        if not traces:
            return
        try:
            await self._together.do(None, (tenant, traces))
        except asyncpg.PostgresError as error:
            raise unrecorded(error) from error

    async def _written(self, _: None, accesses: Sequence[Access]) -> Sequence[None]:
        traces: dict[UUID, list[Trace]] = {}
        for tenant, own in accesses:
            traces.setdefault(tenant, []).extend(own)
        await self._database.aside({t: insertion(t, own) for t, own in traces.items()})
        return [None] * len(accesses)
