"""What a client may answer to a finding, and what it may not write."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from service.clinical.acceptance import Acceptance
from service.clinical.canonical import FINDING
from service.clinical.catalogue import catalogue
from service.errors import Severity
from service.fhir.resource import Resource
from tests.clinical.sent import answer_to_finding, coded

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
accept = Acceptance(zone=ZoneInfo("Europe/Vienna"), now=lambda: NOW, catalogue=catalogue())


def refused(resource: Resource) -> list[tuple[str, str | None]]:
    return [(i.code, i.expression) for i in accept(resource) if i.severity is Severity.ERROR]


@pytest.mark.parametrize(
    "code", ["safety-review", "reliable-change", "pace", "recovered", "something-else"]
)
def test_a_client_writes_no_finding(code: str) -> None:
    assert refused(answer_to_finding(code)) == [("forbidden", "Observation.code")]


def test_an_acknowledgement_says_what_when_and_who() -> None:
    assert accept(answer_to_finding("safety-acknowledgement")) == ()
    held = coded("conversation-held", FINDING)
    assert accept(answer_to_finding("safety-acknowledgement", valueCodeableConcept=held)) == ()
    for name in ("focus", "performer"):
        sent = answer_to_finding("safety-acknowledgement", **{name: None})
        assert refused(sent) == [("required", f"Observation.{name}")]
    undated = answer_to_finding("safety-acknowledgement", effectiveDateTime=None)
    assert refused(undated) == [("required", "Observation.effective")]


def test_a_dismissal_needs_a_coded_reason() -> None:
    reason = coded("already-known", FINDING)
    assert accept(answer_to_finding("finding-dismissal", valueCodeableConcept=reason)) == ()
    for value in (None, coded("already-known", "urn:x"), coded("conversation-held", FINDING)):
        sent = answer_to_finding("finding-dismissal", valueCodeableConcept=value)
        assert refused(sent) == [("code-invalid", "Observation.value")]


@pytest.mark.parametrize(
    ("reference", "accepted"),
    [
        ("Observation/finding", True),
        ("https://clinic.example/fhir/Observation/finding", True),
        ("Observation/finding/_history/2", True),
        ("urn:uuid:77e01fab-3e19-4e1c-aa99-8d513f25aab7", True),
        ("Patient/p", False),
        ("Observation", False),
        ("#inside", False),
    ],
)
def test_an_answer_to_a_finding_points_to_an_observation(reference: str, accepted: bool) -> None:
    sent = answer_to_finding("safety-acknowledgement", focus=[{"reference": reference}])
    assert refused(sent) == ([] if accepted else [("value", "Observation.focus[0]")])
