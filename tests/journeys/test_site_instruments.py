"""A clinic adds an instrument of its own, uses it and takes it away again, over HTTP."""

import subprocess
import sys
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
import pytest

from tests.faults.served import command, served
from tests.store.processes import ROOT

FOLDER = Path(__file__).with_name("site")
CANONICAL = "https://clinic.example/fhir/Questionnaire/weekly-check"
SCALE = "https://attune-outcomes.org/fhir/CodeSystem/scale"
ITEM = "https://attune-outcomes.org/fhir/CodeSystem/item"
FINDING = "https://attune-outcomes.org/fhir/CodeSystem/finding"
Json = dict[str, Any]


def setting(folder: Path) -> list[str]:
    """What runs a command as that site."""
    return ["env", f"ATTUNE_INSTRUMENTS_DIR={folder}"]


def form(day: str, *answers: int) -> Json:
    """The weekly check, its second answer by the clinic's own code where that is `always`."""
    items: list[Json] = [
        {"linkId": str(number), "answer": [{"valueInteger": answer}]}
        for number, answer in enumerate(answers, start=1)
    ]
    if answers[1] == 4:
        items[1]["answer"] = [
            {"valueCoding": {"system": "https://clinic.example/codes", "code": "always"}}
        ]
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{CANONICAL}|1.2.0",
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "authored": f"{day}T10:00:00Z",
        "item": items,
    }


def found(fhir: str, code: str, **asked: str) -> list[Json]:
    """The Observations of one code, the oldest first."""
    answer = httpx.get(f"{fhir}/Observation", params={"code": code, "_sort": "date", **asked})
    return [entry["resource"] for entry in answer.json().get("entry", ())]


def named(resource: Json, code: str) -> Any:
    """What a component says."""
    (part,) = [c for c in resource["component"] if c["code"]["coding"][0]["code"] == code]
    return next(value for name, value in part.items() if name.startswith("value"))


def run(*words: str, data: Path, before: list[str]) -> str:
    done = subprocess.run(
        [*before, sys.executable, "-m", "service", *words, "--data-dir", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


def test_an_instrument_of_a_clinic_is_used_like_ours_and_taken_away_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data) as server:
        # Before the instrument is there, a response is stored and not scored.
        patient = {"resourceType": "Patient", "id": "p"}
        assert httpx.put(f"{server.fhir}/Patient/p", json=patient).status_code == 201
        sent = httpx.post(
            f"{server.fhir}/QuestionnaireResponse", json=form("2026-05-04", 0, 4, 4, 1)
        )
        assert sent.status_code == 201
        assert found(server.fhir, f"{SCALE}|weekly-check") == []
    assert run("rederive", data=data, before=setting(FOLDER)) == (
        "1 patients derived anew; 1 of them changed.\n"
    )
    with served(data, setting(FOLDER)) as server:
        used(server.fhir)
    assert run("rederive", data=data, before=[]) == "1 patients derived anew; 1 of them changed.\n"
    with served(data) as server:
        taken_away(server.fhir)


def used(fhir: str) -> None:
    # Item 1 is turned round: 4 - 0 + 4 + 4 + 1 = 13.
    (first,) = found(fhir, f"{SCALE}|weekly-check")
    assert first["valueQuantity"]["value"] == 13
    assert first["category"][0]["coding"][0]["code"] == "survey"
    assert httpx.post(
        f"{fhir}/QuestionnaireResponse", json=form("2026-05-11", 4, 1, 1, 0)
    ).is_success
    # 4 - 4 + 1 + 1 + 0 = 2, so the change is -11; 1.96 * 2.5 * sqrt(2) * sqrt(1 - .8) = 3.0990
    (change,) = found(fhir, f"{FINDING}|reliable-change", patient="p")
    assert change["valueCodeableConcept"]["coding"][0]["code"] == "reliably-improved"
    assert named(change, "change")["value"] == -11
    assert named(change, "threshold")["value"] == pytest.approx(3.0990, abs=0.0001)
    (review,) = found(fhir, f"{FINDING}|safety-review", patient="p")
    assert review["note"][0]["text"] == (
        "WEEKLY-CHECK item 4 (thoughts of not being alive) was answered 1 on 4 May 2026 (threshold "
        "1): needs a conversation at the next contact, at the latest the same day."
    )
    served_and_understood(fhir)


def served_and_understood(fhir: str) -> None:
    form_ = httpx.get(f"{fhir}/Questionnaire/weekly-check").json()
    assert form_["url"] == CANONICAL
    assert form_["item"][0]["text"] == "This week I slept well."
    by_canonical = httpx.get(f"{fhir}/Questionnaire", params={"url": CANONICAL}).json()
    assert by_canonical["total"] == 1
    for system, code, display in (
        (SCALE, "weekly-check", "Weekly check total"),
        (ITEM, "weekly-check-4", "WEEKLY-CHECK item 4"),
    ):
        known = httpx.get(
            f"{fhir}/CodeSystem/$lookup", params={"system": system, "code": code}
        ).json()
        shown = {p["name"]: p.get("valueString") for p in known["parameter"]}
        assert shown["display"] == display
    begun = httpx.get(
        f"{fhir}/Questionnaire/$populate", params={"canonical": CANONICAL, "subject": "Patient/p"}
    )
    blank = begun.json()["parameter"][0]["resource"]
    assert [item["linkId"] for item in blank["item"]] == ["1", "2", "3", "4", "total"]
    response = form("2026-05-18", 4, 0, 9, 0) | {"id": "unsent"}
    said = httpx.post(
        f"{fhir}/QuestionnaireResponse",
        json=response,
        headers={"Prefer": "return=OperationOutcome"},
    )
    assert "item 3: the answer 9 is outside 0-4" in said.text
    extracted = httpx.post(
        f"{fhir}/QuestionnaireResponse/$extract", json=form("2026-05-18", 4, 0, 0, 0)
    ).json()
    assert len(extracted["entry"]) == 5
    total = {
        "resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2026-05-25", "valueInteger": 15,
        "code": {"coding": [{"system": SCALE, "code": "weekly-check"}]},
    }  # fmt: skip
    assert httpx.post(f"{fhir}/Observation", json=total).status_code == 201
    proven = found(fhir, f"{FINDING}|safety-review", patient="p", date="2026-05-25")
    assert named(proven[0], "answer")["value"] == 3


def taken_away(fhir: str) -> None:
    derived = httpx.get(
        f"{fhir}/Observation", params={"patient": "p", "derived-from:missing": "false"}
    ).json()
    statuses = {entry["resource"]["status"] for entry in derived["entry"]}
    assert derived["total"] >= 4
    assert statuses == {"entered-in-error"}
    assert httpx.get(f"{fhir}/Questionnaire/weekly-check").status_code == 410
    assert httpx.get(f"{fhir}/QuestionnaireResponse?patient=p").json()["total"] == 3


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("broken.toml", "id = x", "is not TOML: Invalid value (at line 1, column 6)."),
        ("empty.toml", "", "id: is missing."),
        ("latin.toml", "id = \xe9".encode("latin-1"), "is not TOML: it is not written in UTF-8."),
    ],
)
def test_a_broken_file_stops_the_start_with_a_sentence(
    tmp_path: Path, name: str, text: str | bytes, said: str
) -> None:
    folder = copytree(FOLDER, tmp_path / "site")
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    for words in (command(tmp_path / "data")[3:], ["openapi", "--check"]):
        done = subprocess.run(
            [*setting(folder), sys.executable, "-m", "service", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 1
        first = done.stderr.splitlines()[0]
        assert first == f"python -m service: {folder / name}: {said}"
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_folder_that_is_not_there_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [*setting(tmp_path / "none"), sys.executable, "-m", "service", "openapi", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"python -m service: ATTUNE_INSTRUMENTS_DIR: {tmp_path / 'none'} cannot be read: No such "
        "file or directory.\n"
    )
