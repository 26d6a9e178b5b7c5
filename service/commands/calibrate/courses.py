"""The ended courses of a site, read patient by patient through the rules that findings rest on."""

import sys
from collections.abc import Sequence

from service.clinical.calibration import Past, ended, past
from service.clinical.derive import Derivation
from service.fhir.access import Access
from service.fhir.body import parse
from service.fhir.resource import Identity
from service.interactions.context import Site
from service.interactions.patients import by_patient
from service.store import store
from service.store.database import Transaction

TOLD_EVERY = 1000
"""Patients between two lines of progress."""


async def ended_courses(
    site: Site, access: Access, rules: Derivation, gap_days: int
) -> tuple[Past, ...]:
    """Every course that is over, by the same rules as the findings."""
    courses, finished, patients = list[Past](), set[str](), 0
    async for tx, records in by_patient(site, access):
        found = [
            course
            for patient, known in records.items()
            for chart in rules.known(patient, known).charts
            if (course := past(chart)) is not None
        ]
        finished |= await _finished(tx, found)
        courses += found
        patients += len(records)
        if patients % TOLD_EVERY == 0:
            print(f"{patients} patients read ...", file=sys.stderr, flush=True)
    if not courses:
        return ()
    newest = max(course.last for course in courses)
    return ended(courses, finished=finished, newest=newest, gap_days=gap_days)


async def _finished(tx: Transaction, courses: Sequence[Past]) -> set[str]:
    """The EpisodesOfCare of these courses whose status says so."""
    named = {c.episode for c in courses if c.episode is not None and not c.coded}
    places = [Identity(type="EpisodeOfCare", id=episode) for episode in sorted(named)]
    return {
        version.identity.id
        for version in await store.read_many(tx, places)
        if version.body is not None and parse(version.body).get("status") == "finished"
    }
