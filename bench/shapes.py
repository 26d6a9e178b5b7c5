"""Every shape of search that is served, each with a question to draw at random: one table.

A shape is measured on databases of growing size. Where `grows` is set, what is asked for grows with
the database itself (a count of all, a page of all with its total), so that some growth is the
answer's own; it is shown and held to the same target all the same.
"""

from dataclasses import dataclass

from bench.client import Expected
from bench.population import CATEGORY, LOINC, MEASURES, NUMBERS
from bench.questions import (
    PAGE,
    Question,
    a_compartment,
    a_course,
    a_history,
    a_response,
    a_version,
    a_vital,
    all_history,
    an_operation,
    everything,
    of_all,
    of_patient,
    several_types,
    some_days,
    updated_since,
)
from bench.ward_records import INTAKE, PANEL, SYSTOLIC

SOME = Expected(entries=(1, PAGE))
FULL = Expected(entries=(PAGE, PAGE))
ANY = Expected(entries=(1, 1000))
ANY_OR_NONE = Expected(entries=(0, 1000))
COUNTED = Expected(holds=b'"total"')


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A kind of question."""

    name: str
    target: Question
    """Below the FHIR base."""
    expected: Expected
    grows: bool = False
    follow: int = 0
    """How many times `next` is followed before what is measured."""


HEART = f"{LOINC}|{MEASURES[0][0]}"
VITALS, EXAMS = f"{CATEGORY}|vital-signs", f"{CATEGORY}|exam"
BLOOD_PRESSURE = f"{LOINC}|{SYSTOLIC}$gt120"

SHAPES = (
    Shape(name="read by id", target=a_vital, expected=Expected()),
    Shape(name="read of a response by id", target=a_response, expected=Expected()),
    Shape(
        name="patient, code: newest 20, total",
        target=of_patient("code={code}&_sort=-date"),
        expected=FULL,
    ),
    Shape(
        name="patient, code: newest 20",
        target=of_patient("code={code}&_sort=-date&_total=none"),
        expected=FULL,
    ),
    Shape(name="patient, category", target=of_patient(f"category={EXAMS}"), expected=SOME),
    Shape(name="patient, dates", target=some_days, expected=FULL),
    Shape(
        name="patient, code, value-quantity",
        target=of_patient(f"code={HEART}&value-quantity=gt50||/min"),
        expected=SOME,
    ),
    Shape(
        name="patient, combo-code-value-quantity",
        target=of_patient(f"combo-code-value-quantity={HEART}$gt50"),
        expected=SOME,
    ),
    Shape(name="patient, code:text", target=of_patient("code:text=heart"), expected=SOME),
    Shape(
        name="patient, sorted by value",
        target=of_patient("code={code}&_sort=-value-quantity"),
        expected=FULL,
    ),
    Shape(name="patient's compartment", target=a_compartment, expected=FULL),
    Shape(
        name="patient, code:not",
        target=of_patient("code:not={code}&_total=none"),
        expected=FULL,
    ),
    Shape(
        name="patient, value-quantity:missing",
        target=of_patient("value-quantity:missing=true"),
        expected=SOME,
    ),
    Shape(
        name="patient, code, _summary=true",
        target=of_patient("code={code}&_summary=true"),
        expected=FULL,
    ),
    Shape(
        name="encounters of a patient",
        target=of_patient("_sort=-date", "Encounter"),
        expected=SOME,
    ),
    Shape(
        name="patient, _include",
        target=of_patient(
            "code={code}&_include=Observation:patient&_include=Observation:encounter&_total=none"
        ),
        expected=ANY,
    ),
    Shape(
        name="code, month of everybody",
        target=of_all("code={code}&{month}&_total=none"),
        expected=SOME,
    ),
    Shape(
        name="code, month of everybody, total",
        target=of_all("code={code}&{month}"),
        expected=SOME,
        grows=True,
    ),
    Shape(
        name="code, value-quantity of everybody",
        target=of_all(f"code={HEART}&value-quantity=gt{{above}}||/min&_total=none"),
        expected=SOME,
    ),
    Shape(
        name="code, rare value of everybody",
        target=of_all(f"code={HEART}&value-quantity=gt109.8||/min&_total=none"),
        expected=ANY_OR_NONE,
    ),
    Shape(
        name="component-code-value of everybody",
        target=of_all(f"component-code-value-quantity={BLOOD_PRESSURE}&_total=none"),
        expected=SOME,
    ),
    Shape(
        name="status of everybody",
        target=of_all("status=preliminary&_total=none"),
        expected=FULL,
    ),
    Shape(
        name="status:not of everybody",
        target=of_all(f"status:not=final&category={EXAMS}&_total=none"),
        expected=FULL,
    ),
    Shape(
        name="month of everybody",
        target=of_all("{month}&_total=none"),
        expected=SOME,
    ),
    Shape(
        name="newest by date of everybody",
        target=of_all("_sort=-date&_total=none"),
        expected=FULL,
    ),
    Shape(
        name="two codes of everybody",
        target=of_all(f"code={{code}},{LOINC}|{PANEL}&_total=none"),
        expected=FULL,
    ),
    Shape(
        name="oldest of a code's month",
        target=of_all("code={code}&{month}&_sort=date&_total=none"),
        expected=SOME,
    ),
    Shape(
        name="latest encounters",
        target=of_all("_sort=-date&_total=none", "Encounter"),
        expected=FULL,
    ),
    Shape(
        name="latest responses",
        target=of_all("_sort=-authored&_total=none", "QuestionnaireResponse"),
        expected=FULL,
    ),
    Shape(
        name="newest of everybody",
        target=of_all("_sort=-_lastUpdated&_total=none"),
        expected=FULL,
    ),
    Shape(
        name="category of everybody",
        target=of_all(f"category={VITALS}&_total=none"),
        expected=FULL,
    ),
    Shape(
        name="category of everybody, total",
        target=of_all(f"category={EXAMS}"),
        expected=FULL,
        grows=True,
    ),
    Shape(
        name="code:text of everybody",
        target=of_all("code:text=heart&_total=none"),
        expected=FULL,
    ),
    Shape(name="encounter", target=of_all("encounter=Encounter/{patient}"), expected=FULL),
    Shape(
        name="performer",
        target=of_all("performer=Practitioner/{therapist}&_total=none"),
        expected=FULL,
    ),
    Shape(name="_lastUpdated", target=updated_since, expected=FULL),
    Shape(
        name="10th page, of one code",
        target=of_all("code={code}&_total=none"),
        expected=FULL,
        follow=9,
    ),
    Shape(
        name="chain patient.identifier",
        target=of_all(f"patient.identifier={NUMBERS}|{{patient}}&code={{code}}"),
        expected=FULL,
    ),
    Shape(
        name="chain patient.name",
        target=of_all("patient.name={family}&code={code}"),
        expected=FULL,
    ),
    Shape(
        name="_has, of one patient",
        target=of_all(
            f"_has:Observation:patient:code={HEART}&identifier={NUMBERS}|{{patient}}", "Patient"
        ),
        expected=Expected(entries=(1, 1)),
    ),
    Shape(
        name="_has, of everybody",
        target=of_all(f"_has:Observation:patient:code={LOINC}|{PANEL}&_total=none", "Patient"),
        expected=FULL,
    ),
    Shape(
        name="_revinclude",
        target=of_all("_id={patient}&_revinclude=Observation:encounter", "Encounter"),
        expected=Expected(entries=(PAGE, 1000)),
    ),
    Shape(name="patient by name", target=of_all("name={family}", "Patient"), expected=SOME),
    Shape(
        name="patient by identifier",
        target=of_all(f"identifier={NUMBERS}|{{patient}}", "Patient"),
        expected=Expected(entries=(1, 1)),
    ),
    Shape(
        name="responses of a patient",
        target=of_patient(f"questionnaire={INTAKE}", "QuestionnaireResponse"),
        expected=SOME,
    ),
    Shape(name="several types of a patient", target=several_types, expected=FULL),
    Shape(
        name="count of a patient's",
        target=of_patient("code={code}&_summary=count"),
        expected=COUNTED,
    ),
    Shape(
        name="count of everybody's",
        target=of_all("code={code}&_summary=count"),
        expected=COUNTED,
        grows=True,
    ),
    Shape(name="$lastn", target=an_operation("$lastn", f"category={VITALS}&max=3"), expected=ANY),
    Shape(
        name="$stats",
        target=an_operation("$stats", "code={code}&statistic=average,count,maximum"),
        expected=Expected(),
    ),
    Shape(name="$everything, first page", target=everything, expected=ANY),
    Shape(name="version of an instance", target=a_version, expected=Expected()),
    Shape(name="history of a type, first page", target=all_history, expected=FULL),
    Shape(name="history of an instance", target=a_history, expected=Expected(entries=(3, 3))),
    Shape(name="$course, 20 sessions", target=a_course, expected=Expected()),
)
