"""Whether a primitive value has the form of its type and a code that is allowed there."""

from typing import Any

from service.fhir import bindings, primitives
from service.fhir.faults import EMPTY, FINE, NOT_SINGLE, NULL, Check, Fault, Faults
from service.fhir.models import Element
from service.fhir.narrative import is_narrative


def primitive(owner: str, element: Element) -> Check:
    """The check of one value of a primitive element of the type or part `owner`."""
    fits = primitives.fits(element.type)
    allows = bindings.allows(f"{owner}.{element.name}")
    rule = (Fault("", "value", primitives.RULES[element.type]),)
    refused = (Fault("", "code-invalid", "must be a code of its required value set"),)
    if element.type == "xhtml":
        allows = is_narrative
        refused = (
            Fault(
                "",
                "invariant",
                "must be a div of XHTML with content and nothing active (txt-1, txt-2)",
            ),
        )

    def check(value: Any, _: frozenset[str]) -> Faults:
        if not fits(value):
            return misfit(value) or rule
        return FINE if allows is None or allows(value) else refused

    return check


def misfit(value: Any) -> Faults:
    """What is wrong with a value whatever type it should have; nothing is no praise."""
    if value is None:
        return NULL
    if isinstance(value, list):
        return NOT_SINGLE
    return EMPTY if value in ("", {}) else FINE
