"""However often a run that derives all anew is interrupted, it ends as if it never had been."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.clinical.outlines import Outlines
from service.clinical.settling import Settling
from service.fhir.access import Access
from service.interactions.context import Site
from service.interactions.rederive import Tally, rederive
from service.store.cluster import Cluster
from tests.properties.arrivals import Sent, arrivals, histories, send
from tests.properties.clinic import Clinic, Kept
from tests.properties.records import PATIENTS


class Stopped(BaseException):
    """What ends a process, in a test."""


@pytest.fixture(scope="module")
def kept(cluster: Cluster) -> Iterator[Kept]:
    with Kept(cluster, reference_integrity=False, zone="America/New_York") as opened:
        yield opened


def revised(site: Site) -> Site:
    """The next revision of every rule."""
    settling = site.ports.derivation
    assert isinstance(settling, Settling)
    derivation = settling.derivation
    rules = tuple(replace(rule, revision=rule.revision + 1) for rule in derivation.rules)
    outlines = Outlines(replace(derivation, rules=rules))
    ports = replace(site.ports, derivation=replace(settling, outlines=outlines))
    return replace(site, ports=ports)


def after(patients: int, heard: list[int]) -> Callable[[Tally], None]:
    """Ends a run once so many patients were derived in it; notes each one that is."""

    def hear(tally: Tally) -> None:
        if tally.done > tally.before:
            heard.append(tally.done)
        if tally.done - tally.before == patients:
            raise Stopped

    return hear


async def interrupted(clinic: Clinic, arriving: Sequence[Sent], stops: Sequence[int]) -> None:
    await clinic.empty()
    for patient in PATIENTS:
        await clinic.put({"resourceType": "Patient", "id": patient})
    for sent in arriving:
        await send(clinic, sent)
    before = await findings(clinic)
    site, derived = revised(clinic.site), list[int]()
    for patients in (*stops, len(PATIENTS) + 1):
        try:
            await rederive(site, Access(), tell=after(patients, derived))
        except Stopped:
            continue
        break
    assert derived == [1, 2]
    now = await findings(clinic)
    assert now == {i: (rule, revision + 1, version + 1) for i, (rule, revision, version) in
                   before.items()}  # fmt: skip
    assert (await rederive(site, Access())).changed == 0


async def findings(clinic: Clinic) -> Mapping[str, tuple[str, int, int]]:
    """Of every finding that stands: its rule, the revision, and how often it was written."""
    return {
        resource["id"]: _written(resource)
        for patient in PATIENTS
        for resource in await clinic.derived(patient)
        if resource["status"] != "entered-in-error" and ", revision " in resource["method"]["text"]
    }


def _written(finding: Mapping[str, Any]) -> tuple[str, int, int]:
    rule, _, revision = finding["method"]["text"].partition(", revision ")
    return rule, int(revision), int(finding["meta"]["versionId"])


@settings(max_examples=25)
@given(arriving=histories().flatmap(arrivals), stops=st.lists(st.integers(0, 2), max_size=3))
def test_every_patient_is_derived_once_and_as_by_a_fresh_derivation(
    kept: Kept, arriving: list[Sent], stops: list[int]
) -> None:
    """Each finding gets the one version that a run of its own would have given it."""
    kept.run(interrupted(kept.clinic, arriving, stops))
