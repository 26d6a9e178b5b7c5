"""Totals and item 9 that arrive ready-made, in every form."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service.clinical import reading
from service.clinical.canonical import LOINC, SCALE, SNOMED_CT
from service.clinical.catalogue import catalogue
from service.clinical.facts import (
    AnyFact,
    Facts,
    SafetyAnswer,
    Total,
    decode,
    encode,
)
from service.fhir.exact_json import ExactDecimal
from service.fhir.resource import Resource
from tests.clinical.sent import BASE_URL, coded, observation, total

VIENNA = ZoneInfo("Europe/Vienna")


def read(resource: Resource) -> Facts:
    found = reading.facts(resource, zone=VIENNA, base_url=BASE_URL, known=catalogue())
    assert decode(encode(found)) == found
    return found


def only(resource: Resource) -> AnyFact:
    (found,) = read(resource)
    return found


def totals(resource: Resource) -> list[tuple[str, float]]:
    return [(f.scale, f.value) for f in read(resource) if isinstance(f, Total)]


def item_9(resource: Resource) -> list[float | None]:
    return [f.value for f in read(resource) if isinstance(f, SafetyAnswer)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueQuantity": {"value": 12}}, 12),
        ({"valueQuantity": {"value": ExactDecimal("2.0"), "unit": "{score}"}}, 2),
        ({"valueQuantity": {"value": ExactDecimal("17.886692270767657")}}, 17.886692270767657),
        ({"valueInteger": 12}, 12),
        ({"valueDecimal": ExactDecimal("12.0")}, 12),
        (
            {
                "valueCodeableConcept": {
                    "coding": [
                        {
                            "code": "x",
                            "extension": [
                                {
                                    "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue",
                                    "valueDecimal": 12,
                                }
                            ],
                        }
                    ]
                }
            },
            12,
        ),
    ],
)
def test_a_ready_made_total_is_read_in_every_form(value: Any, expected: float) -> None:
    sent = total("44261-6", 0, valueQuantity=None)
    assert totals(sent | value) == [("phq-9", expected)]


@pytest.mark.parametrize(
    "value",
    [
        {"valueQuantity": {"value": 28}},
        {"valueQuantity": {"value": -1}},
        {"valueQuantity": {"value": 12, "comparator": ">"}},
        {"valueQuantity": {"unit": "{score}"}},
        {"valueString": "12"},
        {"dataAbsentReason": {"text": "unknown"}},
    ],
)
def test_a_total_that_is_no_number_in_range_is_not_used(value: Any) -> None:
    assert read(total("44261-6", 0, valueQuantity=None) | value) == ()


@pytest.mark.parametrize(
    ("code", "value", "scale"),
    [
        (coded("44261-6", LOINC), 12, "phq-9"),
        (coded("720433000", SNOMED_CT), 12, "phq-9"),
        (coded("70274-6", LOINC), 3, "gad-7"),
        (coded("wai-sr", SCALE), ExactDecimal("4.1"), "wai-sr"),
        (coded("srs", SCALE), ExactDecimal("36.5"), "srs"),
        (coded("716613004", SNOMED_CT), 25, "ors"),
    ],
)
def test_a_total_is_known_by_its_code(code: Any, value: Any, scale: str) -> None:
    assert totals(observation(code, valueQuantity={"value": value})) == [(scale, float(value))]


def test_a_total_as_a_generator_of_synthetic_patients_makes_it() -> None:
    """Category laboratory, fractions of a second, no display, no performer."""
    sent = {
        "resourceType": "Observation",
        "id": "s",
        "status": "final",
        "category": [
            coded("laboratory", "http://terminology.hl7.org/CodeSystem/observation-category")
        ],
        "code": coded("70274-6", LOINC),
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "1940-05-15T03:06:39.223074+00:00",
        "encounter": {"reference": "Encounter/e"},
        "valueQuantity": {"value": ExactDecimal("2.0"), "unit": "{score}", "code": "{score}"},
    }
    assert only(sent) == Total(
        reference="Observation/s",
        effective="1940-05-15T03:06:39.223074+00:00",
        at=datetime(1940, 5, 15, 3, 6, 39, 223074, tzinfo=UTC),
        day=date(1940, 5, 15),
        encounter="e",
        scale="gad-7",
        value=2,
    )


def test_a_panel_gives_its_total_and_its_item_9() -> None:
    panel = observation(
        coded("44249-1", LOINC),
        component=[
            {"code": coded("44250-9", LOINC), "valueCodeableConcept": coded("LA6571-9", LOINC)},
            {"code": coded("44260-8", LOINC), "valueCodeableConcept": coded("LA6570-1", LOINC)},
            {"code": coded("44261-6", LOINC), "valueQuantity": {"value": 14}},
        ],
    )
    assert totals(panel) == [("phq-9", 14)]
    assert item_9(panel) == [2]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueCodeableConcept": coded("LA6568-5", LOINC)}, 0),
        ({"valueCodeableConcept": coded("LA6571-9", LOINC)}, 3),
        ({"valueInteger": 1}, 1),
        ({"valueQuantity": {"value": 2}}, 2),
        ({"valueQuantity": {"value": 5}}, 5),
        ({"valueString": "nearly every day"}, None),
        ({"dataAbsentReason": coded("asked-declined", "urn:reason")}, None),
    ],
)
def test_item_9_as_an_observation_of_its_own(value: Any, expected: float | None) -> None:
    assert item_9(observation(coded("44260-8", LOINC), **value)) == [expected]
