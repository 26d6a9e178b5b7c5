"""Responses as the LHC-Forms renderer exports them.

The shape is that of LHC-Forms 40.1.3 rendering the LOINC PHQ-9 form: no id, the version of LOINC
behind the canonical, linkIds with a slash, LA codes that carry their ordinal value, a tag with
the renderer's version, and no item for what was left open.
"""

from typing import Any

import httpx
import pytest

from tests.journeys.reading import derived_from, findings, observations, stored, value_code

LOINC = "http://loinc.org"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
FREQUENCY = (
    ("LA6568-5", "Not at all"),
    ("LA6569-3", "Several days"),
    ("LA6570-1", "More than half the days"),
    ("LA6571-9", "Nearly every day"),
)
PHQ_9 = (
    "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3",
    "44260-8",
)  # fmt: skip
GAD_7 = ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7")


def exported(
    patient: str, panel: str, items: tuple[str, ...], answers: tuple[int | None, ...]
) -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse",
        "meta": {
            "profile": ["http://hl7.org/fhir/4.0/StructureDefinition/QuestionnaireResponse"],
            "tag": [{"code": "lformsVersion: 40.1.3"}],
        },
        "status": "completed",
        "authored": "2025-05-06T09:12:18.370Z",
        "questionnaire": f"{LOINC}/q/{panel}|2.77",
        "item": [
            {
                "answer": [{"valueCoding": coding(answer)}],
                "linkId": f"/{item}",
                "text": "The question as the form words it",
            }
            for item, answer in zip(items, answers, strict=True)
            if answer is not None
        ],
        "subject": {"reference": f"Patient/{patient}", "display": "A Patient"},
    }


def coding(answer: int) -> dict[str, Any]:
    code, display = FREQUENCY[answer]
    return {
        "system": LOINC,
        "code": code,
        "display": display,
        "extension": [{"url": ORDINAL, "valueDecimal": answer}],
    }


def send(fhir: httpx.Client, patient: str, response: dict[str, Any]) -> str:
    """Its reference on the server."""
    fhir.put(f"Patient/{patient}", json={"resourceType": "Patient", "id": patient})
    return (
        f"QuestionnaireResponse/{stored(fhir.post('QuestionnaireResponse', json=response))['id']}"
    )


def test_a_phq_9_is_scored_and_its_item_9_opens_a_review(fhir: httpx.Client) -> None:
    """2 + 2 + 2 + 2 + 1 + 1 + 2 + 0 + 1 = 13."""
    answers = (2, 2, 2, 2, 1, 1, 2, 0, 1)
    name = send(fhir, "lhc-phq", exported("lhc-phq", "44249-1", PHQ_9, answers))
    (score,) = observations(fhir, "lhc-phq", f"{LOINC}|44261-6")
    assert score["valueQuantity"]["value"] == 13
    assert derived_from(score) == {name}
    (review,) = findings(fhir, "lhc-phq", "safety-review")
    assert value_code(review) == "conversation-next-contact"
    assert derived_from(review) == {name}


def test_a_gad_7_is_scored(fhir: httpx.Client) -> None:
    """3 + 2 + 2 + 1 + 1 + 2 + 0 = 11."""
    send(fhir, "lhc-gad", exported("lhc-gad", "69737-5", GAD_7, (3, 2, 2, 1, 1, 2, 0)))
    (score,) = observations(fhir, "lhc-gad", f"{LOINC}|70274-6")
    assert score["valueQuantity"]["value"] == 11


@pytest.mark.parametrize("left_open", [1, 9])
def test_an_item_left_open_is_missing_and_never_0(fhir: httpx.Client, left_open: int) -> None:
    """Item 1 open: mean of eight twos times nine = 18. Item 9 open: no total, and that is said."""
    patient = f"lhc-open-{left_open}"
    answers = tuple(None if number == left_open else 2 for number in range(1, 10))
    send(fhir, patient, exported(patient, "44249-1", PHQ_9, answers))
    (score,) = observations(fhir, patient, f"{LOINC}|44261-6")
    (review,) = findings(fhir, patient, "safety-review")
    if left_open == 1:
        assert score["valueQuantity"]["value"] == 18
        assert value_code(review) == "conversation-same-day"
    else:
        assert "valueQuantity" not in score
        assert "dataAbsentReason" in score
        assert value_code(review) == "item-not-answered"
