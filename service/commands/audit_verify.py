"""`python -m service audit-verify`: whether the audit still is as it was written."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from uuid import UUID

from service import main
from service.commands import Command, CommandError
from service.fhir.access import Access
from service.settings import Settings
from service.store import migration, sealing
from service.store.audit_chain import Verdict, verify
from service.store.database import Database
from service.store.roles import Addresses

STATEMENT_MS = 600_000
"""A batch is read in one statement, and all rows are counted in one."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said on the command line."""
    parser.add_argument(
        "--seal", action="store_true", help="seal first what the server has not sealed yet"
    )
    parser.add_argument(
        "--known",
        metavar="HASH",
        type=bytes.fromhex,
        help="an earlier end of the chain, which must still be in it",
    )


def audit_verify(given: argparse.Namespace, settings: Settings) -> int:
    """The exit status is 1 where anything is not as it was sealed."""
    with main.postgres(settings, beside=True) as at:
        verdicts = asyncio.run(_verify(settings, at, seal=given.seal, known=given.known))
    for tenant, verdict in verdicts:
        _say(tenant, verdict)
    return 0 if all(verdict.intact for _, verdict in verdicts) else 1


async def _verify(
    settings: Settings, at: Addresses, *, seal: bool, known: bytes | None
) -> Sequence[tuple[UUID, Verdict]]:
    if await migration.current_revision(at.service) != migration.HEAD:
        raise CommandError("The schema is not of this release: run migrate first.")
    database = await Database.open(
        at.service,
        size=1,
        statement_timeout_ms=STATEMENT_MS,
        prepared=settings.prepared_statements,
    )
    try:
        found = []
        for tenant in main.tenants(settings):
            if seal:
                await sealing.seal(database, Access(tenant=tenant))
            found.append((tenant, await verify(database, Access(tenant=tenant), known)))
        return found
    finally:
        await database.close()


def _say(tenant: UUID, verdict: Verdict) -> None:
    print(
        f"Tenant {tenant}: {verdict.rows} rows, {verdict.unsealed} of them not sealed yet;"
        f" {verdict.batches} batches, {verdict.dropped} of them dropped after their time.\n"
        f"The chain ends with {verdict.head.hex()}."
    )
    if verdict.broken is not None:
        print(f"Batch {verdict.broken} is not as it was sealed.", file=sys.stderr)
    if verdict.strays:
        print(f"{verdict.strays} rows are in no batch, and too old for the next.", file=sys.stderr)
    if verdict.missing_known:
        print("The hash that was given is not in the chain.", file=sys.stderr)


COMMAND = Command(
    name="audit-verify",
    help="check that no row of the audit was changed, added or taken away",
    arguments=arguments,
    run=audit_verify,
)
