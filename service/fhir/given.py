"""What an operation is given: values by the names of its parameters.

http://hl7.org/fhir/R4/operations.html#request
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.errors import BadRequest, Invalid, Severity
from service.fhir.resource import Resource
from service.fhir.search.refusal import quoted
from service.fhir.validation import validate

Given = Mapping[str, tuple[Any, ...]]
"""The values of each parameter in their order: text from a query, JSON from a body (the value of
`value[x]`, a resource, or the list of a parameter's parts)."""
RESOURCE = "resource"
"""The parameter that a body is which is no Parameters resource."""
FLAGS = {"true": True, "false": False}


def named(parameters: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Name and value of each parameter, or part of one, in the array at `path`.

    Raises `BadRequest` for what is no array, and for a parameter without a name or exactly one
    value.
    """
    if not isinstance(parameters, list | tuple):
        raise BadRequest(f"{path} must be an array.", expression=path)
    for place, parameter in enumerate(parameters):
        where = f"{path}[{place}]"
        if not isinstance(parameter, Mapping) or not isinstance(parameter.get("name"), str):
            raise BadRequest(f"{where} must have a name.", expression=f"{where}.name")
        values = [value for key, value in parameter.items() if _holds_value(key)]
        if len(values) != 1:
            raise BadRequest(
                f"{where} must have one value, one resource, or parts.", expression=where
            )
        yield parameter["name"], values[0]


def gathered(pairs: Iterable[tuple[str, Any]]) -> Given:
    """The values of each name together."""
    given = dict[str, tuple[Any, ...]]()
    for name, value in pairs:
        given[name] = (*given.get(name, ()), value)
    return given


def text(given: Given, name: str) -> str | None:
    """The one value of a parameter that is text; None where it is not given.

    Raises `BadRequest` where there is more than one, or it is something else.
    """
    value = _one(given, name, "text")
    if value is not None and not isinstance(value, str):
        raise _takes(name, "text")
    return value


def whole(given: Given, name: str) -> int | None:
    """The one whole number from 0 on; None where it is not given.

    Raises `BadRequest` where there is more than one, or it is something else.
    """
    value = _one(given, name, "whole number from 0 on")
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    if value is None or (type(value) is int and value >= 0):
        return value
    raise _takes(name, "whole number from 0 on")


def flag(given: Given, name: str) -> bool | None:
    """The one `true` or `false`; None where it is not given.

    Raises `BadRequest` where there is more than one, or it is something else.
    """
    value = _one(given, name, "true or false")
    if isinstance(value, str) and value in FLAGS:
        return FLAGS[value]
    if value is None or isinstance(value, bool):
        return value
    raise _takes(name, "true or false")


def element(given: Given, name: str) -> Mapping[str, Any] | None:
    """The one value that is a JSON object, such as a Coding; None where it is not given.

    Raises `BadRequest` where there is more than one, or it is something else.
    """
    value = _one(given, name, "value with elements, in a body")
    if value is not None and not isinstance(value, Mapping):
        raise _takes(name, "value with elements, in a body")
    return value


def resource_of(given: Given, name: str = RESOURCE) -> Resource | None:
    """The one resource given as `name`; None where there is none.

    Raises `BadRequest` where there are several, or it is no resource.
    """
    value = _one(given, name, "resource")
    if value is not None and not (isinstance(value, Mapping) and "resourceType" in value):
        raise _takes(name, "resource")
    return value


def valid(given: Given, name: str, kind: str) -> Resource | None:
    """The one valid resource of type `kind` given as `name`, or as the whole body.

    Raises `BadRequest` where there are several, or it is something else, and `Invalid` where it
    breaks a rule.
    """
    sent = resource_of(given, name) or resource_of(given)
    if sent is None:
        return None
    if sent["resourceType"] != kind:
        raise _takes(name, kind)
    issues = [issue for issue in validate(sent) if issue.severity is Severity.ERROR]
    if issues:
        raise Invalid("The resource breaks a rule.", issues=issues)
    return sent


def _one(given: Given, name: str, kind: str) -> Any:
    values = given.get(name, ())
    if len(values) > 1:
        raise _takes(name, kind)
    return values[0] if values else None


def _takes(name: str, kind: str) -> BadRequest:
    return BadRequest(f"The parameter {quoted(name)} takes one {kind}.")


def _holds_value(key: str) -> bool:
    return key in ("resource", "part") or (key.startswith("value") and len(key) > len("value"))
