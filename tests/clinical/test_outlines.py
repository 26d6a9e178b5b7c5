"""What is remembered of a look saves time and changes no answer."""

import gc
import tracemalloc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from uuid import UUID

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from service.clinical.chart import Chart
from service.clinical.derive import Derivation
from service.clinical.facts import AnyFact
from service.clinical.findings import Finding
from service.clinical.operations.course import course_bundle, needed
from service.clinical.outlines import Look, Outlines
from service.clinical.settling import Settling
from service.fhir.exact_json import dumps
from service.fhir.resource import Identity, PatientKey, Record
from tests.clinical.expected import WHOLE
from tests.clinical.generated import COURSES, FACTS
from tests.clinical.patient_facts import ENGINE, PATIENT, expressed, met, phq9, records

BASE_URL = "https://clinic.example/fhir"
TENANTS = (UUID(int=1), UUID(int=2))
LABEL = ("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "R")
NOTHING_KEPT, ONE_KEPT, ALL_KEPT = 0, 3_000, 2**20
Seen = frozenset[Identity] | None


@dataclass(kw_only=True)
class Stored:
    """One patient of one tenant: the records, and what was last written of them."""

    tenant: UUID
    facts: dict[str, AnyFact] = field(default_factory=dict)
    bodies: dict[Identity, bytes] = field(default_factory=dict)
    digests: dict[Identity, bytes] = field(default_factory=dict)
    settled: dict[Identity, bytes] = field(default_factory=dict)
    """The records at the last settle."""
    version: int = 0

    def records(self) -> list[Record]:
        return records(self.facts.values())

    def settle(self, outlines: Outlines) -> bool:
        """As settling does, and whether it derived a part alone; a body says by which settle it
        was written."""
        self.version += 1
        rules = Settling(outlines=outlines, tenant=TENANTS[0]).of(self.tenant)
        now = {record.identity: record.facts for record in self.records()}
        written = [i for i in now.keys() | self.settled.keys() if now.get(i) != self.settled.get(i)]
        before = {identity: self.settled.get(identity) for identity in written}
        part = rules.changes(PATIENT, self.records(), before) if self.settled else None
        derived_now = part.derived if part else rules.derive(PATIENT, self.records())
        found = {d.identity: d for d in derived_now}
        for identity in part.gone if part else self.digests.keys() - found.keys():
            self.digests[identity] = b""
        self.settled = now
        for identity, derived in found.items():
            if self.digests.get(identity) != derived.digest:
                self.digests[identity] = derived.digest
                self.bodies[identity] = dumps({"id": identity.id, "version": self.version})
        for identity in needed(self.records()):
            self.bodies.setdefault(identity, dumps({"id": identity.id}))
        return part is not None

    def answer(self, outlines: Outlines, random: Random, seen: Seen) -> bytes:
        shuffled = self.records()
        random.shuffle(shuffled)
        look = Look(tenant=self.tenant, patient=PATIENT, records=shuffled)
        return course_bundle(
            outlines, look, bodies=self.bodies, digests=self.digests, base_url=BASE_URL, seen=seen
        )


def change(stored: Stored, what: str, fact: AnyFact, random: Random, outlines: Outlines) -> None:
    """One thing that happens to a patient's record, at times to what is stored of it alone."""
    match what:
        case "write":
            stored.facts[fact.reference] = fact
        case "label" if stored.facts:
            place = random.choice(sorted(stored.facts))
            stored.facts[place] = msgspec.structs.replace(stored.facts[place], labels=(LABEL,))
        case "delete" if stored.facts:
            del stored.facts[random.choice(sorted(stored.facts))]
        case "lose" if stored.bodies:
            del stored.bodies[random.choice(sorted(stored.bodies, key=str))]
        case "other rules" if stored.digests:
            stored.digests[random.choice(sorted(stored.digests, key=str))] = b"of other rules...."
        case "settle":
            event(f"derived a part alone: {stored.settle(outlines)}")


def sight(stored: Stored, hidden: bool, random: Random) -> Seen:
    """Everything, or about half of what is there."""
    if not hidden:
        return None
    return frozenset(each for each in sorted(stored.bodies, key=str) if random.random() < 0.5)


KINDS = ["settle"] * 3 + ["write", "label", "delete", "lose", "other rules"]
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 0, 1]),
        st.sampled_from(KINDS),
        FACTS,
        st.sampled_from([False, False, True]),
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=150)
@given(
    COURSES,
    HAPPENINGS,
    st.sampled_from([NOTHING_KEPT, ONE_KEPT, ALL_KEPT, ALL_KEPT]),
    st.randoms(use_true_random=False),
)
def test_every_look_is_answered_as_by_a_process_that_remembers_nothing(
    first: list, happenings: list, most_bytes: int, random: Random
) -> None:
    """Two tenants have a patient of the same id, to begin with of the same records."""
    outlines = Outlines(WHOLE, most_bytes)
    of = [Stored(tenant=tenant, facts={f.reference: f for f in first}) for tenant in TENANTS]
    for stored in of:
        stored.settle(outlines)
        stored.answer(outlines, random, None)
    for whose, what, fact, hidden in happenings:
        change(of[whose], what, fact, random, outlines)
        for stored in of:
            seen = sight(stored, hidden, random)
            fresh = stored.answer(Outlines(WHOLE), random, seen)
            assert stored.answer(outlines, random, seen) == fresh


@dataclass
class Counting:
    """A rule that finds nothing and counts how often it looked."""

    looked: int = 0

    def find(self, _: Chart) -> Iterator[Finding]:
        self.looked += 1
        yield from ()


def counted() -> tuple[Derivation, Counting]:
    """An engine with one rule, which does not read what is said."""
    rule = Counting()
    measured = next(each for each in ENGINE.rules if not each.said)
    return replace(ENGINE, rules=(replace(measured, find=rule.find),)), rule


def stands(engine: Derivation, facts: Iterable[AnyFact]) -> dict[str, Mapping[Identity, bytes]]:
    """What stands of a patient."""
    derived = engine.derive(PATIENT, records(facts))
    return {
        "bodies": {d.identity: dumps(d.build()) for d in derived},
        "digests": {d.identity: d.digest for d in derived},
    }


def looked(given_: Sequence[Record], tenant: UUID = ENGINE.tenant) -> Look:
    return Look(tenant=tenant, patient=PATIENT, records=given_)


def test_a_second_look_derives_nothing_whatever_the_order_of_the_records() -> None:
    facts = (met(1), phq9(1, 9), met(8), phq9(8, 12))
    engine, rule = counted()
    there = stands(engine, facts)
    outlines, before = Outlines(engine), rule.looked
    given_ = records(facts)
    first = course_bundle(outlines, looked(given_), base_url=BASE_URL, **there)
    assert rule.looked == before + 1
    second = course_bundle(outlines, looked(given_[::-1]), base_url=BASE_URL, **there)
    assert second == first
    assert rule.looked == before + 1


@pytest.mark.parametrize(
    ("fact", "looks"),
    [(expressed(8, "none"), 0), (phq9(8, 12), 1)],
    ids=["something said", "a form, which the settle itself derives"],
)
def test_what_is_settled_between_two_looks_is_not_derived_again_by_the_second(
    fact: AnyFact, looks: int
) -> None:
    engine, rule = counted()
    outlines = Outlines(engine)
    settling = Settling(outlines=outlines, tenant=engine.tenant)
    then = (met(1), phq9(1, 9), met(8))
    course_bundle(outlines, looked(records(then)), base_url=BASE_URL, **stands(engine, then))
    now = (*then, fact)
    there = stands(engine, now)
    before = rule.looked
    written = {record.identity: None for record in records([fact])}
    if settling.changes(PATIENT, records(now), written) is None:
        settling.derive(PATIENT, records(now))
    course_bundle(outlines, looked(records(now)), base_url=BASE_URL, **there)
    assert rule.looked == before + looks


def test_who_settles_patients_whom_nobody_looks_at_keeps_nothing_of_them() -> None:
    outlines = Outlines(ENGINE)
    given_ = records((met(1), phq9(1, 9)))
    Settling(outlines=outlines, tenant=ENGINE.tenant).derive(PATIENT, given_)
    assert outlines.known(looked(given_)) is None


@pytest.mark.parametrize(
    ("lacking", "more"),
    [("bodies", 1), ("digests", 1), (None, 0)],
    ids=["a body is not there", "a digest is another one", "all is as it was"],
)
def test_what_is_not_stored_as_it_follows_is_derived_again(lacking: str | None, more: int) -> None:
    facts = (met(1), phq9(1, 9))
    engine, rule = counted()
    there = stands(engine, facts)
    outlines = Outlines(engine)
    course_bundle(outlines, looked(records(facts)), base_url=BASE_URL, **there)
    if lacking is not None:
        _, *rest = there[lacking]
        there[lacking] = {place: there[lacking][place] for place in rest}
    before = rule.looked
    course_bundle(outlines, looked(records(facts)), base_url=BASE_URL, **there)
    assert rule.looked == before + more


@given(COURSES, COURSES)
def test_an_outline_is_known_of_its_own_records_alone(one: list, other: list) -> None:
    outlines = Outlines(ENGINE)
    outlines.results(looked(records(one)))
    assert outlines.known(looked(records(one))) is not None
    assert outlines.known(looked(records(one), TENANTS[1])) is None
    same = sorted(map(repr, one)) == sorted(map(repr, other))
    assert (outlines.known(looked(records(other))) is not None) == same


def test_the_patient_who_was_looked_at_longest_ago_is_forgotten_first() -> None:
    """Room for two of three patients."""
    given_ = records((met(1), phq9(1, 9)))
    looks = [replace(looked(given_), patient=PatientKey(name)) for name in ("a", "b", "c")]
    outlines = Outlines(ENGINE, 3_000)
    for look in (*looks[:2], looks[0], looks[2]):
        if outlines.known(look) is None:
            outlines.results(look)
    assert [outlines.known(look) is not None for look in looks] == [True, False, True]


def test_what_is_remembered_stays_within_its_bound() -> None:
    """Of 300 patients 53 have room: one takes 3,142 bytes and 600 more."""
    most = 200_000
    given_ = records([*map(met, range(1, 21)), *(phq9(n, n % 24) for n in range(1, 21))])
    outlines = Outlines(ENGINE, most)
    for number in range(10):
        outlines.results(replace(looked(given_), patient=PatientKey(f"warm-{number}")))
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(300):
            outlines.results(replace(looked(given_), patient=PatientKey(f"p-{number}")))
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most // 2 < after - before < most


def test_a_record_that_alone_is_beyond_the_bound_is_not_kept_and_drives_nobody_out() -> None:
    small, large = records([phq9(1, 9)]), records([phq9(n, 9) for n in range(1, 30)])
    outlines = Outlines(ENGINE, 2_000)
    known = replace(looked(small), patient=PatientKey("small"))
    outlines.results(known)
    outlines.results(looked(large))
    assert outlines.known(looked(large)) is None
    assert outlines.known(known) is not None
