"""Loading the clinic into a server: by its public API, and past forty patients in bulk."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date

import httpx

from service.commands import CommandError
from service.commands.demo.clinic import clinic, patient_record, staff, transactions
from service.commands.demo.delivery import send
from service.fhir.resource import Resource
from service.settings import Settings

BY_API = 40
"""Patients that always enter through the public API."""

Bulk = Callable[[Iterable[tuple[Resource, ...]]], Awaitable[None]]
"""Stores groups of resources under their own ids, in their order, past HTTP."""


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """Which clinic: the same values give the same records."""

    seed: int = 1
    patients: int = BY_API
    today: date
    """Everything lies before it."""


def refuse_issuers(settings: Settings) -> None:
    """Raises `CommandError` where a token would be needed: the clinic shows none."""
    if settings.issuers is not None:
        raise CommandError(
            "The demo clinic is loaded without a token, into a server that asks for none: "
            "unset ATTUNE_ISSUERS."
        )


async def load(wanted: Clinic, *, client: httpx.AsyncClient, bulk: Bulk | None = None) -> None:
    """The first forty patients by the client's API, those after them by `bulk` where given."""
    by_api = wanted.patients if bulk is None else min(wanted.patients, BY_API)
    await send(transactions(staff(seed=wanted.seed, patients=by_api)), client=client)
    for record in clinic(seed=wanted.seed, patients=by_api, today=wanted.today):
        await send(transactions(record.resources), client=client)
    if bulk is not None and wanted.patients > by_api:
        await bulk(groups(wanted, after=by_api))


def groups(wanted: Clinic, *, after: int) -> Iterable[tuple[Resource, ...]]:
    """The practitioners and patients that come after the first `after` patients."""
    known = len(staff(seed=wanted.seed, patients=after)) if after else 0
    yield staff(seed=wanted.seed, patients=wanted.patients)[known:]
    for number in range(after + 1, wanted.patients + 1):
        yield patient_record(seed=wanted.seed, number=number, today=wanted.today).resources
