"""Questions to draw at random about what is stored: the value of each comes from the data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bench import population
from bench.course_records import COURSES, course
from bench.population import LOINC, MEASURES, moment, ward
from bench.ward_records import VERSIONS, intake_id, panel_id

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What there is to ask about."""

    patients: int
    """Ward patients, from 0."""
    courses: int = COURSES
    filled: tuple[datetime, datetime]
    """When the newest of them were stored."""


Question = Callable[[Random, Scope], str]
"""An address below the FHIR base."""


def _patient(random: Random, scope: Scope) -> str:
    return ward(random.randrange(scope.patients))


def _code(random: Random) -> str:
    return f"{LOINC}|{random.choice(MEASURES)[0]}"


def _month(random: Random) -> str:
    month = random.randrange(1, 12)
    return f"date=ge2025-{month:02}-01&date=lt2025-{month + 1:02}-01"


def of_patient(rest: str, type_name: str = "Observation") -> Question:
    """`{code}` stands for a code drawn for each question, `{month}` for a month."""

    def target(random: Random, scope: Scope) -> str:
        asked = rest.format(code=_code(random), month=_month(random))
        return f"{type_name}?patient={_patient(random, scope)}&{asked}&_count={PAGE}"

    return target


def of_all(rest: str, type_name: str = "Observation") -> Question:
    def target(random: Random, scope: Scope) -> str:
        number = random.randrange(scope.patients)
        asked = rest.format(
            code=_code(random),
            month=_month(random),
            patient=ward(number),
            family=population.family_name(number),
            therapist=population.therapist_of(number),
            above=random.randrange(1000, 1060) / 10,
        )
        return f"{type_name}?{asked}&_count={PAGE}"

    return target


def a_vital(random: Random, scope: Scope) -> str:
    patient, place = random.randrange(scope.patients), random.randrange(population.PER_PATIENT)
    return f"Observation/{population.vital_id(patient, place)}"


def some_days(random: Random, scope: Scope) -> str:
    number = random.randrange(scope.patients)
    since = population.admission(number) + timedelta(days=random.randrange(3))
    until = since + timedelta(days=1)
    asked = f"date=ge{moment(since)}&date=lt{moment(until)}"
    return f"Observation?patient={ward(number)}&{asked}&_count={PAGE}"


def updated_since(random: Random, scope: Scope) -> str:
    began, ended = scope.filled
    since = began + (ended - began) * random.uniform(0.1, 0.9)
    return (
        f"Observation?_lastUpdated=ge{moment(since)}&_sort=_lastUpdated&_total=none&_count={PAGE}"
    )


def a_history(random: Random, scope: Scope) -> str:
    return f"Observation/{panel_id(random.randrange(scope.patients), 0)}/_history"


def a_version(random: Random, scope: Scope) -> str:
    version = random.randrange(1, VERSIONS + 1)
    return f"Observation/{panel_id(random.randrange(scope.patients), 0)}/_history/{version}"


def all_history(_: Random, __: Scope) -> str:
    return f"Observation/_history?_count={PAGE}"


def a_compartment(random: Random, scope: Scope) -> str:
    asked = f"code={_code(random)}&_sort=-date&_count={PAGE}"
    return f"Patient/{_patient(random, scope)}/Observation?{asked}"


def a_response(random: Random, scope: Scope) -> str:
    return f"QuestionnaireResponse/{intake_id(random.randrange(scope.patients))}"


def an_operation(name: str, rest: str) -> Question:
    def target(random: Random, scope: Scope) -> str:
        asked = rest.format(code=_code(random))
        return f"Observation/{name}?subject=Patient/{_patient(random, scope)}&{asked}"

    return target


def everything(random: Random, scope: Scope) -> str:
    return f"Patient/{_patient(random, scope)}/$everything?_count=50"


def several_types(random: Random, scope: Scope) -> str:
    types = "_type=Observation,Encounter,QuestionnaireResponse"
    return f"?{types}&patient={_patient(random, scope)}&_count={PAGE}"


def a_course(random: Random, scope: Scope) -> str:
    return f"Patient/{course(random.randrange(scope.courses))}/$course"
