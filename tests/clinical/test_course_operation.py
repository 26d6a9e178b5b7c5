from datetime import date

from hypothesis import given

from service.clinical.operations.course import course_bundle
from service.clinical.outlines import Look, Outlines
from service.fhir.exact_json import dumps, loads
from service.fhir.resource import Identity, Resource
from tests.clinical.generated import COURSES
from tests.clinical.patient_facts import (
    ENGINE,
    PATIENT,
    codes,
    derived,
    episode,
    form,
    met,
    phq9,
    ready_made,
    records,
)

BASE_URL = "https://clinic.example/fhir"


def stored(kind: str, name: str) -> Resource:
    return {"resourceType": kind, "id": name, "status": "finished"}


def bundle(*facts: object, resources: tuple[Resource, ...] = ()) -> Resource:
    bodies = {Identity(type=r["resourceType"], id=r["id"]): dumps(r) for r in resources}
    look = Look(tenant=ENGINE.tenant, patient=PATIENT, records=records(facts))
    made = course_bundle(Outlines(ENGINE), look, bodies=bodies, base_url=BASE_URL)
    answer: Resource = loads(made)
    return answer


def held(found: Resource) -> list[Resource]:
    return [entry["resource"] for entry in found.get("entry", ())]


@given(COURSES)
def test_it_holds_exactly_what_is_derived_with_the_same_ids(course: list) -> None:
    found = held(bundle(*course))
    assert sorted(o["id"] for o in found) == sorted(o["id"] for o in derived(*course))
    by_id = {o["id"]: o for o in derived(*course)}
    assert all(by_id[o["id"]] == o for o in found)


def test_the_newest_course_comes_first_with_its_episode_and_encounters() -> None:
    old = (episode("a", date(2026, 1, 1), date(2026, 2, 1)), met(1), phq9(1, 9))
    new = (met(60), phq9(60, 12), episode("b", date(2027, 1, 1)))
    resources = (
        stored("Encounter", "e1"),
        stored("EpisodeOfCare", "a"),
        stored("Encounter", "e60"),
        stored("EpisodeOfCare", "b"),
        stored("Encounter", "of-no-course"),
    )
    kinds = [(o["resourceType"], o["id"]) for o in held(bundle(*old, *new, resources=resources))]
    named = [kind for kind in kinds if kind[0] != "Observation"]
    assert named == [
        ("EpisodeOfCare", "b"),
        ("Encounter", "e60"),
        ("EpisodeOfCare", "a"),
        ("Encounter", "e1"),
    ]
    assert kinds.index(("EpisodeOfCare", "a")) > len(kinds) // 3


def test_scores_come_before_findings() -> None:
    found = [codes(o) for o in held(bundle(phq9(1, 9), phq9(2, 20)))]
    assert found.index({"reliable-change"}) > max(
        n for n, named in enumerate(found) if "phq-9" in named
    )


def test_ready_made_totals_stand_in_it_where_they_are_given() -> None:
    total = {"resourceType": "Observation", "id": "total-gad-7-1", "status": "final"}
    assert total in held(bundle(ready_made(1, "gad-7", 9), resources=(total,)))


def test_every_entry_has_its_address() -> None:
    found = bundle(phq9(1, 9))
    assert found["type"] == "collection"
    for entry in found["entry"]:
        assert entry["fullUrl"] == f"{BASE_URL}/Observation/{entry['resource']['id']}"


def test_a_patient_of_whom_nothing_is_known_gives_no_entry() -> None:
    assert bundle() == {"resourceType": "Bundle", "type": "collection"}


def test_a_review_without_a_session_is_in_it() -> None:
    raised = form("phq-9", 1, {9: 2.0}, usable="safety-only")
    assert [codes(o) for o in held(bundle(raised))] == [{"safety-review"}]


def test_what_is_still_the_same_is_taken_as_it_stands_and_the_rest_is_made() -> None:
    """Of two scores one was stored by other rules, as its digest tells."""
    facts = (met(1), phq9(1, 9), met(8), phq9(8, 12))
    follows = {each.identity: each for each in ENGINE.derive(PATIENT, records(facts))}
    same, changed, *_ = follows
    found = course_bundle(
        Outlines(ENGINE),
        Look(tenant=ENGINE.tenant, patient=PATIENT, records=records(facts)),
        bodies={same: b'{"stored":1.50}', changed: b'{"stored":2}'},
        digests={same: follows[same].digest, changed: b"another"},
        base_url=BASE_URL,
    )
    by_url = {entry["fullUrl"]: entry["resource"] for entry in loads(found)["entry"]}
    assert dumps(by_url[f"{BASE_URL}/{same}"]) == b'{"stored":1.50}'
    assert by_url[f"{BASE_URL}/{changed}"]["id"] == changed.id
    assert len(by_url) == len(follows)
