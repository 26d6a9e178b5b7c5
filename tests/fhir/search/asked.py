"""Asking a single resource, for tests of what a search means."""

from typing import Any
from zoneinfo import ZoneInfo

from service.clinical.vocabulary import Vocabulary
from service.fhir.search.matches import matches
from service.fhir.search.parse import parse
from service.fhir.search.query import Query

ZONE = ZoneInfo("Europe/Vienna")
BASE = "https://clinic.example/fhir"


TERMINOLOGY: tuple[dict[str, Any], ...] = (
    {
        "resourceType": "CodeSystem",
        "id": "mood",
        "url": "urn:mood",
        "version": "1",
        "concept": [{"code": "low"}, {"code": "high"}],
    },
    {
        "resourceType": "ValueSet",
        "id": "moods",
        "url": "http://a.example/moods",
        "version": "1",
        "compose": {
            "include": [{"system": "urn:mood"}, {"system": "urn:x", "concept": [{"code": "a,b"}]}]
        },
    },
    {
        "resourceType": "ValueSet",
        "id": "standing",
        "url": "http://a.example/standing",
        "compose": {
            "include": [
                {
                    "system": "http://hl7.org/fhir/observation-status",
                    "concept": [{"code": "final"}, {"code": "amended"}],
                }
            ]
        },
    },
    {
        "resourceType": "ValueSet",
        "id": "ruled",
        "url": "http://a.example/ruled",
        "compose": {"include": [{"system": "urn:mood", "filter": [{"property": "concept"}]}]},
    },
    {
        "resourceType": "ValueSet",
        "id": "unlisted",
        "url": "http://a.example/unlisted",
        "compose": {"include": [{"system": "http://snomed.info/sct"}]},
    },
    {
        "resourceType": "ValueSet",
        "id": "without",
        "url": "http://a.example/without",
        "compose": {
            "include": [{"system": "urn:mood"}],
            "exclude": [{"system": "urn:mood", "concept": [{"code": "high"}]}],
        },
    },
    {
        "resourceType": "ValueSet",
        "id": "nothing",
        "url": "http://a.example/nothing",
        "compose": {"include": [{"system": "urn:mood"}], "exclude": [{"system": "urn:mood"}]},
    },
)


def query(kind: str, *pairs: str, lenient: bool = False) -> Query:
    """Of pairs written `name=value`, decoded."""
    split = [(name, value) for name, _, value in (pair.partition("=") for pair in pairs)]
    return parse(
        kind,
        split,
        zone=ZONE,
        base_url=BASE,
        lenient=lenient,
        value_sets=Vocabulary(TERMINOLOGY).codes_of,
    )


def found(resource: dict[str, Any], *pairs: str) -> bool:
    return matches(resource, query(resource["resourceType"], *pairs))


def observation(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": "1", "status": "final", **elements}
