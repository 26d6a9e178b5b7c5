"""A safety answer once given calls for its conversation until somebody acknowledges it.

No later answer, no falling total, no correction and no end of the course closes it. Only a record
that is deleted or marked entered-in-error never was the patient's.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.clinical.canonical import FINDING, LOINC
from service.clinical.identifiers import Identifiers
from service.fhir.access import LOCAL_TENANT
from service.fhir.resource import PatientKey
from service.store.cluster import Cluster
from tests.properties.clinic import Clinic, Kept, Resource, clinic
from tests.properties.test_concurrency import form

DUE = {1: "conversation-next-contact", 2: "conversation-same-day", 3: "conversation-same-day"}
ERROR = "entered-in-error"


@pytest.fixture
async def site(cluster: Cluster) -> AsyncIterator[Clinic]:
    async with clinic(cluster) as opened:
        await opened.put({"resourceType": "Patient", "id": "a"})
        yield opened


def without_item_9(response: Resource) -> Resource:
    return {**response, "item": response["item"][:8]}


def total(points: int, item_9: int | None = None) -> Resource:
    """A PHQ-9 total that arrives ready-made, alone or with its item 9."""
    component = {
        "code": {"coding": [{"system": LOINC, "code": "44260-8"}]},
        "valueInteger": item_9,
    }
    return {
        **({} if item_9 is None else {"component": [component]}),
        "resourceType": "Observation",
        "id": "t",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "44261-6"}]},
        "subject": {"reference": "Patient/a"},
        "effectiveDateTime": "2025-01-01",
        "valueQuantity": {"value": points},
    }


def place(source: str) -> str:
    """The id of the review that the PHQ-9 item 9 of a source calls for."""
    ids = Identifiers(LOCAL_TENANT, PatientKey("a"))
    return ids.finding(rule="safety-review", course=None, scale="phq-9/9", event=source)


def acknowledgement(source: str) -> Resource:
    return {
        "resourceType": "Observation",
        "id": "k",
        "status": "final",
        "code": {"coding": [{"system": FINDING, "code": "safety-acknowledgement"}]},
        "subject": {"reference": "Patient/a"},
        "focus": [{"reference": f"Observation/{place(source)}"}],
        "effectiveDateTime": "2025-12-01",
        "performer": [{"display": "T."}],
    }


async def review(site: Clinic, source: str) -> Resource | None:
    """The standing review of one source; None where there is none."""
    return (await site.standing("a")).get(place(source))


def says(found: Resource | None) -> tuple[str, int]:
    """The value of a review, and the answer it is about."""
    assert found is not None
    (answer,) = [
        part["valueQuantity"]["value"]
        for part in found["component"]
        if part["code"]["coding"][0]["code"] == "answer"
    ]
    return found["valueCodeableConcept"]["coding"][0]["code"], answer


@pytest.mark.parametrize(
    "later",
    [
        form("q", 0, 0),
        form("q", 0, 0) | {"status": "amended"},
        without_item_9(form("q", 0, 1)),
        form("q", 0, 0) | {"status": "in-progress"},
        form("q", 5, 0),
        {k: v for k, v in form("q", 0, 0).items() if k != "authored"},
        {k: v for k, v in form("q", 0, 0).items() if k != "item"},
        form("q", 0, 0) | {"questionnaire": "http://example.org/other"},
    ],
)
async def test_a_correction_leaves_the_review_open(site: Clinic, later: Resource) -> None:
    source = "QuestionnaireResponse/q"
    await site.put(form("q", 0, 1, item_9=2))
    await site.put(later)
    found = await review(site, source)
    assert says(found) == ("conversation-same-day", 2)
    assert found is not None
    assert "the form was changed since" in found["note"][0]["text"]
    assert (await site.put(acknowledgement(source))).status_code == 201
    found = await review(site, source)
    assert says(found) == ("acknowledged", 2)
    assert await site.changed_by_deriving_anew() == 0


async def test_the_end_of_the_course_leaves_the_review_open(site: Clinic) -> None:
    course = {
        "resourceType": "EpisodeOfCare",
        "id": "c",
        "status": "finished",
        "patient": {"reference": "Patient/a"},
        "period": {"start": "2025-01-01", "end": "2025-01-31"},
    }
    await site.put(form("q", 0, 1, item_9=1))
    await site.put(course)
    await site.put(form("q1", 1, 0))
    await site.put(form("q2", 30, 0))
    assert says(await review(site, "QuestionnaireResponse/q")) == ("conversation-next-contact", 1)


async def test_a_total_corrected_downwards_still_proves_what_it_proved(site: Clinic) -> None:
    await site.put(total(26))
    await site.put(total(5))
    assert says(await review(site, "Observation/t")) == ("conversation-same-day", 2)
    assert await site.changed_by_deriving_anew() == 0


async def test_what_was_answered_is_named_before_what_the_total_proved(site: Clinic) -> None:
    await site.put(total(27, item_9=3))
    await site.put(total(4, item_9=0))
    found = await review(site, "Observation/t")
    assert says(found) == ("conversation-same-day", 3)
    assert found is not None
    assert found["note"][0]["text"].startswith("PHQ-9 item 9")


async def test_a_corrected_total_opens_no_second_review_beside_that_of_its_form(
    site: Clinic,
) -> None:
    await site.put(form("q", 0, 3, item_9=3))
    await site.put(total(27))
    before = await site.standing("a")
    await site.put(total(24))
    reviews = [place("QuestionnaireResponse/q"), place("Observation/t")]
    assert [r in before for r in reviews] == [True, False]
    assert [r in await site.standing("a") for r in reviews] == [True, False]
    assert await site.changed_by_deriving_anew() == 0


async def test_a_record_entered_in_error_takes_its_review_with_it(site: Clinic) -> None:
    source = "QuestionnaireResponse/q"
    await site.put(form("q", 0, 1, item_9=3))
    await site.put(form("q", 0, 1, item_9=3) | {"status": ERROR})
    assert await review(site, source) is None
    (gone,) = [r for r in await site.derived("a") if r["id"] == place(source)]
    assert gone["status"] == ERROR
    assert gone["derivedFrom"] == [{"reference": source}]
    await site.put(form("q", 0, 1))
    assert await review(site, source) is None


async def test_a_record_moved_to_another_patient_takes_its_review_along(site: Clinic) -> None:
    await site.put({"resourceType": "Patient", "id": "b"})
    await site.put(form("q", 0, 1, item_9=3))
    await site.put(form("q", 0, 1, item_9=3, patient="b"))
    assert await site.standing("a") == {}
    ids = Identifiers(LOCAL_TENANT, PatientKey("b"))
    there = ids.finding(
        rule="safety-review", course=None, scale="phq-9/9", event="QuestionnaireResponse/q"
    )
    assert says((await site.standing("b"))[there]) == ("conversation-same-day", 3)
    assert await site.changed_by_deriving_anew() == 0


@pytest.fixture(scope="module")
def kept(cluster: Cluster) -> Iterator[Kept]:
    with Kept(cluster) as opened:
        yield opened


STATUSES = st.sampled_from(["completed"] * 4 + ["amended", "in-progress", "stopped", ERROR, "gone"])
STEPS = st.lists(
    st.tuples(
        st.integers(0, 3), STATUSES, st.integers(0, 3), st.sampled_from([None, 0, 0, 1, 2, 3])
    ),
    min_size=4,
    max_size=25,
)
"""Form, status (`gone`: deleted), answer to items 1 to 8, answer to item 9."""


async def written(site: Clinic, steps: Sequence[Any]) -> dict[str, int]:
    """Form -> the highest answer of its versions since it last was in error or deleted."""
    await site.empty()
    await site.put({"resourceType": "Patient", "id": "a"})
    highest: dict[str, int] = defaultdict(int)
    for number, status, answer, item_9 in steps:
        name = f"q{number}"
        response = form(name, number, answer, item_9=item_9 or 0) | {"status": status}
        if item_9 is None:
            response = without_item_9(response)
        if status == "gone":
            await site.delete(f"QuestionnaireResponse/{name}")
        else:
            assert (await site.put(response)).is_success
        if status in (ERROR, "gone"):
            highest[name] = 0
        else:
            highest[name] = max(highest[name], item_9 or 0)
    return {name: answer for name, answer in highest.items() if answer}


@settings(max_examples=40)
@given(steps=STEPS)
def test_the_highest_answer_of_every_form_stays_open(kept: Kept, steps: Sequence[Any]) -> None:
    kept.run(assert_open(kept.clinic, steps))


async def assert_open(site: Clinic, steps: Sequence[Any]) -> None:
    highest = await written(site, steps)
    standing = await site.standing("a")
    for name, answer in highest.items():
        found = standing[place(f"QuestionnaireResponse/{name}")]
        assert says(found) == (DUE[answer], answer)
    raised = [r for r in standing.values() if "conversation-" in str(r.get("valueCodeableConcept"))]
    assert len(raised) == len(highest)
    assert_named(standing.values(), open_reviews=bool(highest))
    assert await site.changed_by_deriving_anew() == 0


FAVOURABLE = {"reliably-improved", "recovered", "crossed-without-reliable-change"}


def assert_named(standing: Any, *, open_reviews: bool) -> None:
    """No status that could reassure hides an open review: its own text names it."""
    for found in standing:
        codes = {c["code"] for c in found.get("valueCodeableConcept", {}).get("coding", ())}
        if FAVOURABLE & codes:
            named = "Open safety review" in found["note"][0]["text"]
            assert named == open_reviews, found["note"][0]["text"]


async def test_a_falling_total_never_hides_a_rising_item_9(site: Clinic) -> None:
    """Totals by hand: 24, 16 + 1, 8 + 2, 3: each at or below the one before it."""
    for week, (answer, item_9) in enumerate([(3, 0), (2, 1), (1, 2), (0, 3)]):
        await site.put(form(f"q{week}", week, answer, item_9=item_9))
    standing = await site.standing("a")
    reviews = [standing[place(f"QuestionnaireResponse/q{week}")] for week in (1, 2, 3)]
    assert [says(found) for found in reviews] == [(DUE[n], n) for n in (1, 2, 3)]
    statuses = [
        r for r in standing.values() if "reliably-improved" in str(r.get("valueCodeableConcept"))
    ]
    assert statuses
    for found in statuses:
        text = found["note"][0]["text"]
        assert "Open safety review: PHQ-9 item 9 was answered 3 on 22 January 2025" in text
        assert "(and 2 more)" in text
