"""From FHIR JSON as a clinic sends it to findings, through the facts that the store keeps."""

from datetime import UTC
from functools import partial
from typing import Any
from uuid import UUID

from service.clinical import reading
from service.clinical.catalogue import catalogue
from service.clinical.derive import Derivation
from service.fhir.resource import Identity, PatientKey, Record, Resource
from tests.clinical.patient_facts import codes, part, says, value

BASE_URL = "https://clinic.example/fhir"
ENGINE = Derivation(
    tenant=UUID(int=1),
    catalogue=catalogue(),
    read=partial(reading.facts, zone=UTC, base_url=BASE_URL, known=catalogue()),
)


def response(number: int, *answers: int | None, status: str = "completed") -> Resource:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": f"r{number}",
        "status": status,
        "questionnaire": "http://loinc.org/q/44249-1",
        "subject": {"reference": "Patient/p1"},
        "authored": f"2026-05-{number:02}T10:00:00Z",
        "item": [
            {"linkId": str(item), "answer": [{"valueInteger": answer}]}
            for item, answer in enumerate(answers, start=1)
            if answer is not None
        ],
    }


def observation(number: int, code: str, **more: Any) -> Resource:
    finding = "https://attune-outcomes.org/fhir/CodeSystem/finding"
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "status": "final",
        "code": {"coding": [{"system": finding, "code": code}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": f"2026-05-{number:02}T12:00:00Z",
        **more,
    }


def derived(*histories: list[Resource]) -> list[Resource]:
    """What follows from resources, each given by its versions, oldest first."""
    records = []
    for versions in histories:
        known: bytes | None = None
        for version in versions:
            known = ENGINE.facts(version, known)
        if known is not None:
            last = versions[-1]
            identity = Identity(type=last["resourceType"], id=last["id"])
            records.append(Record(identity=identity, facts=known))
    return [d.build() for d in ENGINE.derive(PatientKey("p1"), records)]


def only(code: str, found: list[Resource]) -> Resource:
    (one,) = [o for o in found if code in codes(o)]
    return one


def test_two_responses_give_scores_and_findings() -> None:
    found = derived(
        [response(3, 2, 2, 2, 2, 1, 1, 2, 0, 0)], [response(10, 3, 3, 3, 3, 2, 2, 2, 0, 1)]
    )
    change = only("reliable-change", found)
    assert value(change) == "reliably-worse"
    # 2 + 2 + 2 + 2 + 1 + 1 + 2 = 12 and 3 + 3 + 3 + 3 + 2 + 2 + 2 + 1 = 19.
    assert (part(change, "first-score"), part(change, "latest-score")) == (12, 19)
    assert value(only("safety-review", found)) == "conversation-next-contact"


def test_a_rise_of_item_9_is_not_hidden_by_a_falling_total() -> None:
    found = derived(
        [response(3, 3, 3, 3, 3, 2, 2, 2, 0, 0)], [response(10, 1, 1, 1, 1, 1, 1, 1, 0, 2)]
    )
    assert value(only("safety-review", found)) == "conversation-same-day"
    change = only("reliable-change", found)
    assert value(change) == "reliably-improved"
    assert "Open safety review: PHQ-9 item 9 was answered 2 on 10 May 2026" in says(change)


def test_a_corrected_form_keeps_its_review_until_a_person_acknowledges_it() -> None:
    versions = [response(3, *[0] * 8, 2), response(3, *[0] * 9, status="amended")]
    review = only("safety-review", derived(versions))
    assert value(review) == "conversation-same-day"
    acknowledged = observation(
        4,
        "safety-acknowledgement",
        focus=[{"reference": f"Observation/{review['id']}"}],
        performer=[{"reference": "Practitioner/7"}],
    )
    after = only("safety-review", derived(versions, [acknowledged]))
    assert after["id"] == review["id"]
    assert value(after) == "acknowledged"
    assert part(after, "acknowledged-by") == "Practitioner/7"


def test_a_form_entered_in_error_gives_nothing() -> None:
    versions = [response(3, *[0] * 8, 2), response(3, *[0] * 8, 2, status="entered-in-error")]
    assert derived(versions) == []


def test_an_answer_out_of_range_withholds_the_score_and_still_opens_the_review() -> None:
    found = derived([response(3, 1, 1, 1, 1, 1, 1, 1, 1, 7)])
    assert only("44261-6", found)["dataAbsentReason"]["coding"][0]["code"] == "error"
    assert value(only("safety-review", found)) == "conversation-same-day"
