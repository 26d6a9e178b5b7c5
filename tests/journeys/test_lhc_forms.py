"""Responses as the LHC-Forms renderer exports them.

The shape is that of LHC-Forms 40.1.3 rendering the LOINC PHQ-9 form: no id, the version of LOINC
behind the canonical, linkIds with a slash, LA codes that carry their ordinal value, a tag with
the renderer's version, and no item for what was left open. Rendering a form of ours it adds the
scores that it calculated, and no item for what the form let skip.
"""

from typing import Any

import httpx
import pytest

from tests.journeys.reading import derived_from, findings, observations, stored, value_code

LOINC = "http://loinc.org"
OURS = "https://attune-outcomes.org/fhir"
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


def exported_of_ours(
    patient: str, form: str, answers: dict[str, tuple[int, str, str]], scores: dict[str, int]
) -> dict[str, Any]:
    """Answers by linkId: what one counts, its code, and how it reads."""
    system = LOINC if form == "phq-9" else f"{OURS}/CodeSystem/answer"
    items: list[dict[str, Any]] = []
    for link_id, (counts, code, display) in answers.items():
        extension = [{"url": ORDINAL, "valueDecimal": counts}]
        chosen = {"system": system, "code": code, "display": display, "extension": extension}
        items.append({"answer": [{"valueCoding": chosen}], "linkId": link_id, "text": "Question"})
    for link_id, points in scores.items():
        items.append({"answer": [{"valueInteger": points}], "linkId": link_id, "text": "Score"})
    of_loinc = exported(patient, "", (), ())
    return {**of_loinc, "questionnaire": f"{OURS}/Questionnaire/{form}|1.0.0", "item": items}


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


def test_the_phq_9_of_ours_is_scored_and_agrees_with_what_the_form_calculated(
    fhir: httpx.Client,
) -> None:
    """8 * 2 + 1 = 17, and 2 + 2 = 4 for the items 1 and 2."""
    answers = {str(n): (2, *FREQUENCY[2]) for n in range(1, 9)} | {"9": (1, *FREQUENCY[1])}
    calculated = {"total": 17, "phq-9-core": 4}
    sent = exported_of_ours("lhc-ours", "phq-9", answers, calculated)
    somewhat = {"system": LOINC, "code": "LA6573-5", "display": "Somewhat difficult"}
    sent["item"].append({"answer": [{"valueCoding": somewhat}], "linkId": "difficulty"})
    send(fhir, "lhc-ours", sent)
    (score,) = observations(fhir, "lhc-ours", f"{LOINC}|44261-6")
    assert score["valueQuantity"]["value"] == 17


def test_the_k10_of_ours_is_scored_without_the_items_that_were_skipped(fhir: httpx.Client) -> None:
    """1 for 2 and 5 and for the skipped 3 and 6, 3 for the six others: 4 + 18 = 22."""
    some, none = (3, "3", "Some of the time"), (1, "1", "None of the time")
    answers = dict.fromkeys(("1", "4", "7", "8", "9", "10"), some) | {"2": none, "5": none}
    send(fhir, "lhc-k10", exported_of_ours("lhc-k10", "k10", answers, {"total": 22}))
    (score,) = observations(fhir, "lhc-k10", f"{OURS}/CodeSystem/scale|k10")
    assert score["valueQuantity"]["value"] == 22


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
