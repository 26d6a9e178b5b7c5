"""$validate: http://hl7.org/fhir/R4/resource-operation-validate.html"""

import pytest

from tests.journeys.probe.resources import patient
from tests.journeys.probe.speech import Json, Probe


def issues(probe: Probe, path: str, body: Json) -> list[Json]:
    answer = probe.ask("POST", path, body)
    assert answer.status_code == 200, answer.text
    outcome: Json = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return list(outcome["issue"])


def severities(found: list[Json]) -> set[str]:
    return {each["severity"] for each in found}


def test_what_is_valid_has_no_error(probe: Probe, mark: str) -> None:
    found = issues(probe, "Patient/$validate", patient(mark, gender="female"))
    assert not severities(found) & {"error", "fatal"}


def test_what_is_invalid_is_answered_with_200_and_its_errors(probe: Probe, mark: str) -> None:
    found = issues(probe, "Patient/$validate", patient(mark, gender="banana"))
    assert severities(found) & {"error", "fatal"}
    assert "Patient.gender" in [place for each in found for place in each.get("expression", ())]


def test_nothing_is_stored(probe: Probe, mark: str) -> None:
    issues(probe, "Patient/$validate", patient(mark))
    assert probe.matches(f"Patient?identifier={mark}") == set()


def parameters(resource: Json, **more: str) -> Json:
    named = [{"name": name, "valueCode": value} for name, value in more.items()]
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": resource}, *named],
    }


def test_the_resource_may_stand_in_parameters(probe: Probe, mark: str) -> None:
    good, bad = patient(mark), patient(mark, gender="banana")
    assert not severities(issues(probe, "Patient/$validate", parameters(good))) & {"error"}
    assert "error" in severities(issues(probe, "Patient/$validate", parameters(bad)))


def test_a_mode_says_what_it_is_meant_for(probe: Probe, mark: str) -> None:
    found = issues(probe, "Patient/$validate", parameters(patient(mark), mode="create"))
    assert not severities(found) & {"error", "fatal"}


def test_a_stored_resource_is_validated_for_its_update(probe: Probe, mark: str) -> None:
    made = probe.created(patient(mark))
    found = issues(probe, f"Patient/{made['id']}/$validate", made | {"gender": "banana"})
    assert "error" in severities(found)


def test_another_type_than_the_address_is_an_error(probe: Probe, mark: str) -> None:
    answer = probe.ask("POST", "Observation/$validate", patient(mark))
    assert answer.status_code in {200, 400}
    assert "error" in severities(answer.json()["issue"])


@pytest.mark.parametrize("body", [b"{", b""])
def test_what_is_no_json_is_refused(probe: Probe, body: bytes) -> None:
    assert probe.ask("POST", "Patient/$validate", body).status_code in {200, 400}
