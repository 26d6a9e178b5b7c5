"""What clients send: resources, entries, Bundles; and how their answers are read."""

import json
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import httpx

Json = dict[str, Any]

LOINC = "http://loinc.org"
WEIGHT = {"coding": [{"system": LOINC, "code": "29463-7"}]}


def patient(**elements: Any) -> Json:
    return {"resourceType": "Patient", "name": [{"family": "Doe", "given": ["Jane"]}], **elements}


def practitioner(**elements: Any) -> Json:
    return {"resourceType": "Practitioner", **elements}


def weight(subject: str | None = None, **elements: Any) -> Json:
    """An Observation that no rule reads."""
    about = {} if subject is None else {"subject": {"reference": subject}}
    return {
        "resourceType": "Observation", "status": "final", "code": WEIGHT, **about, **elements
    }  # fmt: skip


def identified(value: str, system: str = "http://clinic.example/mrn") -> list[Json]:
    return [{"system": system, "value": value}]


def post(resource: Json, full_url: str | None = None, **request: str) -> Json:
    return entry("POST", str(resource.get("resourceType")), resource, full_url, **request)


def put(resource: Json, full_url: str | None = None, **request: str) -> Json:
    url = f"{resource['resourceType']}/{resource['id']}"
    return entry("PUT", url, resource, full_url, **request)


def get(url: str, **request: str) -> Json:
    return entry("GET", url, **request)


def delete(url: str, **request: str) -> Json:
    return entry("DELETE", url, **request)


def entry(
    method: str, url: str, resource: Json | None = None, full_url: str | None = None, **request: Any
) -> Json:
    said: Json = {"request": {"method": method, "url": url, **request}}
    if resource is not None:
        said["resource"] = resource
    return said if full_url is None else {"fullUrl": full_url, **said}


PARTS = {
    "type": "valueCode", "path": "valueString", "name": "valueString",
    "index": "valueInteger", "source": "valueInteger", "destination": "valueInteger",
}  # fmt: skip


def parameters(*operations: Json) -> Json:
    """A FHIRPath Patch; the `value` of an operation is what its part has beside the name."""
    return {
        "resourceType": "Parameters",
        **(
            {"parameter": [_operation(operation) for operation in operations]} if operations else {}
        ),
    }


def _operation(operation: Json) -> Json:
    parts = [
        {"name": name, **(given if name == "value" else {PARTS[name]: given})}
        for name, given in operation.items()
    ]
    return {"name": "operation", "part": parts}


def binary(*operations: Json) -> Json:
    """A JSON Patch as an entry of a Bundle carries it."""
    return {
        "resourceType": "Binary",
        "contentType": "application/json-patch+json",
        "data": b64encode(json.dumps(operations).encode()).decode(),
    }


def patch(url: str, document: Json, full_url: str | None = None, **request: str) -> Json:
    return entry("PATCH", url, document, full_url, **request)


def bundle(kind: str, *entries: Any) -> Json:
    return {"resourceType": "Bundle", "type": kind} | ({"entry": list(entries)} if entries else {})


def transaction(*entries: Any) -> Json:
    return bundle("transaction", *entries)


def batch(*entries: Any) -> Json:
    return bundle("batch", *entries)


def prefer(value: str) -> dict[str, str]:
    return {"Prefer": value}


async def created(fhir: httpx.AsyncClient, resource: Json) -> Json:
    answer = await fhir.post(f"/{resource['resourceType']}", json=resource)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def count(fhir: httpx.AsyncClient, path: str) -> int:
    """How many resources a search finds."""
    answer = await fhir.get(f"{path}{'&' if '?' in path else '?'}_summary=count")
    return int(answer.raise_for_status().json()["total"])


def replies(answer: httpx.Response) -> list[Json]:
    """The `response` of each entry."""
    assert answer.status_code == 200, answer.text
    return [entry["response"] for entry in answer.json().get("entry", ())]


def statuses(answer: httpx.Response) -> list[str]:
    return [reply["status"] for reply in replies(answer)]


def places(answer: httpx.Response) -> list[str]:
    """`[type]/[id]` of each entry's Location."""
    return [place(reply["location"]) for reply in replies(answer)]


def place(location: str) -> str:
    return "/".join(location.removeprefix("http://clinic.test/fhir/").split("/")[:2])


def said(answer: httpx.Response) -> str:
    """All sentences of an OperationOutcome."""
    return " ".join(issue["diagnostics"] for issue in answer.json()["issue"])


def issue(answer: httpx.Response) -> tuple[str, Sequence[str]]:
    """Code and expression of an OperationOutcome's first issue."""
    first = answer.json()["issue"][0]
    return first["code"], first.get("expression", ())
