"""What a user looks up: all pages of a search, codes, values, and a patient's findings."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

Json = Mapping[str, Any]

FINDING = "https://attune-outcomes.org/fhir/CodeSystem/finding"
LOINC = "http://loinc.org"


def found(fhir: httpx.Client, path: str, **parameters: str) -> Iterator[Json]:
    """The matches of a search, page after page."""
    answer = fhir.get(path, params=parameters)
    while True:
        assert answer.status_code == 200, answer.text
        bundle = answer.json()
        yield from (entry["resource"] for entry in bundle.get("entry", ()))
        following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        if not following:
            return
        answer = fhir.get(following[0])


def observations(fhir: httpx.Client, patient: str, code: str) -> list[Json]:
    """Observations of one code that stand, in order of time; `code` is `system|code`."""
    every = found(fhir, "Observation", patient=patient, code=code)
    standing = [each for each in every if each["status"] != "entered-in-error"]
    return sorted(standing, key=lambda each: str(each["effectiveDateTime"]))


def findings(fhir: httpx.Client, patient: str, rule: str) -> list[Json]:
    return observations(fhir, patient, f"{FINDING}|{rule}")


def value_code(observation: Json) -> str:
    return str(observation["valueCodeableConcept"]["coding"][0]["code"])


def derived_from(observation: Json) -> set[str]:
    return {reference["reference"] for reference in observation["derivedFrom"]}


def component(observation: Json, code: str) -> Json:
    (only,) = (
        part for part in observation["component"] if part["code"]["coding"][0]["code"] == code
    )
    return dict(only)


def stored(answer: httpx.Response) -> Json:
    """The resource that a create or update answers with."""
    assert answer.status_code in {200, 201}, answer.text
    return dict(answer.json())
