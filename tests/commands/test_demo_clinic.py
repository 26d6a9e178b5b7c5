"""The synthetic clinic: the same for everyone, complete in its references, and varied."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from service.clinical.expression import TOPICS, Element
from service.commands.demo.clinic import PatientRecord, clinic, patient_record, staff, transactions
from service.fhir import exact_json

TODAY = date(2026, 5, 3)
FREQUENCY = {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3}
ITEMS = {"phq-9": 9, "gad-7": 7, "wai-sr": 12, "srs": 4, "ors": 4, "aaq-ii": 7}
RANGES = {
    "phq-9": (0, 3),
    "gad-7": (0, 3),
    "wai-sr": (1, 5),
    "srs": (0, 10),
    "ors": (0, 10),
    "aaq-ii": (1, 7),
}


@pytest.fixture(scope="module")
def forty() -> tuple[PatientRecord, ...]:
    return tuple(clinic(seed=1, patients=40, today=TODAY))


@pytest.fixture(scope="module")
def thousand() -> tuple[PatientRecord, ...]:
    return tuple(clinic(seed=2, patients=1000, today=TODAY))


def answer(item: Mapping[str, Any]) -> float:
    (value,) = item["answer"][0].values()
    return FREQUENCY[value["code"]] if isinstance(value, Mapping) else float(value)


def forms(record: PatientRecord, instrument: str) -> Iterator[list[float]]:
    for resource in record.resources:
        if resource["resourceType"] == "QuestionnaireResponse" and resource["id"].endswith(
            f"-{instrument}"
        ):
            yield [answer(item) for item in resource["item"]]


def totals(record: PatientRecord, instrument: str) -> list[float]:
    """Of the forms without a gap, in order of time."""
    return [sum(f) for f in forms(record, instrument) if len(f) == ITEMS[instrument]]


def coded(record: PatientRecord, topic: str) -> list[Mapping[str, Any]]:
    return [
        resource
        for resource in record.resources
        if resource["resourceType"] == "Observation"
        and resource["code"]["coding"][0]["code"] == topic
    ]


def presences(record: PatientRecord) -> list[str]:
    return [
        str(episode["component"][0]["valueCodeableConcept"]["coding"][0]["code"])
        for episode in coded(record, "expression-episode")
    ]


def strings(value: Any) -> Iterator[tuple[str, str]]:
    """Every (member name, text) inside a resource."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if isinstance(inner, str):
                yield name, inner
            else:
                yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def test_a_larger_clinic_begins_with_the_smaller_one(forty: tuple[PatientRecord, ...]) -> None:
    assert tuple(clinic(seed=1, patients=7, today=TODAY)) == forty[:7]
    assert patient_record(seed=1, number=40, today=TODAY) == forty[39]


def test_another_seed_gives_other_records_under_other_ids() -> None:
    one, other = (patient_record(seed=seed, number=1, today=TODAY) for seed in (1, 2))
    assert one.id == "demo-1-1"
    assert other.id == "demo-2-1"
    assert totals(one, "phq-9") != totals(other, "phq-9")


def test_no_two_resources_share_an_identity(forty: tuple[PatientRecord, ...]) -> None:
    stored = [*staff(seed=1, patients=40), *(r for record in forty for r in record.resources)]
    named = Counter((r["resourceType"], r["id"]) for r in stored)
    assert max(named.values()) == 1
    assert all(re.fullmatch(r"[A-Za-z0-9.\-]{1,64}", r["id"]) for r in stored)


def test_every_reference_names_a_resource_that_came_before(
    forty: tuple[PatientRecord, ...],
) -> None:
    known = {f"Practitioner/{p['id']}" for p in staff(seed=1, patients=40)}
    for record in forty:
        for resource in record.resources:
            wanted = {text for name, text in strings(resource) if name == "reference"}
            assert wanted <= known
            known.add(f"{resource['resourceType']}/{resource['id']}")


def test_everything_lies_before_the_day_it_is_made_for(thousand: tuple[PatientRecord, ...]) -> None:
    dated = ("effectiveDateTime", "authored", "start", "end", "birthDate")
    latest = max(
        text
        for record in thousand
        for resource in record.resources
        for name, text in strings(resource)
        if name in dated
    )
    assert latest < "2026-05-03"


def test_a_record_is_told_in_order_of_time(forty: tuple[PatientRecord, ...]) -> None:
    for record in forty:
        started = [
            resource["period"]["start"]
            for resource in record.resources
            if resource["resourceType"] == "Encounter"
        ]
        assert all(earlier < later for earlier, later in pairwise(started))


def test_answers_lie_within_the_range_of_their_instrument(
    thousand: tuple[PatientRecord, ...],
) -> None:
    for record in thousand:
        for instrument, (low, high) in RANGES.items():
            for form in forms(record, instrument):
                assert all(low <= value <= high for value in form)


def test_marks_on_a_line_keep_their_tenth() -> None:
    record = patient_record(seed=1, number=11, today=TODAY)
    form = next(r for r in record.resources if r["id"].endswith("-ors"))
    assert re.search(rb'"valueDecimal":\d+\.\d[,}]', exact_json.dumps(form))


def test_a_form_arrives_by_its_own_item_numbers_or_as_a_loinc_renderer_sends_it(
    forty: tuple[PatientRecord, ...],
) -> None:
    first = {
        (resource["questionnaire"], resource["item"][0]["linkId"])
        for record in forty
        for resource in record.resources
        if resource["resourceType"] == "QuestionnaireResponse"
        and resource["id"].endswith("-phq-9")
        and len(resource["item"]) == 9
    }
    assert first == {
        ("https://attune-outcomes.org/fhir/Questionnaire/phq-9", "1"),
        ("http://loinc.org/q/44249-1", "/44250-9"),
    }


def test_only_codes_of_the_record_of_expression_are_used(
    thousand: tuple[PatientRecord, ...],
) -> None:
    for record in thousand:
        for topic in TOPICS.values():
            parts = {part.code: part for part in topic.components}
            for observation in coded(record, topic.code):
                assert fits(observation, topic.value)
                for each in observation.get("component", ()):
                    part = parts[each["code"]["coding"][0]["code"]]
                    assert fits(each, part)


def fits(given: Mapping[str, Any], wanted: Element) -> bool:
    if "valueCodeableConcept" in given:
        return given["valueCodeableConcept"]["coding"][0]["code"] in wanted.codes
    if "valueInteger" in given:
        assert wanted.numbers is not None
        return bool(wanted.numbers.low <= given["valueInteger"] <= wanted.numbers.high)
    return not wanted.has_value


def test_names_say_that_nobody_is_called_so(forty: tuple[PatientRecord, ...]) -> None:
    for record in forty:
        assert record.resources[0]["name"][0]["family"] == f"Synthetic-{record.number}"


def test_transactions_put_every_resource_once_and_in_order() -> None:
    record = patient_record(seed=1, number=1, today=TODAY)
    bundles = list(transactions(record.resources, size=10))
    entries = [entry for bundle in bundles for entry in bundle["entry"]]
    assert [entry["resource"] for entry in entries] == list(record.resources)
    assert max(len(bundle["entry"]) for bundle in bundles) == 10
    assert entries[0]["request"] == {"method": "PUT", "url": "Patient/demo-1-1"}


def test_among_forty_some_improve_some_worsen_and_some_stay(
    forty: tuple[PatientRecord, ...],
) -> None:
    """Six points are a published reliable change of the PHQ-9."""
    courses = [totals(record, "phq-9") for record in forty]
    changes = [course[-1] - course[0] for course in courses if len(course) > 1]
    assert any(change <= -6 for change in changes)
    assert any(change >= 6 for change in changes)
    assert any(-6 < change < 6 for change in changes)


def test_among_forty_tears_come_early_late_or_never(forty: tuple[PatientRecord, ...]) -> None:
    seen = [presences(record) for record in forty]
    firsts = {row.index("tears") for row in seen if "tears" in row}
    assert min(firsts) < 3
    assert max(firsts) >= 5
    assert any(len(row) >= 8 and "tears" not in row for row in seen)


def test_among_forty_forms_and_answers_go_missing(forty: tuple[PatientRecord, ...]) -> None:
    attended = sum(
        resource["resourceType"] == "Encounter" and resource["status"] == "finished"
        for record in forty
        for resource in record.resources
    )
    filled = [form for record in forty for form in forms(record, "phq-9")]
    assert len(filled) < attended
    assert any(len(form) < 9 for form in filled)


def test_among_forty_item_9_rises_in_someone_whose_total_falls(
    forty: tuple[PatientRecord, ...],
) -> None:
    complete = [[f for f in forms(record, "phq-9") if len(f) == 9] for record in forty]
    assert any(
        later[8] > earlier[8] and sum(later) < sum(earlier)
        for course in complete
        for earlier in course[:1]
        for later in course[1:]
    )


def test_tears_have_nothing_to_do_with_how_a_course_turns_out(
    thousand: tuple[PatientRecord, ...],
) -> None:
    """Under independence a correlation of 0.1 in 800 courses lies 2.8 standard errors from 0."""
    pairs = [
        (presences(record).count("tears") / len(presences(record)), course[-1] - course[0])
        for record in thousand
        if len(course := totals(record, "phq-9")) > 3 and presences(record)
    ]
    assert len(pairs) > 800
    assert abs(float(np.corrcoef(np.array(pairs).T)[0, 1])) < 0.1


def test_about_one_recorded_session_in_seven_has_tears(thousand: tuple[PatientRecord, ...]) -> None:
    """Robinson 2015: crying in about one of seven sessions."""
    seen = Counter(presence for record in thousand for presence in presences(record))
    assert 0.10 < seen["tears"] / seen.total() < 0.20
    assert set(seen) == {
        "tears",
        "tears-held-back",
        "eyes-filled",
        "no-tears-emotion-shared",
        "none",
        "prefer-not-to-record",
    }


def test_a_session_without_expression_is_told_apart_from_one_without_a_record(
    thousand: tuple[PatientRecord, ...],
) -> None:
    attended = sum(
        resource["valueCodeableConcept"]["coding"][0]["code"] == "attended"
        for record in thousand
        for resource in coded(record, "session-attendance")
    )
    recorded = [presence for record in thousand for presence in presences(record)]
    assert "none" in recorded
    assert len(recorded) < attended
