"""A run that derives every patient anew goes on where it was, and stops for nobody."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from service.clinical.chart import Chart
from service.clinical.findings import Finding
from service.clinical.indicator import Indicator
from service.clinical.outlines import Outlines
from service.clinical.settling import Settling
from service.errors import Conflict
from service.fhir.access import Access
from service.interactions.context import Site
from service.interactions.rederive import Tally, rederive, say_if_due
from tests.door import Standing
from tests.interactions.sent import Json, patient, put, statuses, transaction, weight

TOTAL = {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]}
RULE = "reliable-change"
PATIENTS = ("a", "b", "c", "d", "e")


class Stopped(BaseException):
    """What ends a process, in a test."""


def after(patients: int) -> Callable[[Tally], None]:
    """Ends a run once so many patients were derived in it."""

    def hear(tally: Tally) -> None:
        if tally.done - tally.before == patients:
            raise Stopped

    return hear


def changed(site: Site, **decided: Any) -> Site:
    """The site with other rules or settings of its derivation."""
    settling = site.ports.derivation
    assert isinstance(settling, Settling)
    outlines = Outlines(replace(settling.derivation, **decided))
    ports = replace(site.ports, derivation=replace(settling, outlines=outlines))
    return replace(site, ports=ports)


def rules(site: Site, change: Callable[[Indicator], Indicator]) -> tuple[Indicator, ...]:
    settling = site.ports.derivation
    assert isinstance(settling, Settling)
    return tuple(change(rule) if rule.id == RULE else rule for rule in settling.derivation.rules)


def revised(site: Site, by: int = 1) -> Site:
    """The next revision of one rule."""
    return changed(site, rules=rules(site, lambda r: replace(r, revision=r.revision + by)))


def failing(site: Site, on: Sequence[float]) -> Site:
    """The next revision of one rule, which fails on patients whose first score is one of these."""

    def next_one(rule: Indicator) -> Indicator:
        def find(chart: Chart) -> Iterable[Finding]:
            if any(series.points[0].value in on for series in chart.measured):
                raise ZeroDivisionError("of a record")
            return rule.find(chart)

        return replace(rule, revision=rule.revision + 1, find=find)

    return changed(site, rules=rules(site, next_one))


async def scored(fhir: httpx.AsyncClient, *names: str) -> None:
    """Two PHQ-9 totals of each; the first of the nth patient is n."""
    for first, name in enumerate(names):
        totals = [
            put(weight(f"Patient/{name}", code=TOTAL, id=f"{name}-{day}",
                       effectiveDateTime=f"2026-05-0{day}",
                       valueQuantity={"value": first + 5 * (day - 1), "code": "{score}",
                                      "system": "http://unitsofmeasure.org"}))
            for day in (1, 2)
        ]  # fmt: skip
        answer = await fhir.post("", json=transaction(put(patient(id=name)), *totals))
        assert set(statuses(answer)) == {"201"}


async def finding(fhir: httpx.AsyncClient, name: str) -> Json:
    answer = await fhir.get(f"/Observation?patient={name}&code={RULE}")
    (entry,) = answer.json()["entry"]
    return dict(entry["resource"])


async def editions(fhir: httpx.AsyncClient) -> Mapping[str, tuple[str, str]]:
    """Patient -> by which revision the rule's finding was made, and its version."""
    found = {name: await finding(fhir, name) for name in PATIENTS}
    return {n: (f["method"]["text"][-1], f["meta"]["versionId"]) for n, f in found.items()}


async def test_an_interrupted_run_goes_on_with_the_next_patient(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    await scored(fhir, *PATIENTS)
    before = await editions(fhir)
    old = before["a"][0]
    site = revised(site_of_the_run.site)
    new = str(int(old) + 1)
    for patients in (2, 1):
        with pytest.raises(Stopped):
            await rederive(site, Access(), tell=after(patients))
    assert await editions(fhir) == {
        **dict.fromkeys("abc", (new, "2")), **dict.fromkeys("de", (old, "1"))
    }  # fmt: skip
    tally = await rederive(site, Access())
    assert (tally.before, tally.done, tally.total, tally.changed) == (3, 5, 5, 5)
    assert await editions(fhir) == dict.fromkeys(PATIENTS, (new, "2"))


async def test_what_was_believed_before_stays_in_history(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    await scored(fhir, *PATIENTS)
    was = await finding(fhir, "a")
    tally = await rederive(revised(site_of_the_run.site), Access())
    assert (tally.done, tally.changed) == (5, 5)
    now = await finding(fhir, "a")
    assert now["method"]["text"] != was["method"]["text"]
    assert now["method"]["text"].startswith(f"{RULE}, revision ")
    assert now["meta"]["versionId"] == "2"
    answer = await fhir.get(f"/Observation/{was['id']}/_history/1")
    assert answer.json() == was


async def test_a_finished_run_is_begun_anew_and_changes_nothing(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    await scored(fhir, *PATIENTS)
    for _ in range(2):
        tally = await rederive(site_of_the_run.site, Access())
        assert (tally.before, tally.done, tally.changed) == (0, 5, 0)


async def test_other_rules_or_settings_and_the_wish_begin_anew(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    await scored(fhir, *PATIENTS)
    site = revised(site_of_the_run.site)
    for other, anew in ((site, False), (revised(site), False), (revised(site), True)):
        with pytest.raises(Stopped):
            await rederive(other, Access(), anew=anew, tell=after(3))
    with pytest.raises(Stopped):
        await rederive(changed(revised(site), gap_days=7), Access(), tell=after(1))
    tally = await rederive(changed(revised(site), gap_days=7), Access())
    assert (tally.before, tally.done) == (1, 5)


async def test_a_patient_whom_the_rules_fail_on_stops_nobody_and_is_tried_again(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    """The totals of b and d are the ones it fails on. Once mended, only those two are derived."""
    await scored(fhir, *PATIENTS)
    before = await editions(fhir)
    site = site_of_the_run.site
    old, new = before["a"][0], str(int(before["a"][0]) + 1)
    with capture_logs() as log:
        tally = await rederive(failing(site, (1, 3)), Access())
    assert list(tally.failed) == ["b", "d"]
    assert (tally.done, tally.changed) == (5, 3)
    assert all(
        r.startswith("ZeroDivisionError at test_rederive.py:") for r in tally.failed.values()
    )
    assert "of a record" not in str(log)
    assert {name for name, of in (await editions(fhir)).items() if of == (old, "1")} == {"b", "d"}
    tally = await rederive(failing(site, (3,)), Access())
    assert (tally.before, tally.done, list(tally.failed)) == (5, 5, ["d"])
    tally = await rederive(failing(site, ()), Access())
    assert (tally.before, tally.done, tally.changed, tally.failed) == (5, 5, 5, {})
    assert await editions(fhir) == dict.fromkeys(PATIENTS, (new, "2"))


async def test_of_two_runs_at_once_one_ends_and_says_why(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    await scored(fhir, *PATIENTS)
    site = revised(site_of_the_run.site)
    runs = [rederive(site, Access()) for _ in range(2)]
    ended = await asyncio.gather(*runs, return_exceptions=True)
    (goes_on,) = [end for end in ended if isinstance(end, Tally)]
    (ends,) = [end for end in ended if isinstance(end, Conflict)]
    assert (goes_on.done, goes_on.changed) == (5, 5)
    assert "another one goes on in its place" in str(ends)
    assert {version for _, version in (await editions(fhir)).values()} == {"2"}


async def test_an_empty_site_is_derived_by_what_it_starts_with_and_another_one_is_due(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    site = site_of_the_run.site
    other = revised(site)

    async def said(by: Site) -> bool:
        with capture_logs() as log:
            await say_if_due(by, Access())
        assert all(line["log_level"] == "warning" for line in log)
        assert all("python -m service rederive" in line["say"] for line in log)
        return [line["event"] for line in log] == ["derivation.due"]

    assert not await said(site)
    await scored(fhir, "a")
    assert not await said(site)
    assert await said(other)
    # Writes were settled by those rules meanwhile: neither is all of it theirs nor ours.
    assert await said(site)
    assert await said(other)
    await rederive(other, Access())
    assert not await said(other)
    assert await said(site)


async def test_a_server_with_other_rules_ends_a_run_and_what_it_remembered(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    """Its writes settle by its own rules, those of patients who were done already as well."""
    await scored(fhir, *PATIENTS)
    site, other = site_of_the_run.site, revised(site_of_the_run.site)
    with pytest.raises(Stopped):
        await rederive(other, Access(), tell=after(2))
    await say_if_due(other, Access())
    with pytest.raises(Stopped):
        await rederive(other, Access(), tell=after(1))
    await say_if_due(site, Access())
    tally = await rederive(other, Access())
    assert (tally.before, tally.done) == (0, 5)
