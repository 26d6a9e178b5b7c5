"""Every operation of openapi.json, asked in many ways: no fault, and nothing that it does not name.

The examples are the same on every machine: schemathesis makes them from the document alone.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conformance.structure import ROOT
from tests.journeys.conftest import Server
from tests.journeys.weekly import PATIENT

DOCUMENT = schemathesis.openapi.from_path(ROOT / "openapi" / "openapi.json")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
THERE = {
    "Encounter": "client-session-1",
    "Patient": PATIENT,
    "QuestionnaireResponse": "client-form-1",
}
"""What stands there: without it every read would be a 404."""
OFTEN = r"^(?!/fhir/[A-Z])|^/fhir/(Patient|QuestionnaireResponse)|/\$"
"""What differs from the others; most types have the same operations, answered by the same code."""
REPEATABLE = settings(derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@schemathesis.hook
def map_path_parameters(
    context: schemathesis.HookContext, path_parameters: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Reads ask for what is there; writes keep the ids that were made up for them."""
    operation = context.operation
    there = [id_ for name, id_ in THERE.items() if f"/{name}/" in operation.path]
    if operation.method.upper() == "GET" and there and "id" in (path_parameters or ()):
        return {**(path_parameters or {}), "id": there[0]}
    return path_parameters


@pytest.mark.usefixtures("record")
@DOCUMENT.include(path_regex=OFTEN).parametrize()
@settings(REPEATABLE, max_examples=5)
def test_every_answer_is_one_that_the_document_names(
    case: schemathesis.Case, server: Server
) -> None:
    case.call_and_validate(base_url=server.url, checks=CHECKS, timeout=30)


@pytest.mark.usefixtures("record")
@DOCUMENT.exclude(path_regex=OFTEN).parametrize()
@settings(REPEATABLE, max_examples=1)
def test_no_type_answers_unlike_the_others(case: schemathesis.Case, server: Server) -> None:
    case.call_and_validate(base_url=server.url, checks=CHECKS, timeout=30)
