"""Observations with values and components of several kinds."""

from tests.journeys.probe.resources import HEIGHT, WEIGHT, concept, quantity, weighed
from tests.journeys.probe.speech import Json, Probe

SYSTOLIC, DIASTOLIC = concept("systolic"), concept("diastolic")


def pressure(systolic: float, diastolic: float) -> Json:
    return {
        "code": concept("pressure"),
        "component": [
            {"code": SYSTOLIC, "valueQuantity": quantity(systolic, "mm[Hg]")},
            {"code": DIASTOLIC, "valueQuantity": quantity(diastolic, "mm[Hg]")},
        ],
    }


RECORDS: dict[str, Json] = {
    "light": {"code": WEIGHT, "valueQuantity": quantity(50)},
    "heavy": {"code": WEIGHT, "valueQuantity": quantity(90)},
    "height": {"code": HEIGHT, "valueQuantity": quantity(90, "cm")},
    "normal": pressure(120, 80),
    "crossed": pressure(80, 120),
    "coded": {"code": concept("mood"), "valueCodeableConcept": concept("low")},
    "told": {"code": concept("note"), "valueString": "Weighed $ twice"},
    "when": {"code": concept("onset"), "valueDateTime": "2026-05-03"},
    "parts": {
        "code": concept("parts"),
        "component": [
            {"code": concept("a"), "valueCodeableConcept": concept("x")},
            {"code": concept("b"), "valueCodeableConcept": concept("y")},
        ],
    },
}


def stored(probe: Probe, mark: str) -> dict[str, str]:
    """`Observation/[id]` of each, by its key."""
    names = probe.stored(*(weighed(mark) | record for record in RECORDS.values()))
    return dict(zip(RECORDS, names, strict=True))
