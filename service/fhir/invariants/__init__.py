"""The invariants of R4: rules between the elements of one object.

They are asked only of objects whose every element is well formed. Keys and meaning are those of
the definitions, https://hl7.org/fhir/R4/conformance-rules.html#constraints.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from service.fhir.invariants.datatypes import DATATYPES
from service.fhir.invariants.definitions import DEFINITIONS
from service.fhir.invariants.element_definition import ELEMENT_DEFINITION
from service.fhir.invariants.invariant import Invariant
from service.fhir.invariants.questionnaire import QUESTIONNAIRE
from service.fhir.invariants.resources import RESOURCES

__all__ = ["INVARIANTS", "Invariant"]


def _by_type(invariants: Iterable[Invariant]) -> Mapping[str, tuple[Invariant, ...]]:
    found: defaultdict[str, list[Invariant]] = defaultdict(list)
    for invariant in invariants:
        found[invariant.on].append(invariant)
    return MappingProxyType({name: tuple(rules) for name, rules in found.items()})


INVARIANTS = _by_type((*DATATYPES, *ELEMENT_DEFINITION, *DEFINITIONS, *QUESTIONNAIRE, *RESOURCES))
"""By the type or part they bind."""
