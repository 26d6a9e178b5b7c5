"""Patient/$everything: http://hl7.org/fhir/R4/patient-operation-everything.html"""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.journeys.probe.resources import encounter, observation, patient, practitioner
from tests.journeys.probe.speech import Probe, entries, named, outcome


@pytest.fixture(scope="module")
def life(probe: Probe, module_mark: str) -> dict[str, str]:
    (d,) = probe.stored(practitioner(module_mark))
    p, stranger = probe.stored(
        patient(module_mark, generalPractitioner=[{"reference": d}]), patient(module_mark)
    )
    (e,) = probe.stored(encounter(p))
    old, new, foreign = probe.stored(
        observation(p, effectiveDateTime="2020-05-03", encounter={"reference": e}),
        observation(p, effectiveDateTime="2026-05-03"),
        observation(stranger),
    )
    return {"d": d, "p": p, "stranger": stranger, "e": e, "old": old, "new": new,
            "foreign": foreign}  # fmt: skip


def everything(probe: Probe, life: dict[str, str], query: str = "") -> set[str]:
    """The names of what comes, over all pages."""
    found = [
        name
        for page in probe.pages(f"{life['p']}/$everything{query}")
        for name in named(entries(page))
    ]
    assert len(found) == len(set(found))
    names = {id_: name for name, id_ in life.items()}
    return {names[id_] for id_ in found if id_ in names}


def test_it_is_the_patient_and_all_that_is_hers(probe: Probe, life: dict[str, str]) -> None:
    found = everything(probe, life)
    assert {"p", "e", "old", "new"} <= found
    assert not found & {"stranger", "foreign"}


def test_what_hers_refers_to_comes_along(probe: Probe, life: dict[str, str]) -> None:
    """It should at least return all resources referenced from the patient compartment."""
    assert "d" in everything(probe, life)


def test_a_count_makes_pages(probe: Probe, life: dict[str, str]) -> None:
    assert everything(probe, life, "?_count=2") == everything(probe, life)


def test_types_can_be_named(probe: Probe, life: dict[str, str]) -> None:
    found = everything(probe, life, "?_type=Observation")
    assert {"old", "new"} <= found
    assert "e" not in found


def test_since_tomorrow_there_is_nothing_new(probe: Probe, life: dict[str, str]) -> None:
    tomorrow = quote((datetime.now(UTC) + timedelta(days=1)).isoformat())
    assert not everything(probe, life, f"?_since={tomorrow}") & {"e", "old", "new"}


def test_care_dates_choose_what_happened_between(probe: Probe, life: dict[str, str]) -> None:
    found = everything(probe, life, "?start=2026-01-01&end=2026-12-31")
    assert "new" in found
    assert "old" not in found


def test_an_unknown_patient_is_404(probe: Probe, mark: str) -> None:
    outcome(probe.read(f"Patient/{mark}/$everything"), 404)


def test_it_may_be_asked_by_post(probe: Probe, life: dict[str, str]) -> None:
    answer = probe.ask("POST", f"{life['p']}/$everything", {"resourceType": "Parameters"})
    assert answer.status_code == 200
    assert life["p"] in named(entries(answer.json()))
