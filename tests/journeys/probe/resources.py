"""Small valid resources, which a test completes with what it is about."""

from typing import Any

from tests.journeys.probe.speech import Json

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
SYSTEM = "http://probe.example/identifiers"
CODES = "http://probe.example/codes"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
WEIGHT = {"coding": [{"system": LOINC, "code": "29463-7", "display": "Body weight"}]}
HEIGHT = {"coding": [{"system": LOINC, "code": "8302-2", "display": "Body height"}]}


def identifier(value: str) -> list[Json]:
    return [{"system": SYSTEM, "value": value}]


def reference(to: str) -> Json:
    return {"reference": to}


def concept(code: str, system: str = CODES) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def quantity(value: float, code: str = "kg") -> Json:
    return {"value": value, "unit": code, "system": UCUM, "code": code}


def patient(mark: str, **elements: Any) -> Json:
    return {"resourceType": "Patient", "identifier": identifier(mark), **elements}


def practitioner(mark: str, **elements: Any) -> Json:
    return {"resourceType": "Practitioner", "identifier": identifier(mark), **elements}


def observation(subject: str, **elements: Any) -> Json:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": WEIGHT,
        "subject": reference(subject),
        **elements,
    }


def weighed(mark: str, **elements: Any) -> Json:
    """An Observation that stands alone, found by its identifier."""
    return {
        "resourceType": "Observation",
        "identifier": identifier(mark),
        "status": "final",
        "code": WEIGHT,
        **elements,
    }


def encounter(subject: str, **elements: Any) -> Json:
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": ACT_CODE, "code": "AMB"},
        "subject": reference(subject),
        **elements,
    }


def bundle(type_name: str, *entries: Json) -> Json:
    return {"resourceType": "Bundle", "type": type_name, "entry": list(entries)}


def transaction(*entries: Json) -> Json:
    return bundle("transaction", *entries)


def batch(*entries: Json) -> Json:
    return bundle("batch", *entries)


def entry(
    method: str, url: str, resource: Json | None = None, full_url: str | None = None, **more: str
) -> Json:
    """`more` are further elements of the request, such as ifNoneExist."""
    made: Json = {"request": {"method": method, "url": url, **more}}
    if resource is not None:
        made["resource"] = resource
    if full_url is not None:
        made["fullUrl"] = full_url
    return made
