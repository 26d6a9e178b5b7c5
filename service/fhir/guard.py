"""The gate for request bodies: bytes in, one FHIR JSON object out, or a clear refusal."""

from typing import Any

from service.errors import Malformed
from service.fhir import exact_json


def parse_resource(body: bytes) -> dict[str, Any]:
    """The resource in `body`; `Malformed` unless it is a JSON object with a `resourceType`."""
    if not body.strip():
        raise Malformed("The body is empty; a resource in JSON is expected.")
    resource = exact_json.loads(body)
    if not isinstance(resource, dict):
        raise Malformed("The body is not a JSON object.")
    if not isinstance(resource.get("resourceType"), str) or not resource["resourceType"]:
        raise Malformed("The resource has no resourceType.", expression="resourceType")
    return resource
