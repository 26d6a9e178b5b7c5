"""The facts of a resource are folded over its versions, oldest first."""

from typing import Any
from uuid import UUID

from service.clinical import facts
from service.clinical.catalogue import catalogue
from service.clinical.derive import Derivation
from service.fhir.resource import Identity, Record
from tests.clinical.patient_facts import (
    PATIENT,
    answer_to,
    codes,
    form,
    part,
    ready_made,
    says,
    value,
)

Version = dict[str, Any]


def read(resource: Version) -> facts.Facts:
    """A version here carries its facts, so that the fold alone is tried."""
    return () if resource["status"] == "entered-in-error" else resource["facts"]


ENGINE = Derivation(tenant=UUID(int=1), catalogue=catalogue(), read=read)


def version(*said: facts.AnyFact, status: str = "completed") -> Version:
    return {"resourceType": "QuestionnaireResponse", "status": status, "facts": said}


def item9(answer: float | None, **more: Any) -> facts.Answers:
    answers = dict.fromkeys(range(1, 9), 1.0) | ({} if answer is None else {9: answer})
    return form("phq-9", 1, answers, **more)


def folded(*versions: Version) -> bytes | None:
    known: bytes | None = None
    for one_version in versions:
        known = ENGINE.facts(one_version, known)
    return known


def reviews(known: bytes | None, *others: facts.AnyFact) -> list[Any]:
    held = [] if known is None else [known]
    held += [facts.encode((other,)) for other in others]
    given = [Record(identity=Identity(type="x", id=str(n)), facts=f) for n, f in enumerate(held)]
    built = [d.build() for d in ENGINE.derive(PATIENT, given)]
    return [o for o in built if "safety-review" in codes(o)]


def test_a_correction_to_0_leaves_the_review_open() -> None:
    (found,) = reviews(folded(version(item9(2)), version(item9(0), status="amended")))
    assert value(found) == "conversation-same-day"
    assert part(found, "answer") == 2
    assert "the form was changed since" in says(found)


def test_its_id_stays_so_that_an_acknowledgement_still_reaches_it() -> None:
    (before,) = reviews(folded(version(item9(2))))
    known = folded(version(item9(2)), version(item9(0)))
    (found,) = reviews(known, answer_to(before, "safety-acknowledgement", 1))
    assert found["id"] == before["id"]
    assert value(found) == "acknowledged"


def test_an_answer_taken_away_leaves_the_review_open() -> None:
    (found,) = reviews(folded(version(item9(1)), version(item9(None))))
    assert value(found) == "conversation-next-contact"


def test_the_highest_answer_of_all_versions_is_kept() -> None:
    versions = [version(item9(answer)) for answer in (1, 3, 0, 1)]
    (found,) = reviews(folded(*versions))
    assert part(found, "answer") == 3


def test_a_correction_upwards_is_the_answer_itself() -> None:
    (found,) = reviews(folded(version(item9(1)), version(item9(2))))
    assert part(found, "answer") == 2
    assert "changed" not in says(found)


def test_a_form_that_was_0_and_still_is_remembers_nothing() -> None:
    assert folded(version(item9(0)), version(item9(0))) == folded(version(item9(0)))


def test_a_total_corrected_from_27_leaves_its_proof() -> None:
    known = folded(version(ready_made(1, "phq-9", 27)), version(ready_made(1, "phq-9", 20)))
    (found,) = reviews(known)
    assert value(found) == "conversation-same-day"
    assert "The PHQ-9 total of 27" in says(found)


def test_a_version_that_no_rule_reads_still_owes_the_conversation() -> None:
    (found,) = reviews(folded(version(item9(2)), version(status="completed")))
    assert value(found) == "conversation-same-day"


def test_a_form_entered_in_error_never_was_the_patients() -> None:
    error = version(status="entered-in-error")
    assert folded(version(item9(2)), error) is None
    assert reviews(folded(version(item9(2)), error, version(item9(0)))) == []


def test_folding_what_is_stored_over_the_same_version_changes_nothing() -> None:
    known = folded(version(item9(2)), version(item9(0)))
    assert ENGINE.facts(version(item9(0)), known) == known


def test_the_labels_are_those_of_the_current_version() -> None:
    label = (("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "V"),)
    known = folded(version(item9(2)), version(item9(0, labels=label)))
    (found,) = reviews(known)
    assert found["meta"]["security"][0]["code"] == "V"
