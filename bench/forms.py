"""Filled-in forms of whatever Questionnaires a server ships, with answers drawn at random."""

from collections.abc import Iterator
from random import Random
from typing import Any

from bench.population import Json

LEAST, MOST, PLACES = (
    f"http://hl7.org/fhir/StructureDefinition/{name}"
    for name in ("minValue", "maxValue", "maxDecimalPlaces")
)
CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
NUMBERS = ("integer", "decimal")


def answers(random: Random, questionnaire: Json) -> list[Json]:
    """An answer to every question that a person answers; calculated items are left to the
    server."""
    return [
        {"linkId": item["linkId"], "answer": [answer]}
        for item in _questions(questionnaire)
        if (answer := _answer(random, item)) is not None
    ]


def _questions(holder: Json) -> Iterator[Json]:
    for item in holder.get("item", ()):
        if item["type"] == "group":
            yield from _questions(item)
        elif not item.get("readOnly") and CALCULATED not in _extensions(item):
            yield item


def _answer(random: Random, item: Json) -> Json | None:
    if options := item.get("answerOption"):
        chosen: Json = random.choice(options)
        return {name: value for name, value in chosen.items() if name.startswith("value")}
    limits = _extensions(item)
    if item["type"] not in NUMBERS or not {LEAST, MOST} <= limits.keys():
        return None
    scale = 10 ** int(limits.get(PLACES, 0))
    drawn = random.randint(int(limits[LEAST] * scale), int(limits[MOST] * scale))
    if item["type"] == "integer":
        return {"valueInteger": drawn // scale}
    return {"valueDecimal": drawn / scale}


def _extensions(item: Json) -> dict[str, Any]:
    """The values of an item's extensions by their addresses."""
    return {
        each["url"]: next((v for name, v in each.items() if name.startswith("value")), None)
        for each in item.get("extension", ())
    }
