"""What a write bears on: where the rules say that it is little, all the rest stays as it was."""

from collections.abc import Mapping, Sequence

from hypothesis import event, given, settings
from hypothesis import strategies as st

from service.clinical.facts import AnyFact
from service.fhir.resource import Identity
from tests.clinical.expected import WHOLE
from tests.clinical.generated import COURSES, ENCOUNTERS, EXPRESSIONS, FACTS, REMARKS
from tests.clinical.patient_facts import (
    ENGINE,
    PATIENT,
    expressed,
    form,
    met,
    phq9,
    records,
    remark,
    wai,
)

Kept = Mapping[Identity, bytes]
STEADY = [met(session) for session in range(1, 10)]
"""An Encounter for every session: what is said in one makes no other."""


def kept(facts: Sequence[AnyFact]) -> Kept:
    return {record.identity: record.facts for record in records(list(facts))}


def digests(facts: Sequence[AnyFact]) -> dict[Identity, bytes]:
    return {d.identity: d.digest for d in WHOLE.derive(PATIENT, records(list(facts)))}


def change(
    course: Sequence[AnyFact], gone: Sequence[AnyFact], new: Sequence[AnyFact]
) -> tuple[list[AnyFact], dict[Identity, bytes | None]]:
    """The course afterwards, and what each record that was written said before."""
    was = kept(course)
    written = {**kept(gone), **kept(new)}
    left = {f.reference: f for f in course if f not in gone} | {f.reference: f for f in new}
    return list(left.values()), {identity: was.get(identity) for identity in written}


def assert_changes_are_all(
    course: Sequence[AnyFact], after: Sequence[AnyFact], before: dict[Identity, bytes | None]
) -> bool:
    """Whether the write bore on little; then what it did not bear on is as it was."""
    found = WHOLE.changes(PATIENT, records(list(after)), before)
    if found is None:
        return False
    standing = {i: d for i, d in digests(course).items() if i not in found.gone}
    standing |= {derived.identity: derived.digest for derived in found.derived}
    assert standing == digests(after)
    return True


ONE_SAID = EXPRESSIONS | REMARKS
OPEN = form("phq-9", 2, dict.fromkeys(range(1, 9), 1.0) | {9: 2.0})
"""Item 9 was answered 2, and no one has acknowledged it."""
ACCEPTING = [form("aaq-ii", n, dict.fromkeys(range(1, 8), a)) for n, a in ((1, 6.0), (3, 1.0))]
"""From 42 to 7, where less means more acceptance: it stands with what is open beside it."""


@settings(max_examples=150)
@given(COURSES, st.lists(ONE_SAID, min_size=1, max_size=3, unique_by=lambda f: f.reference))
def test_what_is_said_bears_on_the_findings_that_read_it_and_on_no_other(
    course: list[AnyFact], new: list[AnyFact]
) -> None:
    places = {f.reference for f in course}
    steady = [*course, *(f for f in STEADY if f.reference not in places)]
    after, before = change(steady, [], new)
    event(f"little: {assert_changes_are_all(steady, after, before)}")


@settings(max_examples=150)
@given(COURSES, st.data())
def test_any_write_at_all_bears_on_what_it_says_or_on_everything(
    course: list[AnyFact], data: st.DataObject
) -> None:
    gone = data.draw(st.lists(st.sampled_from(course), max_size=2)) if course else []
    new = data.draw(st.lists(FACTS | ONE_SAID | ENCOUNTERS, max_size=2))
    unique = list({f.reference: f for f in new}.values())
    after, before = change(course, [f for f in gone if f not in unique], unique)
    event(f"little: {assert_changes_are_all(course, after, before)}")


@settings(max_examples=60)
@given(COURSES, st.lists(ONE_SAID, min_size=1, max_size=3, unique_by=lambda f: f.reference))
def test_what_is_said_beside_an_open_safety_review_leaves_it_named(
    course: list[AnyFact], new: list[AnyFact]
) -> None:
    known = {f.reference: f for f in (*STEADY, *course, OPEN, *ACCEPTING)}
    steady = list(known.values())
    after, before = change(steady, [], new)
    event(f"little: {assert_changes_are_all(steady, after, before)}")


def bears_on_little(
    course: list[AnyFact], gone: Sequence[AnyFact] = (), new: Sequence[AnyFact] = ()
) -> bool:
    return assert_changes_are_all(course, *change(course, gone, new))


COURSE = [*STEADY[:3], *(phq9(n, 12 - n) for n in (1, 2, 3)), wai(1, 4), wai(2, 3)]


def test_an_expression_in_a_session_bears_on_little() -> None:
    assert bears_on_little(COURSE, new=[expressed(2, "tears")])
    assert bears_on_little([*COURSE, expressed(2, "tears")], new=[expressed(2, "none")])
    assert bears_on_little([*COURSE, expressed(2, "tears")], gone=[expressed(2, "tears")])
    assert bears_on_little(COURSE, new=[remark(2, "pace-wish", "stop", by_patient=True)])


def test_an_open_safety_review_stays_named_beside_more_acceptance_whatever_is_said() -> None:
    course = [*STEADY[:3], OPEN, *ACCEPTING]
    after, before = change(course, [], [expressed(3, "tears")])
    found = WHOLE.changes(PATIENT, records(after), before)
    assert found is not None
    (text,) = (
        resource["note"][0]["text"]
        for resource in (derived.build() for derived in found.derived)
        if resource["code"]["coding"][0]["code"] == "acceptance-change"
    )
    assert "Open safety review: PHQ-9 item 9 was answered 2" in text
    assert assert_changes_are_all(course, after, before)


def test_what_makes_a_session_or_comes_of_a_score_may_bear_on_anything() -> None:
    assert not bears_on_little(COURSE, new=[expressed(4, "tears")])
    assert not bears_on_little(COURSE, new=[phq9(3, 20)])
    assert not bears_on_little(COURSE, new=[phq9(3, 20), expressed(2, "tears")])
    assert not bears_on_little(COURSE, new=[remark(2, "session-attendance", "attended")])
    assert not bears_on_little(COURSE, gone=[STEADY[1]])


def test_rules_that_do_not_say_so_find_the_same_whatever_is_said() -> None:
    said = {rule.id for rule in ENGINE.rules if rule.said}
    assert said == {"pace", "first-expression", "belief-change", "acceptance-change"}
