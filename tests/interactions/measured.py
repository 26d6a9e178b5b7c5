"""Measurements as clients send them, and how statistics on them are read."""

from typing import Any

import httpx

from service.fhir.validation import validate
from tests.interactions.sent import (
    Json,
    patient,
    put,
    replies,
    transaction,
)

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
STATISTICS = "http://terminology.hl7.org/CodeSystem/observation-statistics"
STATS = "/Observation/$stats"
WEIGHT = "29463-7"
CODES = (
    "average", "maximum", "minimum", "count", "total-count", "median", "std-dev", "sum", "variance",
    "20-percent", "80-percent", "4-lower", "4-upper", "4-dev", "5-1", "5-2", "5-3", "5-4", "skew",
    "kurtosis", "regression",
)  # fmt: skip
"""Every code of the CodeSystem."""
OF_WEIGHT = f"subject=Patient/p&code={WEIGHT}&system={LOINC}"


def coded(*codes: str, system: str = LOINC) -> Json:
    return {"coding": [{"system": system, "code": code} for code in codes]}


def kilograms(value: Any) -> Json:
    return {"value": value, "unit": "kg", "system": UCUM, "code": "kg"}


def pressure(value: Any) -> Json:
    return {"value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"}


def observation(
    id_: str, value: Any = None, when: str | None = "2026-01-01", **elements: Any
) -> Json:
    """A weight of patient p, unless `elements` say otherwise."""
    time = {} if when is None else {"effectiveDateTime": when}
    number = {} if value is None else {"valueQuantity": kilograms(value)}
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": coded(WEIGHT),
        **time,
        **number,
        **elements,
    }


def blood_pressure(id_: str, systolic: int, diastolic: int, when: str = "2026-01-01") -> Json:
    return observation(
        id_,
        when=when,
        code=coded("85354-9"),
        component=[
            {"code": coded("8480-6"), "valueQuantity": pressure(systolic)},
            {"code": coded("8462-4"), "valueQuantity": pressure(diastolic)},
        ],
    )


async def stored(fhir: httpx.AsyncClient, *observations: Json) -> None:
    people = [put(patient(id=name)) for name in ("p", "q")]
    replies(await fhir.post("", json=transaction(*people, *map(put, observations))))


def resources(answer: httpx.Response, name: str = "statistics") -> list[Json]:
    assert answer.status_code == 200, answer.text
    assert answer.json()["resourceType"] == "Parameters"
    found = [p["resource"] for p in answer.json()["parameter"] if p["name"] == name]
    for resource in found:
        assert validate(resource) == ()
    return found


async def asked(fhir: httpx.AsyncClient, query: str) -> list[Json]:
    return resources(await fhir.get(f"{STATS}?{query}"))


def code_of(resource: Json) -> str:
    return str(resource["code"]["coding"][0]["code"])


def values(resource: Json) -> dict[str, Any]:
    """By statistic: the number, two of a regression, or None with a reason."""
    found: dict[str, Any] = {}
    for component in resource["component"]:
        (coding,) = component["code"]["coding"]
        assert coding["system"] == STATISTICS
        assert ("valueQuantity" in component) is not ("dataAbsentReason" in component)
        number = component.get("valueQuantity", {}).get("value")
        both = coding["code"] == "regression" and "regression" in found
        found[coding["code"]] = (found["regression"], number) if both else number
    return found


async def numbers(fhir: httpx.AsyncClient, query: str) -> dict[str, Any]:
    (resource,) = await asked(fhir, query)
    return values(resource)


def lacking(resource: Json) -> dict[str, str]:
    """By statistic: why there is no number."""
    found = {}
    for component in resource["component"]:
        if reason := component.get("dataAbsentReason"):
            assert reason["coding"][0]["code"] == "not-a-number"
            found[component["code"]["coding"][0]["code"]] = reason["text"]
    return found


def member(id_: str, value: int, when: str | None = "2026-01-01", **elements: Any) -> Json:
    return observation(
        id_, when=when, code=coded("8867-4"), valueQuantity=pressure(value), **elements
    )


def panel(id_: str, *members: str, when: str | None = "2026-01-01") -> Json:
    return observation(
        id_,
        when=when,
        code=coded("85353-1"),
        hasMember=[{"reference": f"Observation/{name}"} for name in members],
    )


PANEL = [blood_pressure("b1", 120, 80), blood_pressure("b2", 136, 84, "2026-01-02")]
