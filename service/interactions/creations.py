"""Creates that come together are stored together: one transaction, one statement for each step.

Those of one patient whose findings they bear on share one settling; all others of a tenant share
transactions. Where one cannot be stored, each is tried by itself. Every create has its own row in
the audit, in the transaction that stores it.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from service.fhir.access import Access
from service.fhir.audit_event import Trace
from service.fhir.resource import PatientKey, Version
from service.interactions.context import Context, Site
from service.interactions.draft import Draft
from service.interactions.integrity import refuse_dangling
from service.interactions.messages import Response
from service.interactions.settle import settle
from service.store import audit, write
from service.store.database import Transaction
from service.store.together import Together
from service.store.write import Write

AT_ONCE = 24
"""Creates of one transaction at the most."""
BATCHES = 2
"""Of them at the same time."""
OF_ONE_PATIENT = 100
"""Creates of one transaction at the most that settle a patient: another would wait for it."""

Key = tuple[UUID, PatientKey | None]
"""The tenant, and the patient who is to be settled."""


class Creation(Struct, frozen=True, kw_only=True):
    """A new resource that is checked and allowed, and what is to be answered."""

    draft: Draft
    write: Write
    answer: Callable[[Version], Response]


class _Asked(Struct, frozen=True, kw_only=True):
    site: Site
    creation: Creation
    traces: Callable[[Response], Sequence[Trace]]


def gathering() -> Together[Any, Any, Response]:
    """Where the creates of a process meet that settle nobody."""
    return Together[Key, _Asked, Response](_stored, at_once=AT_ONCE, batches=BATCHES)


def settling() -> Together[Any, Any, Response]:
    """Where those meet that settle the same patient."""
    return Together[Key, _Asked, Response](_stored, at_once=OF_ONE_PATIENT)


async def store(
    site: Site,
    tenant: UUID,
    creation: Creation,
    traces: Callable[[Response], Sequence[Trace]],
) -> Response:
    """The answer, when it is committed with the `traces` of it."""
    settled = creation.write.patient if creation.write.facts is not None else None
    asked = _Asked(site=site, creation=creation, traces=traces)
    meeting = site.creations if settled is None else site.settling
    return await meeting.do((tenant, settled), asked)


async def _stored(key: Key, asked: Sequence[_Asked]) -> Sequence[Response]:
    site, creations = asked[0].site, [one.creation for one in asked]

    async def work(tx: Transaction) -> Sequence[Response]:
        context = Context(site=site, tx=tx)
        if site.reference_integrity:
            await refuse_dangling(context, [each.draft for each in creations])
        result = await write.put(tx, [each.write for each in creations])
        await settle(context, result.before)
        answers = [
            each.answer(version) for each, version in zip(creations, result.versions, strict=True)
        ]
        audit.record(tx, [t for one, a in zip(asked, answers, strict=True) for t in one.traces(a)])
        return answers

    return await site.database.run(Access(tenant=key[0]), work)
