"""Every shape of search that is served, each with a question to draw at random: one table.

A shape is measured on databases of growing size. Where `grows` is set, what is asked for grows with
the database itself (a count of all, a page of all with its total), so that some growth is the
answer's own; it is shown and held to the same target all the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bench import population
from bench.client import Expected
from bench.course_records import COURSES, course
from bench.population import CATEGORY, LOINC, MEASURES, NUMBERS, moment, ward
from bench.ward_records import INTAKE, PANEL, SYSTOLIC, intake_id, panel_id

PAGE = 20
SOME = Expected(entries=(1, PAGE))
FULL = Expected(entries=(PAGE, PAGE))
ANY = Expected(entries=(1, 1000))
COUNTED = Expected(holds=b'"total"')


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What there is to ask about."""

    patients: int
    """Ward patients, from 0."""
    courses: int = COURSES
    filled: tuple[datetime, datetime]
    """When the newest of them were stored."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A kind of question."""

    name: str
    target: Callable[[Random, Scope], str]
    """Below the FHIR base."""
    expected: Expected
    grows: bool = False
    follow: int = 0
    """How many times `next` is followed before what is measured."""


def _patient(random: Random, scope: Scope) -> str:
    return ward(random.randrange(scope.patients))


def _code(random: Random) -> str:
    return f"{LOINC}|{random.choice(MEASURES)[0]}"


def _month(random: Random) -> str:
    month = random.randrange(1, 12)
    return f"date=ge2025-{month:02}-01&date=lt2025-{month + 1:02}-01"


def _of_patient(rest: str, type_name: str = "Observation") -> Callable[[Random, Scope], str]:
    """`{code}` stands for a code drawn for each question, `{month}` for a month."""

    def target(random: Random, scope: Scope) -> str:
        asked = rest.format(code=_code(random), month=_month(random))
        return f"{type_name}?patient={_patient(random, scope)}&{asked}&_count={PAGE}"

    return target


def _of_all(rest: str, type_name: str = "Observation") -> Callable[[Random, Scope], str]:
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


def _vital(random: Random, scope: Scope) -> str:
    patient, place = random.randrange(scope.patients), random.randrange(population.PER_PATIENT)
    return f"Observation/{population.vital_id(patient, place)}"


def _days(random: Random, scope: Scope) -> str:
    number = random.randrange(scope.patients)
    since = population.admission(number) + timedelta(days=random.randrange(3))
    until = since + timedelta(days=1)
    asked = f"date=ge{moment(since)}&date=lt{moment(until)}"
    return f"Observation?patient={ward(number)}&{asked}&_count={PAGE}"


def _updated(random: Random, scope: Scope) -> str:
    began, ended = scope.filled
    since = began + (ended - began) * random.uniform(0.1, 0.9)
    return (
        f"Observation?_lastUpdated=ge{moment(since)}&_sort=_lastUpdated&_total=none&_count={PAGE}"
    )


def _history(random: Random, scope: Scope) -> str:
    return f"Observation/{panel_id(random.randrange(scope.patients), 0)}/_history"


def _response(random: Random, scope: Scope) -> str:
    return f"QuestionnaireResponse/{intake_id(random.randrange(scope.patients))}"


def _operation(name: str, rest: str) -> Callable[[Random, Scope], str]:
    def target(random: Random, scope: Scope) -> str:
        asked = rest.format(code=_code(random))
        return f"Observation/{name}?subject=Patient/{_patient(random, scope)}&{asked}"

    return target


def _everything(random: Random, scope: Scope) -> str:
    return f"Patient/{_patient(random, scope)}/$everything?_count=50"


def _several(random: Random, scope: Scope) -> str:
    types = "_type=Observation,Encounter,QuestionnaireResponse"
    return f"?{types}&patient={_patient(random, scope)}&_count={PAGE}"


def _course(random: Random, scope: Scope) -> str:
    return f"Patient/{course(random.randrange(scope.courses))}/$course"


HEART = f"{LOINC}|{MEASURES[0][0]}"
VITALS, EXAMS = f"{CATEGORY}|vital-signs", f"{CATEGORY}|exam"
BLOOD_PRESSURE = f"{LOINC}|{SYSTOLIC}$gt120"

SHAPES = (
    Shape(name="read by id", target=_vital, expected=Expected()),
    Shape(name="read of a response by id", target=_response, expected=Expected()),
    Shape(
        name="patient, code: newest 20, total",
        target=_of_patient("code={code}&_sort=-date"),
        expected=FULL,
    ),
    Shape(
        name="patient, code: newest 20",
        target=_of_patient("code={code}&_sort=-date&_total=none"),
        expected=FULL,
    ),
    Shape(name="patient, category", target=_of_patient(f"category={EXAMS}"), expected=SOME),
    Shape(name="patient, dates", target=_days, expected=FULL),
    Shape(
        name="patient, code, value-quantity",
        target=_of_patient(f"code={HEART}&value-quantity=gt50||/min"),
        expected=SOME,
    ),
    Shape(
        name="patient, combo-code-value-quantity",
        target=_of_patient(f"combo-code-value-quantity={HEART}$gt50"),
        expected=SOME,
    ),
    Shape(name="patient, code:text", target=_of_patient("code:text=heart"), expected=SOME),
    Shape(
        name="patient, sorted by value",
        target=_of_patient("code={code}&_sort=-value-quantity"),
        expected=FULL,
    ),
    Shape(
        name="patient, _include",
        target=_of_patient(
            "code={code}&_include=Observation:patient&_include=Observation:encounter&_total=none"
        ),
        expected=ANY,
    ),
    Shape(
        name="code, month of everybody",
        target=_of_all("code={code}&{month}&_total=none"),
        expected=SOME,
    ),
    Shape(
        name="code, month of everybody, total",
        target=_of_all("code={code}&{month}"),
        expected=SOME,
        grows=True,
    ),
    Shape(
        name="code, value-quantity of everybody",
        target=_of_all(f"code={HEART}&value-quantity=gt{{above}}||/min&_total=none"),
        expected=SOME,
    ),
    Shape(
        name="component-code-value of everybody",
        target=_of_all(f"component-code-value-quantity={BLOOD_PRESSURE}&_total=none"),
        expected=SOME,
    ),
    Shape(
        name="status of everybody",
        target=_of_all("status=preliminary&_total=none"),
        expected=FULL,
    ),
    Shape(
        name="category of everybody",
        target=_of_all(f"category={VITALS}&_total=none"),
        expected=FULL,
    ),
    Shape(
        name="category of everybody, total",
        target=_of_all(f"category={EXAMS}"),
        expected=FULL,
        grows=True,
    ),
    Shape(
        name="code:text of everybody",
        target=_of_all("code:text=heart&_total=none"),
        expected=FULL,
    ),
    Shape(name="encounter", target=_of_all("encounter=Encounter/{patient}"), expected=FULL),
    Shape(
        name="performer",
        target=_of_all("performer=Practitioner/{therapist}&_total=none"),
        expected=FULL,
    ),
    Shape(name="_lastUpdated", target=_updated, expected=FULL),
    Shape(
        name="10th page, of one code",
        target=_of_all("code={code}&_total=none"),
        expected=FULL,
        follow=9,
    ),
    Shape(
        name="chain patient.identifier",
        target=_of_all(f"patient.identifier={NUMBERS}|{{patient}}&code={{code}}"),
        expected=FULL,
    ),
    Shape(
        name="chain patient.name",
        target=_of_all("patient.name={family}&code={code}"),
        expected=FULL,
    ),
    Shape(
        name="_has, of one patient",
        target=_of_all(
            f"_has:Observation:patient:code={HEART}&identifier={NUMBERS}|{{patient}}", "Patient"
        ),
        expected=Expected(entries=(1, 1)),
    ),
    Shape(
        name="_has, of everybody",
        target=_of_all(f"_has:Observation:patient:code={LOINC}|{PANEL}&_total=none", "Patient"),
        expected=FULL,
    ),
    Shape(
        name="_revinclude",
        target=_of_all("_id={patient}&_revinclude=Observation:encounter", "Encounter"),
        expected=Expected(entries=(PAGE, 1000)),
    ),
    Shape(name="patient by name", target=_of_all("name={family}", "Patient"), expected=SOME),
    Shape(
        name="patient by identifier",
        target=_of_all(f"identifier={NUMBERS}|{{patient}}", "Patient"),
        expected=Expected(entries=(1, 1)),
    ),
    Shape(
        name="responses of a patient",
        target=_of_patient(f"questionnaire={INTAKE}", "QuestionnaireResponse"),
        expected=SOME,
    ),
    Shape(name="several types of a patient", target=_several, expected=FULL),
    Shape(
        name="count of a patient's",
        target=_of_patient("code={code}&_summary=count"),
        expected=COUNTED,
    ),
    Shape(
        name="count of everybody's",
        target=_of_all("code={code}&_summary=count"),
        expected=COUNTED,
        grows=True,
    ),
    Shape(name="$lastn", target=_operation("$lastn", f"category={VITALS}&max=3"), expected=ANY),
    Shape(
        name="$stats",
        target=_operation("$stats", "code={code}&statistic=average,count,maximum"),
        expected=Expected(),
    ),
    Shape(name="$everything, first page", target=_everything, expected=ANY),
    Shape(name="history of an instance", target=_history, expected=Expected(entries=(3, 3))),
    Shape(name="$course, 20 sessions", target=_course, expected=Expected()),
)
