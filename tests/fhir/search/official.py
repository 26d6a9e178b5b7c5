"""What the official FHIRPath of a search parameter finds, by the library fhirpathpy.

Two things are changed in it. That a reference is narrowed to a type by `resolve() is [type]` is
left out: the table says so by its targets. And `as`, which R4 writes where there may be several
values, is written `ofType()`, which FHIRPath has for that.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import fhirpathpy
from fhirpathpy.models import models

from service.fhir.search.parameters.every_type import COMMON
from tests.fhir.definitions import search_parameters

EVERY_TYPE = frozenset(parameter.name for parameter in COMMON)
NARROWED = re.compile(r"\.where\(resolve\(\) is (\w+)\)")
AS = re.compile(r"\(([\w.]+) as (\w+)\)")


def own_expression(type_name: str, definition: dict[str, Any]) -> str:
    """The alternatives of the expression that begin at the type."""
    alternatives = (part.strip() for part in definition["expression"].split("|"))
    own = [part for part in alternatives if re.match(rf"\(?{type_name}\b", part)]
    return " | ".join(own)


def found(resource: dict[str, Any], code: str) -> list[Any]:
    """The values of the parameter in the resource."""
    return _compiled(resource["resourceType"], code)(resource)


@cache
def _compiled(type_name: str, code: str) -> Callable[[Any], list[Any]]:
    if code in EVERY_TYPE:
        expression = search_parameters()["Resource", code]["expression"]
        expression = expression.replace("Resource.", f"{type_name}.")
    else:
        expression = own_expression(type_name, search_parameters()[type_name, code])
    compiled: Callable[[Any], list[Any]] = fhirpathpy.compile(
        AS.sub(r"\1.ofType(\2)", NARROWED.sub("", expression)), models["r4"]
    )
    return compiled
