"""What the OpenAPI document says beside the interactions: other doors, and the shapes of bodies."""

from typing import Any

from service.api.smart import WELL_KNOWN

Json = dict[str, Any]

SECURITY_SCHEMES: Json = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token of an issuer that the site trusts, with scopes of SMART "
        "App Launch 2.2; needed where issuers are configured.",
    }
}


def beside_fhir(prefix: str) -> Json:
    """Paths of doors that are no part of the FHIR API, which is at `prefix`."""
    this = {"200": {"description": "This document"}}
    alive = {"200": {"description": "The process answers"}}
    ready = {
        "200": {"description": "Requests can be served"},
        "503": {"description": "The database is not reachable or its schema is another version's"},
    }
    smart = {
        "200": {"description": "Where a client gets a token, and for what"},
        "404": {"$ref": "#/components/responses/404"},
    }
    doors = (
        (f"{prefix}{WELL_KNOWN}", "smart", "document", smart),
        ("/openapi.json", "told", "document", this),
        ("/livez", "live", "health", alive),
        ("/readyz", "ready", "health", ready),
    )
    return {
        path: {"get": {"operationId": name, "tags": [tag], "security": [], "responses": responses}}
        for path, name, tag, responses in doors
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
