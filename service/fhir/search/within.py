"""Searching inside a compartment: what is linked to one resource by any of some parameters.

http://hl7.org/fhir/R4/compartmentdefinition.html
"""

from msgspec.structs import replace

from service.fhir.compartment_definitions import ITSELF, served
from service.fhir.resource import Identity
from service.fhir.search.parameters import TABLE
from service.fhir.search.query import Clause, Coded, Compartment, Naming, Query


def within(query: Query, owner: Identity) -> Query:
    """The same search, of the compartment of `owner` alone; its type must be linked to it."""
    links = served(owner.type)[query.type]
    return replace(
        query,
        compartment=Compartment(
            owner=owner, links=tuple(_link(query.type, name, owner) for name in links)
        ),
    )


def _link(type_name: str, name: str, owner: Identity) -> Clause:
    parameter = TABLE[type_name][name]
    if name == ITSELF:
        return Clause(parameter=parameter, values=(Coded(system=None, code=owner.id),))
    return Clause(parameter=parameter, values=(Naming(references=(str(owner),)),))
