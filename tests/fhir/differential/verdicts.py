"""What both validators say of one body: the service's own, and the models of `fhir.resources`."""

import json
from decimal import Decimal
from typing import Any

from fhir.resources.R4B import get_fhir_model_class

from service.errors import Issue, Malformed, Severity
from service.fhir.guard import parse_resource
from service.fhir.validation import validate


def ours(body: bytes) -> tuple[Issue, ...]:
    """The errors; nothing where the service takes the body."""
    try:
        resource = parse_resource(body)
    except Malformed as refused:
        return (Issue(code="structure", message=str(refused)),)
    return tuple(issue for issue in validate(resource) if issue.severity is Severity.ERROR)


def read(body: bytes) -> Any:
    """The body as Python's own reader has it, which knows nothing of ours."""
    return json.loads(body, parse_float=Decimal, parse_int=_integer)


def _integer(literal: str) -> int | Decimal:
    """A minus before zero stays: no number without sign has it."""
    return Decimal(literal) if literal == "-0" else int(literal)


def theirs(body: bytes) -> str | None:
    """Why the models refuse the body, None where they take it."""
    try:
        resource = read(body)
    except ValueError as refused:
        return f"{type(refused).__name__}: {refused}"
    return refusal(resource)


def refusal(resource: Any) -> str | None:
    """Why the models refuse a resource; any exception of theirs is a no."""
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as refused:
        return f"{type(refused).__name__}: {refused}"
    return None
