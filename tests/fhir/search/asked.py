"""Asking a single resource, for tests of what a search means."""

from typing import Any
from zoneinfo import ZoneInfo

from service.fhir.search.matches import matches
from service.fhir.search.parse import parse
from service.fhir.search.query import Query

ZONE = ZoneInfo("Europe/Vienna")
BASE = "https://clinic.example/fhir"


def query(kind: str, *pairs: str, lenient: bool = False) -> Query:
    """Of pairs written `name=value`, decoded."""
    split = [(name, value) for name, _, value in (pair.partition("=") for pair in pairs)]
    return parse(kind, split, zone=ZONE, base_url=BASE, lenient=lenient)


def found(resource: dict[str, Any], *pairs: str) -> bool:
    return matches(resource, query(resource["resourceType"], *pairs))


def observation(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": "1", "status": "final", **elements}
