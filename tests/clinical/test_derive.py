"""Properties of the whole derivation, over generated records."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.clinical.catalogue import build, catalogue
from service.clinical.definitions import Instrument
from service.clinical.derive import Derivation, indicators
from service.clinical.wording import objections
from service.fhir.datatypes import LAST
from service.fhir.resource import PatientKey
from service.psychometrics.scoring import Better
from tests.clinical.expected import WHOLE
from tests.clinical.generated import COURSES
from tests.clinical.patient_facts import (
    ENGINE,
    PATIENT,
    answer_to,
    charts,
    derived,
    form,
    of,
    one,
    part,
    parts,
    phq9,
    records,
    says,
    unread,
    value,
    wai,
)

Told = list[tuple[str, bytes]]


def told(given_: list, engine: Derivation = ENGINE, patient: PatientKey = PATIENT) -> Told:
    found = engine.derive(patient, records(given_))
    return sorted((str(d.identity), d.digest) for d in found)


@given(COURSES, st.randoms(use_true_random=False))
def test_the_order_of_records_never_matters(course: list, random: object) -> None:
    shuffled = list(course)
    random.shuffle(shuffled)
    assert told(shuffled, WHOLE) == told(course, WHOLE)
    by_id = {o["id"]: o for o in derived(*course, engine=WHOLE)}
    assert all(by_id[o["id"]] == o for o in derived(*shuffled, engine=WHOLE))


@given(COURSES)
def test_no_two_derived_resources_share_a_place(course: list) -> None:
    places = [place for place, _ in told(course, WHOLE)]
    assert len(set(places)) == len(places)


@given(COURSES, COURSES)
def test_a_digest_differs_exactly_when_the_content_does(one_: list, other: list) -> None:
    before = {d.identity: (d.digest, d.build()) for d in WHOLE.derive(PATIENT, records(one_))}
    for d in WHOLE.derive(PATIENT, records(other)):
        if d.identity in before:
            digest, content = before[d.identity]
            assert (digest == d.digest) is (content == d.build()), says(content)


@given(COURSES)
def test_no_sentence_uses_a_forbidden_word(course: list) -> None:
    for resource in derived(*course, engine=WHOLE):
        assert objections(says(resource), finding=True) == ()


@given(COURSES)
def test_at_most_one_question_is_suggested(course: list) -> None:
    for resource in derived(*course, engine=WHOLE):
        assert says(resource).count("Consider ") <= 1
        assert "!" not in says(resource)


@given(COURSES)
def test_a_missing_answer_is_never_0(course: list) -> None:
    for resource in derived(*course, engine=WHOLE):
        if "dataAbsentReason" in resource:
            assert value(resource) is None
            assert resource["dataAbsentReason"]["text"]
        else:
            assert value(resource) is not None


@given(st.lists(st.none() | st.integers(0, 24), min_size=2, max_size=8), st.integers(0, 24))
def test_a_still_higher_last_score_never_removes_a_rise(
    totals: list[int | None], rise: int
) -> None:
    course = [phq9(n, t) for n, t in enumerate(totals, start=1) if t is not None]
    found = of("reliable-change", *course)
    if not found or value(found[0]) != "reliably-worse":
        return
    highest = max(t for t in totals if t is not None)
    after = phq9(20, max(highest, rise))
    assert value(one("reliable-change", *course, after)) == "reliably-worse"


@given(COURSES, st.integers(0, 3))
def test_another_form_never_removes_a_safety_review(course: list, answer: int) -> None:
    def raised(*facts: object) -> set[str]:
        return {o["id"] for o in of("safety-review", *facts) if "due" in str(o)}

    another = form("phq-9", 11, dict.fromkeys(range(1, 9), 3.0) | {9: float(answer)})
    assert raised(*course) <= raised(*course, another)


def reflected(instrument: Instrument) -> Instrument:
    """The same form with every scale turned round: PHQ-9 from 27 (none) to 0."""
    return replace(
        instrument,
        safety=(),
        scales=tuple(
            replace(
                scale,
                better=Better.HIGHER,
                reversed_items=scale.items,
                # 9 is the last value outside the clinical range: 27 - 9 is the first outside now.
                cutoff=scale.cutoff and replace(scale.cutoff, value=18),
                bands=(),
                bands_source=None,
            )
            for scale in instrument.scales
        ),
    )


PLAIN = replace(catalogue().by_id["phq-9"], safety=())
TURNED = Derivation(
    tenant=UUID(int=1),
    catalogue=replace(catalogue(), instruments=(reflected(catalogue().by_id["phq-9"]),)),
    read=unread,
)
STRAIGHT = replace(TURNED, catalogue=replace(catalogue(), instruments=(PLAIN,)))


@given(st.lists(st.integers(0, 24), min_size=2, max_size=8))
def test_reflecting_a_scale_and_its_direction_changes_no_status(totals: list[int]) -> None:
    course = [phq9(n, t) for n, t in enumerate(totals, start=1)]
    for rule in ("reliable-change", "clinical-status"):
        straight, turned = (one(rule, *course, engine=e) for e in (STRAIGHT, TURNED))
        assert value(straight) == value(turned)
    assert part(straight, "started-below-cut") == part(turned, "started-below-cut")


def test_a_tenant_has_its_own_ids() -> None:
    other = replace(ENGINE, tenant=UUID(int=2))
    assert told([phq9(1, 9)])[0][0] != told([phq9(1, 9)], engine=other)[0][0]


def test_nothing_recorded_gives_nothing() -> None:
    assert ENGINE.derive(PATIENT, []) == ()


def test_a_changed_definition_gives_its_scores_a_new_digest() -> None:
    later = replace(ENGINE, catalogue=build([replace(catalogue().by_id["phq-9"], version="2.0.0")]))
    before, after = dict(told([phq9(1, 9)])), dict(told([phq9(1, 9)], engine=later))
    changed = {place for place in before if before[place] != after[place]}
    scores = {f"Observation/{one(code, phq9(1, 9))['id']}" for code in ("44261-6", "phq-9-core")}
    assert changed == scores


def test_a_dismissed_finding_stays_and_says_so() -> None:
    course = (phq9(1, 10), phq9(2, 18))
    before = one("reliable-change", *course)
    dismissal = answer_to(before, "finding-dismissal", 3, reason="already-discussed")
    after = one("reliable-change", *course, dismissal)
    assert after["id"] == before["id"]
    assert value(after) == "reliably-worse"
    assert part(after, "dismissal") == "already-discussed"
    assert after["effectiveDateTime"] == before["effectiveDateTime"]


@pytest.mark.parametrize(("session", "reasons"), [(2, []), (3, ["already-discussed"])])
def test_a_dismissal_stands_for_what_could_be_seen_on_its_day(
    session: int, reasons: list[str]
) -> None:
    course = (phq9(1, 10), phq9(2, 18), phq9(3, 24))
    before = one("reliable-change", *course)
    dismissal = answer_to(before, "finding-dismissal", session, reason="already-discussed")
    after = one("reliable-change", *course, dismissal)
    assert value(after) == "reliably-worse"
    assert parts(after, "dismissal") == reasons
    assert ("Dismissed" in says(after)) is bool(reasons)


def test_a_form_without_a_date_can_be_dismissed_any_day() -> None:
    undated = form("phq-9", 1, {9: 1.0}, dated=False, effective="", at=LAST, day=LAST.date())
    review = one("safety-review", undated)
    dismissal = answer_to(review, "finding-dismissal", 1, reason="data-entry-error")
    assert part(one("safety-review", undated, dismissal), "dismissal") == "data-entry-error"


def test_every_rule_says_what_it_is_and_where_it_comes_from() -> None:
    found = indicators()
    assert [rule.id for rule in found] == [
        "acceptance-change",
        "alliance-difference",
        "alliance-level",
        "alliance-return",
        "alliance-strain",
        "alliance-trend",
        "attendance",
        "belief-change",
        "clinical-status",
        "course",
        "depressive-symptoms-without-reported-low-mood",
        "early-response",
        "effect-size",
        "expected-course",
        "first-expression",
        "pace",
        "paired-status",
        "reliable-change",
        "safety-review",
        "sudden-gain",
        "sudden-loss",
    ]
    for rule in found:
        assert rule.sources
        assert rule.documentation
        assert objections(rule.documentation + rule.title) == ()


def test_an_optional_rule_finds_nothing_until_a_site_turns_it_on() -> None:
    optional = {rule.id for rule in indicators() if rule.optional}
    assert optional == {"depressive-symptoms-without-reported-low-mood"}
    named = (phq9(1, 9), phq9(2, 9))
    (rule,) = optional
    assert of(rule, *named) == []
    assert len(of(rule, *named, engine=WHOLE)) == 1


@given(COURSES)
def test_every_explanation_holds_to_the_wording_of_findings(course: list) -> None:
    rules = {rule.id: rule for rule in indicators()}
    for chart in charts(*course):
        for rule in rules.values():
            for finding in rule.find(chart):
                said = rule.explain(chart, finding)
                texts = [t for s in said.steps for t in (s.title, s.formula, s.working)]
                texts += said.would_change
                assert said.steps
                assert said.would_change
                assert [o for text in texts for o in objections(text, finding=True)] == []


def test_a_late_record_that_moves_a_course_gives_its_findings_new_places() -> None:
    first = one("alliance-level", wai(2, 48))["id"]
    assert one("alliance-level", wai(2, 48), phq9(1, 4))["id"] != first
