"""Composite parameters of Observations. http://hl7.org/fhir/R4/observation.html#search

Each asks a code and a value of the same element: the Observation itself, one of its components, or
(`combo`) any of these.
"""

from service.fhir.search.parameters.parameter import (
    Parameter,
    composite,
    date,
    quantity,
    string,
    token,
)
from service.fhir.search.paths import THIS

QUANTITY = "value[Quantity|SampledData]"
CONCEPT = "value[CodeableConcept]"
PLACES = {"": (THIS,), "combo-": (THIS, "component"), "component-": ("component",)}
"""Where the elements lie whose code and value are asked together."""


def _code(place: str) -> Parameter:
    return token(f"{place}code", f"Observation-{place}code" if place else "clinical-code", "code")


def _value_concept(place: str) -> Parameter:
    name = f"{place}value-concept"
    return token(name, f"Observation-{name}", CONCEPT)


def _value_quantity(place: str) -> Parameter:
    name = f"{place}value-quantity"
    return quantity(name, f"Observation-{name}", QUANTITY)


def _coded(place: str, kind: str, value: Parameter) -> Parameter:
    """The code in `place` with a value of that kind."""
    name = f"{place}code-value-{kind}"
    return composite(name, f"Observation-{name}", *PLACES[place], of=(_code(place), value))


COMPOSITES: tuple[Parameter, ...] = (
    *(_coded(place, "concept", _value_concept(place)) for place in PLACES),
    *(_coded(place, "quantity", _value_quantity(place)) for place in PLACES),
    _coded("", "date", date("value-date", "Observation-value-date", "value[dateTime|Period]")),
    _coded("", "string", string("value-string", "Observation-value-string", "value[string]")),
)
