"""The requests of a measurement, whole and in advance: the same bytes go to every server."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import orjson

from bench import population
from bench.client import request

POOL = 4000
"""Different requests of one kind; a faster server meets them again."""
PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Requests of one kind, and what their answers must be."""

    kind: str
    requests: Sequence[bytes]
    status: int = 200
    entries: int | None = None


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
        entries=PAGE,
    )


def creates(seed: int) -> Traffic:
    """Vital signs, which no definition reads."""
    random = Random(seed)  # noqa: S311  (not a secret)
    bodies = (orjson.dumps(population.new_vital(random)) for _ in range(POOL))
    return Traffic(
        kind="create",
        requests=[request("POST", "/fhir/Observation", body) for body in bodies],
        status=201,
    )


def expressions(seed: int) -> Traffic:
    """Expression episodes in sessions of course patients, who take turns."""
    random = Random(seed)  # noqa: S311  (not a secret)
    first = random.randrange(population.COURSES)
    bodies = (
        orjson.dumps(population.expression(random, (first + n) % population.COURSES))
        for n in range(POOL)
    )
    return Traffic(
        kind="create, settled",
        requests=[request("POST", "/fhir/Observation", body) for body in bodies],
        status=201,
    )
