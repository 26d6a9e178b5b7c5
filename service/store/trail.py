"""Writing down reads: those that come together share one transaction, so that the disk is waited
for once, and each is answered only when its own rows are there.

A write has its rows in its own transaction instead (`audit.record`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from service.fhir.audit_event import Trace
from service.store.audit import insertion
from service.store.database import Database, unrecorded
from service.store.failures import unavailable

AT_ONCE = 200
"""Accesses written in one transaction at the most."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Waiting:
    """An access that is not written down yet."""

    tenant: UUID
    traces: Sequence[Trace]
    written: "asyncio.Future[None]"


class Trail:
    """One for a process and its database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def record(self, tenant: UUID, traces: Sequence[Trace]) -> None:
        """Return when they are written down.

        Raises `Unavailable` where they cannot be: then nothing may be told of what was accessed.
        """
        if not traces:
            return
        loop = asyncio.get_running_loop()
        one = _Waiting(tenant=tenant, traces=traces, written=loop.create_future())
        self._waiting.append(one)
        if self._writer is None or self._writer.done():
            self._writer = loop.create_task(self._write())
        await one.written

    async def _write(self) -> None:
        """All that wait; what comes meanwhile goes together into the next transaction."""
        while self._waiting:
            # Reads that are about to end join in.
            await asyncio.sleep(0)
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            error = await self._written(batch)
            for one in batch:
                # One that the database refuses keeps no other from being written.
                again = error is not None and unavailable(error) is None and len(batch) > 1
                _tell(one, await self._written([one]) if again else error)

    async def _written(self, batch: Sequence[_Waiting]) -> Exception | None:
        """What kept them from being written; None where they are."""
        traces: dict[UUID, list[Trace]] = {}
        for one in batch:
            traces.setdefault(one.tenant, []).extend(one.traces)
        try:
            await self._database.aside({t: insertion(t, own) for t, own in traces.items()})
        except Exception as error:  # noqa: BLE001  (whatever it is, those who wait are told)
            return error
        return None


def _tell(one: _Waiting, error: Exception | None) -> None:
    if one.written.done():
        return  # its client has gone
    if error is None:
        one.written.set_result(None)
    elif isinstance(error, asyncpg.PostgresError):
        one.written.set_exception(unrecorded(error))
    else:
        one.written.set_exception(error)
