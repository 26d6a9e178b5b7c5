"""What is refused, and how: http://hl7.org/fhir/R4/http.html#Status-Codes"""

import pytest

from tests.journeys.probe.resources import patient
from tests.journeys.probe.speech import FHIR_JSON, Probe, codes, expressions, outcome


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "metadata"),
        ("POST", "metadata"),
        ("POST", "Patient/1"),
        ("PUT", "Patient/_search"),
        ("DELETE", "Patient/1/_history"),
        ("PATCH", "metadata"),
    ],
)
def test_a_method_that_is_not_offered_is_405(probe: Probe, method: str, path: str) -> None:
    answer = probe.ask(method, path, {"resourceType": "Patient"} if method != "DELETE" else None)
    outcome(answer, {404, 405})
    if answer.status_code == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    "path", ["$nonsense", "Patient/$nonsense", "Patient/1/$nonsense", "Patient/1/2/3/4", "a/b/c"]
)
def test_an_address_of_nothing_is_404(probe: Probe, path: str) -> None:
    outcome(probe.read(path), 404)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("Patient/not-there-at-all", "not-found"),
        ("Nonsense/1", "not-supported"),
        ("Patient?nonsense=1", "not-supported"),
    ],
)
def test_a_refusal_has_the_code_of_its_kind(probe: Probe, asked: str, code: str) -> None:
    """http://hl7.org/fhir/R4/valueset-issue-type.html; more than one word may fit."""
    found = codes(probe.read(asked))
    assert found <= {code, "not-found", "not-supported", "invalid", "processing"}, found


def test_a_refusal_is_fhir_json(probe: Probe) -> None:
    answer = probe.read("Patient/not-there-at-all")
    assert answer.headers["content-type"].startswith(FHIR_JSON)


def test_every_fault_of_a_resource_is_told_at_once(probe: Probe, mark: str) -> None:
    answer = probe.create(patient(mark, gender="banana", birthDate="soon", active="yes"))
    outcome(answer, 422)
    assert {"Patient.gender", "Patient.birthDate", "Patient.active"} <= set(expressions(answer))


def test_a_refusal_does_not_repeat_what_was_sent(probe: Probe, mark: str) -> None:
    """What a patient wrote does not belong into logs of errors."""
    answer = probe.create(patient(mark, gender=f"secret-{mark}"))
    assert f"secret-{mark}" not in outcome(answer, 422)


def test_a_slash_at_the_end_changes_nothing(probe: Probe, mark: str) -> None:
    (there,) = probe.stored(patient(mark))
    assert probe.client.get(f"{probe.base}/{there}/").status_code in {200, 307, 308, 404}
    assert probe.client.post(
        f"{probe.base}/",
        json={"resourceType": "Bundle", "type": "batch"},
        headers={"Content-Type": FHIR_JSON},
    ).status_code in {200, 307, 308}


def test_an_unknown_parameter_of_a_read_is_no_crash(probe: Probe, mark: str) -> None:
    (there,) = probe.stored(patient(mark))
    assert probe.read(f"{there}?nonsense=1").status_code in {200, 400}


def test_a_request_has_a_name_that_comes_back(probe: Probe) -> None:
    """http://hl7.org/fhir/R4/http.html#custom: X-Request-Id is echoed where it is sent."""
    answer = probe.read("metadata", X_Request_Id="probe-1")
    assert answer.headers.get("x-request-id", "probe-1") == "probe-1"


@pytest.mark.parametrize("path", ["Patient/%00", "Patient?family=%00", "Patient?_id=%ff"])
def test_bytes_that_are_no_text_are_refused(probe: Probe, path: str) -> None:
    answer = probe.read(path)
    assert answer.status_code in {400, 404}
