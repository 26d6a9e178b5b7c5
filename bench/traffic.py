"""The requests of a measurement, whole and in advance: the same bytes go to every server."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

import orjson

from bench import course_records, population
from bench.client import Expected
from bench.connection import request
from bench.course_records import Course, course, expression

CREATED = Expected(status=201)
POOL = 4000
"""Different requests of one kind; a faster server meets them again."""
PAGE = 20
SESSIONS, LOADS, UPDATES = 400, 60, 1000
"""Different transactions of these kinds."""


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Requests of one kind, and what their answers must be."""

    kind: str
    requests: Sequence[bytes]
    expected: Expected = field(default_factory=Expected)
    holds: int = 1
    """Resources in each request, where they are what is counted."""


def reads(patients: int, seed: int) -> Traffic:
    """Any vital sign of any ward patient, by id."""
    random = Random(seed)  # noqa: S311  (not a secret)
    targets = (
        population.vital_id(random.randrange(patients), random.randrange(population.PER_PATIENT))
        for _ in range(POOL)
    )
    return Traffic(
        kind="read by id",
        requests=[request("GET", f"/fhir/Observation/{target}") for target in targets],
    )


def search_target(random: Random, patients: int) -> str:
    """The newest twenty of one patient's Observations with one code."""
    patient = population.ward(random.randrange(patients))
    code = random.choice(population.MEASURES)[0]
    asked = f"patient={patient}&code={population.LOINC}|{code}&_sort=-date&_count={PAGE}"
    return f"/fhir/Observation?{asked}"


def searches(patients: int, seed: int) -> Traffic:
    random = Random(seed)  # noqa: S311  (not a secret)
    return Traffic(
        kind="search patient+code",
        requests=[request("GET", search_target(random, patients)) for _ in range(POOL)],
        expected=Expected(entries=(PAGE, PAGE)),
    )


def creates(seed: int) -> Traffic:
    """Vital signs, which no definition reads."""
    random = Random(seed)  # noqa: S311  (not a secret)
    bodies = (orjson.dumps(population.new_vital(random)) for _ in range(POOL))
    return Traffic(
        kind="create",
        requests=[request("POST", "/fhir/Observation", body) for body in bodies],
        expected=CREATED,
    )


def expressions(courses: int, seed: int) -> Traffic:
    """Expression episodes in sessions of course patients, who take turns."""
    random = Random(seed)  # noqa: S311  (not a secret)
    first = random.randrange(courses)
    whose = [Course(place=course((first + n) % courses)) for n in range(min(POOL, 4 * courses))]
    return episodes("create, settled", whose, seed)


def episodes(kind: str, whose: Sequence[Course], seed: int) -> Traffic:
    """Expression episodes of these patients in turn."""
    random = Random(seed)  # noqa: S311  (not a secret)
    bodies = (orjson.dumps(expression(random, of)) for of in whose)
    requests = [request("POST", "/fhir/Observation", body) for body in bodies]
    return Traffic(kind=kind, requests=requests, expected=CREATED)


def sessions(courses: int, seed: int) -> Traffic:
    """A session's PHQ-9 and twelve Observations in a transaction."""
    random = Random(seed)  # noqa: S311  (not a secret)
    made = (
        course_records.session_record(random, Course(place=course(random.randrange(courses))))
        for _ in range(SESSIONS)
    )
    return Traffic(
        kind="transaction of a session",
        requests=[_transaction(resources) for resources in made],
        expected=Expected(holds=b'"201'),
        holds=1 + course_records.EPISODES_EACH + course_records.VITALS_EACH,
    )


def loads(seed: int) -> Traffic:
    """A hundred vital signs of many patients in a transaction."""
    random = Random(seed)  # noqa: S311  (not a secret)
    made = (
        [population.new_vital(random) for _ in range(population.PER_PATIENT)] for _ in range(LOADS)
    )
    return Traffic(
        kind="transaction of 100",
        requests=[_transaction(resources) for resources in made],
        expected=Expected(holds=b'"201'),
        holds=population.PER_PATIENT,
    )


def updates(patients: int, seed: int) -> Traffic:
    """Vital signs of ward patients with another value, under the ids that they have."""
    random = Random(seed)  # noqa: S311  (not a secret)
    requests = []
    for _ in range(UPDATES):
        number, place = random.randrange(patients), random.randrange(population.PER_PATIENT)
        body = orjson.dumps(population.changed_vital(random, number, place))
        target = f"/fhir/Observation/{population.vital_id(number, place)}"
        requests.append(request("PUT", target, body))
    return Traffic(kind="update", requests=requests)


def _transaction(resources: Iterable[population.Json]) -> bytes:
    """One Bundle that creates."""
    entries = [
        {"resource": each, "request": {"method": "POST", "url": each["resourceType"]}}
        for each in resources
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    return request("POST", "/fhir", orjson.dumps(bundle))
