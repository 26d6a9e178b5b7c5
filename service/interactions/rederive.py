"""Deriving every patient anew: what the rules read of each resource, then the findings.

Each patient is a transaction of its own, which also remembers that the patient is done: writes go
on beside it, and a run that was interrupted, killed even, goes on with the next patient. A patient
whom the rules fail on stops nobody else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import structlog

from service.errors import Conflict
from service.fhir.access import Access
from service.fhir.resource import PatientKey
from service.interactions.context import Context, Site
from service.interactions.records import read_again
from service.interactions.settle import settle
from service.interactions.unforeseen import told
from service.store import rederivation
from service.store.database import Transaction

log = structlog.get_logger()

AT_ONCE = 100
"""Patients looked up in one go."""
NOBODY = PatientKey("")
"""Comes before every patient."""
DUE = (
    "Stored scores and findings may have been derived by other rules or settings than these: run"
    " `python -m service rederive`; it can run beside this server."
)


class Overtaken(Conflict):
    """Somebody else has the run now."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How far a run has come."""

    before: int
    """Patients whom the same run derived before it was interrupted."""
    done: int
    """Patients tried, those before among them."""
    total: int
    changed: int
    """Of how many of them something changed."""
    failed: Mapping[PatientKey, str] = field(default_factory=dict)
    """Those who could not be derived, and where the rules fail on them."""


def unheard(tally: Tally) -> None:
    """For callers whom the steps of a run do not interest."""


async def rederive(
    site: Site, access: Access, *, anew: bool = False, tell: Callable[[Tally], None] = unheard
) -> Tally:
    """Derive every patient; `tell` hears of each one.

    Goes on with a run of the same rules and settings that was interrupted, unless told to begin
    `anew`. Those who fail are tried once more at the end; while one still does, the run is not
    finished, and the next one tries those again. Raises `Conflict` where another run takes over.
    """
    run, total = await _begun(site, access, anew=anew)
    tally = Tally(before=run.done, done=run.done, total=total, changed=run.changed)
    place = run.place
    tell(tally)
    while patients := await _patients(site, access, place):
        for patient in patients:
            changed = await _next(site, access, place, patient)
            place = patient
            tally = replace(
                tally,
                done=tally.done + 1,
                total=max(tally.total, tally.done + 1),
                changed=tally.changed + changed,
            )
            tell(tally)
    mended, failed = await _try_again(site, access)
    if not failed:
        await site.database.run(
            access, partial(rederivation.finish, fingerprint=_fingerprint(site))
        )
    return replace(tally, changed=tally.changed + mended, failed=failed)


async def say_if_due(site: Site, access: Access) -> None:
    """When a server starts: whether findings may stand that other rules or settings gave.

    Where there is no patient, all that will stand is derived by these."""

    async def due(tx: Transaction) -> bool:
        fingerprint = _fingerprint(site)
        if await rederivation.derived_by(tx) == fingerprint:
            return False
        if not await rederivation.patients(tx, after=NOBODY, limit=1):
            await rederivation.finish(tx, fingerprint)
            return False
        await rederivation.mix(tx, fingerprint)
        return True

    if await site.database.run(access, due):
        log.warning("derivation.due", say=DUE)


def _fingerprint(site: Site) -> str:
    return site.ports.derivation.fingerprint


async def _begun(site: Site, access: Access, *, anew: bool) -> tuple[rederivation.Run, int]:
    """The run to go on with, and how many patients it is about."""
    fingerprint = _fingerprint(site)

    async def begin(tx: Transaction) -> rederivation.Run:
        run = None if anew else await rederivation.unfinished(tx, fingerprint)
        if run is None:
            await rederivation.begin(tx, fingerprint)
            return rederivation.Run(place=NOBODY, done=0, changed=0)
        return run

    run = await site.database.run(access, begin)
    async with site.database.reading(access) as tx:
        return run, run.done + await rederivation.count(tx, after=run.place)


async def _patients(site: Site, access: Access, after: PatientKey) -> tuple[PatientKey, ...]:
    async with site.database.reading(access) as tx:
        return await rederivation.patients(tx, after=after, limit=AT_ONCE)


async def _next(site: Site, access: Access, place: PatientKey, patient: PatientKey) -> bool:
    """Whether something changed; the patient is noted where the rules fail."""

    async def derived(tx: Transaction) -> bool:
        changed = await _anew(Context(site=site, tx=tx), patient)
        await _advance(site, tx, place, patient, changed=changed)
        return changed

    async def noted(tx: Transaction) -> None:
        await rederivation.note_failure(tx, patient, reason)
        await _advance(site, tx, place, patient, changed=False)

    try:
        return await site.database.run(access, derived)
    except Overtaken:
        raise
    except Exception as error:  # noqa: BLE001  (this patient's alone; a lost database fails again)
        reason = _reason(patient, error)
    await site.database.run(access, noted)
    return False


async def _advance(
    site: Site, tx: Transaction, place: PatientKey, patient: PatientKey, *, changed: bool
) -> None:
    if not await rederivation.advance(tx, _fingerprint(site), place, patient, changed=changed):
        raise Overtaken(
            "This run ends: another one goes on in its place, or a server with other rules or"
            " settings has started."
        )


async def _try_again(site: Site, access: Access) -> tuple[int, Mapping[PatientKey, str]]:
    """Those who failed, in this run or before: of how many something changed, and who still do."""
    async with site.database.reading(access) as tx:
        failed = await rederivation.failures(tx)
    changed = sum([await _once_more(site, access, patient) for patient in failed])
    async with site.database.reading(access) as tx:
        return changed, await rederivation.failures(tx)


async def _once_more(site: Site, access: Access, patient: PatientKey) -> bool:
    async def derived(tx: Transaction) -> bool:
        changed = await _anew(Context(site=site, tx=tx), patient)
        await rederivation.forget_failure(tx, _fingerprint(site), patient, changed=changed)
        return changed

    try:
        return await site.database.run(access, derived)
    except Exception as error:  # noqa: BLE001  (as above)
        reason = _reason(patient, error)
    noted = partial(rederivation.note_failure, patient=patient, reason=reason)
    await site.database.run(access, noted)
    return False


async def _anew(context: Context, patient: PatientKey) -> bool:
    await read_again(context, patient)
    return await settle(context, {patient: None}) > 0


def _reason(patient: PatientKey, error: Exception) -> str:
    said = told(error)
    log.error("derivation.failed", patient=patient, **said)
    return f"{said['error']} at {said['at'][-1]}"
