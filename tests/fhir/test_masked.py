"""The audit keeps what was asked, and nothing that was typed about a person."""

import pytest

from service.fhir.search.masked import masked

CANARY = "Kanarienvogel"


@pytest.mark.parametrize(
    ("kind", "name", "value", "kept"),
    [
        ("Observation", "code", "http://loinc.org|44261-6", "code=http://loinc.org|44261-6"),
        ("Observation", "patient", "Patient/7", "patient=Patient/7"),
        ("Observation", "date", "ge2026-05-03", "date=ge2026-05-03"),
        ("Observation", "value-quantity", "gt5.4|http://unitsofmeasure.org|kg",
         "value-quantity=gt5.4|http://unitsofmeasure.org|kg"),
        ("Observation", "_count", "20", "_count=20"),
        ("Observation", "_sort", "-date,code", "_sort=-date,code"),
        ("Observation", "_include", "Observation:patient", "_include=Observation:patient"),
        ("Observation", "status:not", "final", "status:not=final"),
        ("Observation", "subject:Patient", "7", "subject:Patient=7"),
        ("Patient", "_id", "7", "_id=7"),
        ("Observation", "code-value-quantity", "a$5", "code-value-quantity=a$5"),
        ("Observation", "code-value-string", f"a${CANARY}", "code-value-string=*"),
        ("Patient", "name", CANARY, "name=*"),
        ("Patient", "family:exact", CANARY, "family:exact=*"),
        ("Patient", "identifier", f"http://a.example|{CANARY}", "identifier=*"),
        ("Patient", "birthdate", "1950-01-01", "birthdate=*"),
        ("Patient", "phone", "0123", "phone=*"),
        ("Patient", "address-city", CANARY, "address-city=*"),
        ("Observation", "code:text", CANARY, "code:text=*"),
        ("Observation", "patient:identifier", f"a|{CANARY}", "patient:identifier=*"),
        ("Observation", "patient.name", CANARY, "patient.name=*"),
        ("Observation", f"patient.{CANARY}", "x", "unknown=*"),
        ("Patient", "_has:Observation:patient:code", "8867-4",
         "_has:Observation:patient:code=*"),
        ("Observation", "code", f"{CANARY} was here", "code=*"),
        ("Observation", CANARY, "x", "unknown=*"),
        ("Observation", f"code:{CANARY} {CANARY}", "x", "code=*"),
        ("Questionnaire", "url", f"http://a.example/{CANARY}", "url=*"),
    ],
)  # fmt: skip
def test_a_parameter_is_kept_as_far_as_it_says_nothing_of_a_person(
    kind: str, name: str, value: str, kept: str
) -> None:
    assert masked([kind], [(name, value)]) == kept


def test_parameters_keep_their_order() -> None:
    pairs = [("family", "Doe"), ("gender", "female"), ("_count", "1")]
    assert masked(["Patient"], pairs) == "family=*&gender=female&_count=1"


def test_of_several_types_the_first_that_knows_a_parameter_decides() -> None:
    assert masked(["Observation", "Patient"], [("_lastUpdated", "gt2026"), ("family", "x")]) == (
        "_lastUpdated=gt2026&family=*"
    )
