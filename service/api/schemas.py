"""What the OpenAPI document says beside the interactions: other doors, and the shapes of bodies."""

from typing import Any

Json = dict[str, Any]


def beside_fhir() -> Json:
    """Paths of doors that are no part of the FHIR API."""
    this = {"200": {"description": "This document"}}
    alive = {"200": {"description": "The process answers"}}
    ready = {
        "200": {"description": "Requests can be served"},
        "503": {"description": "The database is not reachable or its schema is another version's"},
    }
    return {
        "/openapi.json": {"get": {"operationId": "told", "tags": ["document"], "responses": this}},
        "/livez": {"get": {"operationId": "live", "tags": ["health"], "responses": alive}},
        "/readyz": {"get": {"operationId": "ready", "tags": ["health"], "responses": ready}},
    }


def schemas() -> Json:
    """What a body can be."""
    text = {"type": "string"}
    issue = {
        "type": "object",
        "required": ["severity", "code"],
        "properties": {
            "severity": text,
            "code": text,
            "diagnostics": text,
            "expression": {"type": "array", "items": text},
        },
    }
    return {
        "Resource": {
            "type": "object",
            "required": ["resourceType"],
            "properties": {"resourceType": text},
            "description": "A resource of FHIR R4 (4.0.1).",
        },
        "Patch": {
            "type": "array",
            "items": {"type": "object", "required": ["op", "path"]},
            "description": "The operations of a JSON Patch (RFC 6902).",
        },
        "OperationOutcome": {
            "type": "object",
            "required": ["resourceType", "issue"],
            "properties": {
                "resourceType": {"const": "OperationOutcome"},
                "issue": {"type": "array", "minItems": 1, "items": issue},
            },
        },
    }
