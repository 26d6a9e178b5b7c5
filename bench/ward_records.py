"""What ward patients have on the ladder besides vital signs, so that every search finds something.

Per patient two blood pressures with components, one of them preliminary and corrected twice, and a
form that no definition scores: about two in a hundred of what is stored.
"""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from bench.population import CATEGORY, LOINC, UNITS, Json, admission, moment, therapist_of, ward

PANEL, SYSTOLIC, DIASTOLIC = "85354-9", "8480-6", "8462-4"
PANELS = 2
VERSIONS = 3
"""Of the first panel of each patient."""
INTAKE = "https://clinic.example/fhir/Questionnaire/intake"


def panel_id(number: int, place: int) -> str:
    return f"bench-{number}-bp{place}"


def intake_id(number: int) -> str:
    return f"bench-{number}-intake"


def first_versions(patients: range) -> Iterator[Json]:
    for number in patients:
        yield from (panel(number, place, 0) for place in range(PANELS))
        yield intake(number)


def corrections(patients: range, version: int) -> Iterator[Json]:
    """A later version of each patient's first panel."""
    return (panel(number, 0, version) for number in patients)


def panel(number: int, place: int, version: int) -> Json:
    random = Random(f"{number}-{place}-{version}")  # noqa: S311  (not a secret)
    patient = ward(number)
    return {
        "resourceType": "Observation",
        "id": panel_id(number, place),
        "status": "final" if place else "preliminary",
        "category": [{"coding": [{"system": CATEGORY, "code": "exam", "display": "Exam"}]}],
        "code": _loinc(PANEL, "Blood pressure panel"),
        "subject": {"reference": f"Patient/{patient}"},
        "encounter": {"reference": f"Encounter/{patient}"},
        "effectiveDateTime": moment(admission(number) + timedelta(days=place, minutes=7)),
        "performer": [{"reference": f"Practitioner/{therapist_of(number)}"}],
        "component": [
            _component(SYSTOLIC, "Systolic blood pressure", random.randrange(95, 160)),
            _component(DIASTOLIC, "Diastolic blood pressure", random.randrange(55, 95)),
        ],
    }


def intake(number: int) -> Json:
    patient = ward(number)
    answers = Random(f"{number}-intake")  # noqa: S311  (not a secret)
    return {
        "resourceType": "QuestionnaireResponse",
        "id": intake_id(number),
        "questionnaire": INTAKE,
        "status": "completed",
        "subject": {"reference": f"Patient/{patient}"},
        "encounter": {"reference": f"Encounter/{patient}"},
        "authored": moment(admission(number)),
        "author": {"reference": f"Patient/{patient}"},
        "item": [
            {"linkId": str(n), "answer": [{"valueInteger": answers.randrange(5)}]}
            for n in range(1, 9)
        ],
    }


def _loinc(code: str, display: str) -> Json:
    return {"coding": [{"system": LOINC, "code": code, "display": display}], "text": display}


def _component(code: str, display: str, value: int) -> Json:
    quantity = {"value": value, "unit": "mmHg", "system": UNITS, "code": "mm[Hg]"}
    return {"code": _loinc(code, display), "valueQuantity": quantity}
