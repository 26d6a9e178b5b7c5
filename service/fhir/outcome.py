"""OperationOutcome: the one shape in which anything is said about a request.

https://hl7.org/fhir/R4/operationoutcome.html
"""

from collections.abc import Iterable
from typing import Any

from service.errors import Issue, ServiceError, Severity
from service.fhir.resource import Resource

ALL_OK = Issue(severity=Severity.INFORMATION, code="informational", message="All OK.")


def outcome(issues: Iterable[Issue]) -> Resource:
    """The OperationOutcome that says `issues`; without any, that all is well."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [_issue(issue) for issue in issues] or [_issue(ALL_OK)],
    }


def of_error(error: ServiceError) -> Resource:
    return outcome(error.issues)


def _issue(issue: Issue) -> dict[str, Any]:
    said: dict[str, Any] = {
        "severity": issue.severity.value,
        "code": issue.code,
        "details": {"text": issue.message},
        "diagnostics": issue.message,
    }
    if issue.expression is not None:
        said["expression"] = [issue.expression]
    return said
