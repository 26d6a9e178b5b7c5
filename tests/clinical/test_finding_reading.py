"""What the rules read of an answer to a finding."""

from zoneinfo import ZoneInfo

from service.clinical import reading
from service.clinical.canonical import FINDING
from service.clinical.catalogue import catalogue
from service.clinical.facts import (
    AnyFact,
    Facts,
    Response,
    decode,
    encode,
)
from service.fhir.resource import Resource
from tests.clinical.sent import BASE_URL, answer_to_finding, coded

VIENNA = ZoneInfo("Europe/Vienna")


def read(resource: Resource) -> Facts:
    found = reading.facts(resource, zone=VIENNA, base_url=BASE_URL, known=catalogue())
    assert decode(encode(found)) == found
    return found


def only(resource: Resource) -> AnyFact:
    (found,) = read(resource)
    return found


def test_an_acknowledgement_names_what_who_and_how() -> None:
    held = coded("conversation-held", FINDING)
    fact = only(answer_to_finding("safety-acknowledgement", valueCodeableConcept=held))
    assert isinstance(fact, Response)
    assert (fact.topic, fact.focus, fact.reason, fact.by) == (
        "safety-acknowledgement", "finding", "conversation-held", "Practitioner/t",
    )  # fmt: skip


def test_a_dismissal_of_two_findings_is_two_facts() -> None:
    sent = answer_to_finding(
        "finding-dismissal",
        valueCodeableConcept=coded("already-known", FINDING),
        focus=[
            {"reference": "Observation/a"},
            {"reference": f"{BASE_URL}/Observation/b"},
            {"reference": "https://elsewhere.example/fhir/Observation/c"},
        ],
    )
    found = [f for f in read(sent) if isinstance(f, Response)]
    assert [(f.topic, f.focus, f.reason) for f in found] == [
        ("finding-dismissal", "a", "already-known"),
        ("finding-dismissal", "b", "already-known"),
    ]
