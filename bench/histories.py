"""What settling costs by what is known of the patient: sessions, and instruments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from bench import asking, loading, traffic
from bench.cells import Cells
from bench.connection import request
from bench.course_records import (
    OURS,
    SESSIONS,
    Course,
    expression,
    phq_9,
    records,
    response,
    sessions,
    srs,
)
from bench.figures import slope
from bench.forms import answers
from bench.population import THERAPIST, Json
from bench.rounds import Rounds
from bench.server import BASE, Server
from bench.traffic import Traffic

LENGTHS = (10, 50, 200, 500)
"""Sessions."""
ALIKE = 6
"""Patients of each kind, who take turns, so that the writes hardly make their records longer."""
MOST_WRITES = 40
"""Of each kind in a round, for the same reason."""
FIRST = "first"
ONE_FORM, TWO_FORMS, EVERY_FORM = "SRS", "SRS and PHQ-9", "every instrument"
FORMS = (ONE_FORM, TWO_FORMS, EVERY_FORM)
BY_THERAPIST = "wai-s-t"
"""The instrument that a therapist fills in."""
COURSE = "$course"


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one settled create and one look at the course take, by what the patient has: a look that
    is the first one after a write, and one at a record that is as it was."""

    patient: str
    """Such as `10 sessions`."""
    derived: float
    """Scores and findings in such a record, the mean of the patients."""
    settled_ms: tuple[float, float]
    """p50 and p99."""
    first_course_ms: tuple[float, float]
    course_ms: tuple[float, float]


def by_length(length: int) -> str:
    return f"{length} sessions"


def by_forms(forms: str) -> str:
    return f"{SESSIONS} sessions with {forms}"


def measure(server: Server, measuring: Rounds) -> None:
    """Fills in the patients and measures them, one client at a time."""
    questionnaires = shipped(server)
    groups = groups_of()
    for name, courses in groups.items():
        loading.fill(server, _made(name, courses, questionnaires))
    loading.settle_down(server)
    few = replace(measuring.plan, most=MOST_WRITES, warm_up_seconds=0.0)
    each_once = replace(few, most=ALIKE)
    for name, courses in groups.items():
        settled = partial(traffic.episodes, f"settled, {name}", courses * MOST_WRITES)
        written = partial(traffic.episodes, f"written to, {name}", courses)
        first = partial(_looks, f"{FIRST} {COURSE}, {name}", courses)
        looked = partial(_looks, f"{COURSE}, {name}", courses)
        measuring.measure([[(server, settled)]], levels=(1,), plan=few)
        measuring.measure([[(server, written)], [(server, first)]], levels=(1,), plan=each_once)
        measuring.measure([[(server, looked)]], levels=(1,))


def costs(server: Server, cells: Cells) -> tuple[Cost, ...]:
    """In the order of the groups; without those whose figures count for nothing."""
    found = []
    for name, courses in groups_of().items():
        settled = cells.get((server.name, f"settled, {name}", 1))
        first = cells.get((server.name, f"{FIRST} {COURSE}, {name}", 1))
        looked = cells.get((server.name, f"{COURSE}, {name}", 1))
        if not (settled and first and looked) or settled.fault or first.fault or looked.fault:
            continue
        found.append(
            Cost(
                patient=name,
                derived=sum(_derived(server, course) for course in courses) / len(courses),
                settled_ms=(settled.p50_ms(), settled.p99_ms()),
                first_course_ms=(first.p50_ms(), first.p99_ms()),
                course_ms=(looked.p50_ms(), looked.p99_ms()),
            )
        )
    return tuple(found)


def ms_per_session(found: Mapping[str, Cost]) -> tuple[float, float, float]:
    """By which a settled create, a first and another look at the course grow with each session."""
    held = [(length, found[by_length(length)]) for length in LENGTHS if by_length(length) in found]
    return (
        slope([(length, cost.settled_ms[0]) for length, cost in held]),
        slope([(length, cost.first_course_ms[0]) for length, cost in held]),
        slope([(length, cost.course_ms[0]) for length, cost in held]),
    )


def groups_of() -> dict[str, list[Course]]:
    """Patients who are alike, by what they have."""
    long = {
        by_length(length): [
            Course(place=f"bench-long-{length}-{n}", sessions=length) for n in range(ALIKE)
        ]
        for length in LENGTHS
    }
    formed = {
        by_forms(forms): [Course(place=f"bench-forms-{kind}-{n}") for n in range(ALIKE)]
        for kind, forms in enumerate(FORMS)
    }
    return long | formed


def shipped(server: Server) -> list[Json]:
    """The Questionnaires that come with it."""
    bundle = asking.answer(server, f"{BASE}/Questionnaire?_count=200")
    found = [entry["resource"] for entry in bundle["entry"]]
    return [each for each in found if each["url"].startswith(OURS)]


def _made(name: str, courses: list[Course], questionnaires: list[Json]) -> Iterator[Json]:
    forms = next((forms for forms in FORMS if name == by_forms(forms)), None)
    for number, course in enumerate(courses):
        if forms is None:
            yield from records(course, number)
        else:
            yield from sessions(course, number)
            for session in range(course.sessions):
                yield from _session(course, session, forms, questionnaires)


def _session(
    course: Course, session: int, forms: str, questionnaires: list[Json]
) -> Iterator[Json]:
    visit = course.visit(session)
    random = Random(visit)  # noqa: S311  (not a secret)
    if forms == EVERY_FORM:
        for each in questionnaires:
            author = f"Practitioner/{THERAPIST}" if each["id"] == BY_THERAPIST else ""
            canonical = f"{each['url']}|{each['version']}"
            made = response(course, session, canonical, answers(random, each), author)
            yield made | {"id": f"{visit}-{each['id']}"}
        yield expression(random, course, session) | {"id": f"{visit}-episode"}
        return
    yield srs(random, course, session) | {"id": f"{visit}-srs"}
    if forms == TWO_FORMS:
        yield phq_9(random, course, session) | {"id": f"{visit}-phq-9"}


def _looks(kind: str, courses: list[Course], seed: int) -> Traffic:
    start = seed % len(courses)
    turned = courses[start:] + courses[:start]
    targets = (f"{BASE}/Patient/{course.place}/{COURSE}" for course in turned)
    return Traffic(kind=kind, requests=[request("GET", target) for target in targets])


def _derived(server: Server, course: Course) -> int:
    target = f"{BASE}/Observation?patient={course.place}&derived-from:missing=false"
    return asking.count(server, target)
